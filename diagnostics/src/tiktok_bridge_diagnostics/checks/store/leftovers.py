"""store.leftovers: nothing lies about beside tokens and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.outcomes import passed, warned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding

WORDS = {
    "backups": "backups, as of an editor",
    "drafts": "drafts of killed processes",
    "damaged": "damaged records that were set aside",
}


def _judge(facts: Facts) -> Iterator[Finding]:
    """No backup, draft or damaged record lies beside tokens and keys.

    A copy of the key ring opens every token, and nobody looks after its mode or its
    end. A draft is left when a process is killed; a damaged record is kept for you to
    look at. The record before the last one (`.prev`) belongs there.
    """
    for fact in facts.of("leftovers"):
        found = [f"{fact.data[one]} {WORDS[one]}" for one in WORDS if fact.data[one]]
        if found:
            remedy = Remedy(
                "Look at them, then remove them.", "ls -la state state/tokens"
            )
            yield warned("left", f"there are {', '.join(found)}", remedy, fact)
        else:
            yield passed("tidy", "nothing lies about", fact)


LEFTOVERS = Check(
    "store.leftovers",
    "Nothing lies about beside tokens and keys",
    _judge,
    needs=("cfg.schema",),
    reads=("store",),
)
