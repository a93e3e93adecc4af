"""lim.pending_share: a creator has room for another draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge import Certainty, Check, Remedy
from tiktok_bridge_diagnostics.say import passed, warned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding

DAY: Final = 86_400.0
MOST: Final = 5
"""Unfinished drafts of 24 hours; developers.tiktok.com, upload-video."""

FINISH: Final = Remedy("Finish or delete the drafts in the TikTok app.")

CODE: Final = "spam_risk_too_many_pending_share"


def _judge(facts: Facts) -> Iterator[Finding]:
    """TikTok takes five drafts in 24 hours that the creator has not finished.

    Which of them the creator finished, nobody tells. Counted is what this ledger sent.
    """
    for posts in facts.of("posts"):
        sent = [at for at in posts.data["drafts_at"] if facts.now - at <= DAY]
        told = [at for code, at in posts.data["refusals"] if code == CODE]
        if not (sent or told):
            continue
        says = f"at least {len(sent)} drafts were sent in 24 hours; {MOST} may wait"
        is_refused = any(facts.now - at <= DAY for at in told)
        if len(sent) < MOST and not is_refused:
            yield passed("room", says, posts, about=posts.about)
            continue
        yield warned(
            "refused" if is_refused else "perhaps-full",
            says,
            posts,
            who="creator",
            fix=FINISH,
            about=posts.about,
            certainty=Certainty.CONFIRMED if is_refused else Certainty.PROBABLE,
        )
    for about, one in {
        each.about: each for each in facts.of("http", code=CODE)
    }.items():
        if facts.now - one.at <= DAY:
            says = "TikTok takes no more drafts of this creator now"
            yield warned("refused", says, one, who="creator", fix=FINISH, about=about)


PENDING_SHARE = Check(
    "lim.pending_share",
    "There is room for another draft",
    _judge,
    reads=("history",),
    docs="https://developers.tiktok.com/doc/content-posting-api-reference-upload-video",
)
