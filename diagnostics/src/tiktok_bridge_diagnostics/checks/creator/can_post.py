"""creator.can_post: the creators may post now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.answers import SPAM, code, newest
from tiktok_bridge_diagnostics.say import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding

CODES: Final = {
    "spam_risk_too_many_posts": "too-many-posts",
    "spam_risk_user_banned_from_posting": "banned",
}
APPEAL: Final = Remedy("Let the creator look in the TikTok app, and appeal there.")
WAIT: Final = Remedy("Wait until 24 hours have passed since the first of these posts.")


def _judge(facts: Facts) -> Iterator[Finding]:
    """TikTok neither bans a creator from posting nor counts too many posts today.

    It says so with HTTP 200; nothing is wrong with token, app or network. What counts
    is all that the creator posts through any app in 24 hours.
    """
    for about, one in sorted(newest(facts, "creator_info").items()):
        said = code(one) or ""
        if said == "ok":
            yield passed("may", "the creator may post", one, about=about)
        elif said.startswith(SPAM):
            reason = CODES.get(said, "spam-risk")
            is_ban = reason != "too-many-posts"
            yield failed(
                reason,
                f"TikTok lets the creator not post now: {said}",
                one,
                who="creator" if is_ban else "wait",
                fix=APPEAL if is_ban else WAIT,
                about=about,
            )


CAN_POST = Check(
    "creator.can_post",
    "The creators may post now",
    _judge,
    needs=("net.api_shape", "tok.valid", "tok.scopes_probe"),
    effect="S2",
    reads=("creator",),
    docs="https://developers.tiktok.com/doc/content-posting-api-reference-query-creator-info",
)
