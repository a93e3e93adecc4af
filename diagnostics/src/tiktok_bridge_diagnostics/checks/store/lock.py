"""store.lock: nobody holds the lock of an account for long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.outcomes import passed, warned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding


def _judge(facts: Facts) -> Iterator[Finding]:
    """No process holds the lock of an account for more than a second.

    A renewal takes about as long as TikTok takes to answer. The system frees the lock
    of a process that has ended, so its holder is alive, and may be stopped or stuck. A
    process of another container is shown as 0.
    """
    for fact in facts.of("locks"):
        if fact.data["held"]:
            pids = ", ".join(str(one) for one in fact.data["pids"])
            says = f"{fact.data['held']} locks are held for a second, by process {pids}"
            remedy = Remedy(
                "Look whether it is renewing tokens; if it is stuck, stop it.",
                f"ps -fp {pids.replace(' ', '')}",
            )
            yield warned("held", says, remedy, fact)
        else:
            yield passed("free", "nobody holds one for long", fact)


LOCK = Check(
    "store.lock",
    "Nobody holds the lock of an account for long",
    _judge,
    needs=("cfg.schema",),
    reads=("flock",),
)
