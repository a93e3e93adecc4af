"""Tell how long a token still lives; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge import Certainty, Remedy
from tiktok_bridge_diagnostics.skew import measured

if TYPE_CHECKING:
    from tiktok_bridge import Fact, Facts

UNITS: Final = ((86_400.0, "day(s)"), (3600.0, "hour(s)"), (60.0, "minute(s)"))


def seconds_left(facts: Facts, ends_at: float) -> tuple[float, Certainty]:
    """Return the seconds until *ends_at*, and how sure it is which side of it we are.

    When a token ends was noted by the clock of this machine. If that was set since,
    TikTok's clock is the better one; if it has always been off, ours is. So it is only
    probable where the two disagree.
    """
    left = ends_at - facts.now
    skew = measured(facts)
    other = left - skew.seconds if skew else left
    agree = (left > 0) == (other > 0)
    return left, Certainty.CONFIRMED if agree else Certainty.PROBABLE


def is_renewable(facts: Facts, token: Fact) -> bool:
    """Tell whether a refresh token is kept that has not ended."""
    ends_at = token.data["refresh_expires_at"]
    return bool(token.data["is_renewable"]) and (ends_at is None or ends_at > facts.now)


def log_in_again(account: str) -> Remedy:
    """Return that the creator has to consent once more."""
    return Remedy(
        "Let the creator log in again.",
        f"tiktok-bridge auth login {account or 'ACCOUNT'}",
    )


def shown(seconds: float) -> str:
    """Return *seconds* in the largest unit that fits, for a person."""
    for size, name in UNITS:
        if seconds >= size:
            return f"{seconds / size:.0f} {name}"
    return f"{seconds:.0f} second(s)"
