"""hook.dup: an event that comes twice is told by its id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.say import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding


def _judge(facts: Facts) -> Iterator[Finding]:
    """TikTok delivers at least once, so that an event may come again for 72 hours.

    A repeated one has the same id, and what was told before moves no post. How often
    it happened, no ledger counts.
    """
    fact = facts.last("webhooks")
    if fact is None:
        return
    if fact.data["is_repeated_alike"]:
        yield passed("told-by-its-id", "both deliveries have one id", fact)
        return
    fix = Remedy("Install tiktok-bridge anew.")
    yield failed("ids-differ", "the ids differ", fact, who="operator", fix=fix)


DUP = Check(
    "hook.dup",
    "An event that comes twice is told by its id",
    _judge,
    reads=("webhooks",),
    docs="https://developers.tiktok.com/doc/webhooks-overview",
)
