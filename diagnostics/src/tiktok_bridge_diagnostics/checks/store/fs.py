"""store.fs: locks work where tokens are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.outcomes import failed, passed, warned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding

MOVE = Remedy(
    "Keep it on a local disk. Where several machines share it, keep tokens on Redis or"
    " S3 and the ledger on PostgreSQL."
)


def _judge(facts: Facts) -> Iterator[Finding]:
    """A lock that one process holds keeps every other process out.

    Two processes that renew one token at once log the creator out, so the token folder
    has to be on a file system with locks: a second process really tries. Between
    machines the locks of network file systems often do nothing, which cannot be tried
    from here; SQLite warns of them too.
    """
    for fact in facts.of("flock"):
        if fact.data.get("excludes") is False:
            says = f"a second process was given the lock of the {fact.about} as well"
            yield failed("no-locks", says, MOVE, fact)
        elif fact.data["is_network"]:
            says = f"the {fact.about} are on a network file system"
            if fact.about == "ledger":
                says = "the ledger is on a network file system"
            yield warned("network", f"{says} ({fact.data['file_system']})", MOVE, fact)
        elif fact.data.get("excludes"):
            yield passed("excludes", "a second process was kept out", fact)


FS = Check(
    "store.fs",
    "Locks work where tokens are kept",
    _judge,
    needs=("cfg.schema", "env.readonly"),
    reads=("flock",),
    docs="https://sqlite.org/wal.html",
)
