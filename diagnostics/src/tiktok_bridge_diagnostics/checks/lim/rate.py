"""lim.rate: there is room in TikTok's windows of a minute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.say import passed, warned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding


def _judge(facts: Facts) -> Iterator[Finding]:
    """Fewer calls were made in the last minute than TikTok takes of an account.

    TikTok tells no remaining quota. Counted is what this ledger made, a lower bound:
    TikTok may know of calls of other installations, and of those of the doctor.
    """
    for account in sorted({fact.about for fact in facts.of("calls")}):
        used = facts.of("calls", account)
        says = "at least " + ", ".join(
            f"{one.data['made']} of {one.data['most']} {one.data['kind']}"
            for one in sorted(used, key=lambda one: str(one.data["kind"]))
        )
        full = [one for one in used if one.data["made"] >= one.data["most"]]
        if not full:
            yield passed("room", says, *used, about=account)
            continue
        yield warned(
            "full",
            f"{says}: the next call waits",
            *full,
            who="wait",
            fix=Remedy("Wait a minute; publishing waits by itself."),
            about=account,
        )


RATE = Check(
    "lim.rate",
    "There is room in the windows of a minute",
    _judge,
    reads=("history",),
    docs="https://developers.tiktok.com/doc/tiktok-api-v2-rate-limit",
)
