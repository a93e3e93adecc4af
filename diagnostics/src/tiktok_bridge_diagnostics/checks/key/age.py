"""key.age: the key that seals tokens is not too old."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.outcomes import passed, warned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding

DAYS: Final = 365
"""After which a key should be replaced, by our own judgement."""


def _judge(facts: Facts) -> Iterator[Finding]:
    """The key ring has changed within a year.

    A ring holds no dates, but no key in it is younger than the last change of its file:
    so the age of the newest key is at least what is said. Of a ring in the environment
    nothing is known.
    """
    ring = facts.last("key_ring", is_readable=True)
    if ring is None or ring.data["changed_at"] is None:
        return
    days = int((facts.now - ring.data["changed_at"]) // 86_400)
    if days > facts.number("key.age", "days", DAYS):
        remedy = Remedy(
            "Add a new key, then seal every token with it.",
            "tiktok-bridge keys rotate && tiktok-bridge keys rewrap",
        )
        says = f"the newest key is at least {days} days old"
        yield warned("old", says, remedy, ring)
    else:
        yield passed("young", f"the key ring has changed {max(days, 0)} days ago", ring)


AGE = Check(
    "key.age",
    "The key that seals tokens is not too old",
    _judge,
    needs=("cfg.schema", "key.present"),
    effect="S1",
    reads=("keys",),
    numbers=("days",),
)
