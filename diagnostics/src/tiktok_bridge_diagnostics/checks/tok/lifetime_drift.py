"""tok.lifetime_drift: tokens live as long as a page says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge import Check
from tiktok_bridge_diagnostics.say import passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding

HOUR: Final = 3600
DAY: Final = 24 * HOUR

PAIRS: Final = {
    "a-day-and-a-year": 365 * DAY - DAY,
    "two-hours-and-half-a-year": 180 * DAY - 2 * HOUR,
}
"""Seconds between the ends of both tokens, by what the pages of two years name."""

WORDS: Final = {True: "as documented", False: "as no page says, which is obeyed"}


def _judge(facts: Facts) -> Iterator[Finding]:
    """The lives of access and refresh token are a pair that a page of TikTok names.

    Another pair is no fault: what TikTok says with each token is what counts here.
    """
    for one in facts.of("token", status="ok"):
        ends_at = one.data["refresh_expires_at"]
        if ends_at is None:
            continue
        apart = ends_at - one.data["expires_at"]
        known = [name for name, usual in PAIRS.items() if abs(apart - usual) <= 1]
        says = f"they end {apart / 3600:.0f} h apart: {WORDS[bool(known)]}"
        reason = known[0] if known else "undocumented"
        yield passed(reason, says, one, about=one.about)


LIFETIME_DRIFT = Check(
    "tok.lifetime_drift",
    "Tokens live as long as a page says",
    _judge,
    needs=("tok.decrypt",),
    reads=("tokens",),
    docs="https://developers.tiktok.com/doc/oauth-user-access-token-management",
)
