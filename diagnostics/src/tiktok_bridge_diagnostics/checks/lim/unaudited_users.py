"""lim.unaudited_users: an unaudited app has room for another creator today."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge import Certainty, Check, Remedy
from tiktok_bridge_diagnostics.audit import FEEBLE, judge
from tiktok_bridge_diagnostics.say import passed, warned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding

DAY: Final = 86_400.0
MOST: Final = 5
"""Creators in 24 hours; developers.tiktok.com, content-sharing-guidelines."""


def _judge(facts: Facts) -> Iterator[Finding]:
    """Through an unaudited app five creators may post in 24 hours.

    The cap is the app's, whoever posts: a creator who is refused can do nothing.
    Counted is what this ledger sent, a lower bound of what TikTok counts.
    """
    today = [one for one in facts.of("attempt") if facts.now - one.at <= DAY]
    taken = [one for one in today if one.data.get("code") == "ok"]
    refused = [one for one in today if one.data.get("code") == FEEBLE]
    if judge(facts).status != "unaudited" and not refused:
        return
    users = len({one.about for one in taken})
    says = f"at least {users} creators posted in 24 hours"
    evidence = refused or taken
    if users < MOST and not refused:
        if taken:
            yield passed("room", f"{says}; an unaudited app may have {MOST}", *evidence)
        return
    yield warned(
        "refused" if refused else "full",
        f"{says}; TikTok {'refused another' if refused else 'may refuse another'}",
        *evidence,
        who="wait",
        fix=Remedy("Wait 24 hours; the audit, or a larger quota, lifts the cap."),
        certainty=Certainty.CONFIRMED if refused else Certainty.PROBABLE,
    )


UNAUDITED_USERS = Check(
    "lim.unaudited_users",
    "The app has room for another creator today",
    _judge,
    reads=("history", "config", "probe"),
    docs="https://developers.tiktok.com/doc/content-sharing-guidelines",
)
