"""ledger.unknown: it is known of every post how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.outcomes import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding

DAY = 86_400


def _judge(facts: Facts) -> Iterator[Finding]:
    """No post waits for a person who says how it ended.

    A post becomes UNKNOWN when an answer was lost at the moment when it decides, and
    nothing that TikTok tells later does: sent again it might appear twice. So look at
    the account, and say what you see. The oldest are named.
    """
    ledger = facts.last("ledger_file", opens=True)
    if ledger is None:
        return
    count = ledger.data["unknown"]
    posts = sorted(facts.of("unsettled"), key=lambda one: -one.data["age"])
    if not count:
        yield passed("settled", "it is known of every post how it ended", ledger)
        return
    steps = "; ".join(_step(one.data["id"], one.data["account"]) for one in posts)
    age = posts[0].data["age"] / DAY if posts else 0
    says = f"{count} posts are UNKNOWN, the oldest for {age:.1f} days: {steps}"
    remedy = Remedy(
        "Look at each account in the app, then say `--as published` or, if the post is"
        " not there, `--as retry`.",
        _step(posts[0].data["id"], posts[0].data["account"]) if posts else None,
    )
    yield failed("unknown", says, remedy, ledger, *posts)


def _step(post_id: str, account: str) -> str:
    return f"tiktok-bridge posts settle {post_id} --account {account} --as published"


UNKNOWN = Check(
    "ledger.unknown",
    "It is known of every post how it ended",
    _judge,
    needs=("cfg.schema", "ledger.integrity"),
    effect="S1",
    reads=("ledger_file",),
)
