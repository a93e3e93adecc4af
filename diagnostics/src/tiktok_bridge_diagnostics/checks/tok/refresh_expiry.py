"""tok.refresh_expiry: refresh tokens live for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.lives import log_in_again, seconds_left, shown
from tiktok_bridge_diagnostics.say import failed, passed, warned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding

SOON: Final = 7 * 86_400.0
"""Seconds before its end from which a refresh token is warned of."""


def _judge(facts: Facts) -> Iterator[Finding]:
    """The refresh token has not ended, and does not within a week.

    When it has, only the creator can log in again; each renewal gives a new one.
    """
    for one in facts.of("token", status="ok", is_renewable=True):
        ends_at = one.data["refresh_expires_at"]
        if ends_at is None:
            continue
        left, sure = seconds_left(facts, ends_at)
        if left > facts.number("tok.refresh_expiry", "seconds", SOON):
            says = f"it can be renewed for another {shown(left)}"
            yield passed("lives", says, one, about=one.about, certainty=sure)
        elif left > 0:
            yield warned(
                "ends-soon",
                f"it can be renewed for {shown(left)} only",
                one,
                who="operator",
                fix=Remedy("Renew it.", f"tiktok-bridge auth refresh {one.about}"),
                about=one.about,
                certainty=sure,
            )
        else:
            yield failed(
                "ended",
                f"its refresh token ended {shown(-left)} ago",
                one,
                who="creator",
                fix=log_in_again(one.about),
                about=one.about,
                certainty=sure,
            )


REFRESH_EXPIRY = Check(
    "tok.refresh_expiry",
    "Refresh tokens live for a while",
    _judge,
    needs=("tok.decrypt", "tok.access_expiry", "clock.skew"),
    reads=("tokens",),
    docs="https://developers.tiktok.com/doc/oauth-user-access-token-management",
    numbers=("seconds",),
)
