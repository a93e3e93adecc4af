"""lim.daily: the posts of a day stay below the cap that TikTok was seen to have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge import Certainty, Check, Remedy
from tiktok_bridge_diagnostics.say import passed, warned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding

DAY: Final = 86_400.0
CODE: Final = "spam_risk_too_many_posts"


def _judge(facts: Facts) -> Iterator[Finding]:
    """TikTok does not say how many posts a day it takes of a creator.

    What it took in the day before it last said that they were too many is the cap that
    was seen. Counted is what this ledger sent, a lower bound of what TikTok counts.
    """
    for account in sorted({fact.about for fact in facts.of("attempt")}):
        taken = facts.of("attempt", account, code="ok")
        refused = facts.last("attempt", account, code=CODE)
        today = [one for one in taken if facts.now - one.at <= DAY]
        says = f"at least {len(today)} posts were taken in 24 hours"
        if refused is None:
            yield passed(
                "no-cap-seen", f"{says}; no cap was met", *today, about=account
            )
            continue
        cap = sum(0 <= refused.at - one.at <= DAY for one in taken)
        says += f"; the cap was met after {cap}"
        if facts.now - refused.at > DAY and len(today) < cap:
            yield passed("below-the-cap", says, refused, *today, about=account)
            continue
        yield warned(
            "at-the-cap",
            says,
            refused,
            *today,
            who="wait",
            fix=Remedy("Wait until 24 hours have passed since the first of them."),
            about=account,
            certainty=Certainty.PROBABLE,
        )


DAILY = Check(
    "lim.daily", "Posts of a day are below the cap", _judge, reads=("history",)
)
