"""store.mode: nobody else may read tokens, keys and the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.outcomes import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Fact, Facts, Finding

CLOSE = Remedy(
    "Close them for others: 0700 for the folder of the tokens, 0600 for files.",
    "chmod -R go-rwx state",
)
OWN = Remedy("Run as their owner, or change the owner.", "chown -R USER state")


def _judge(facts: Facts) -> Iterator[Finding]:
    """The token folder has the mode 0700, its files, the key ring and the ledger 0600.

    And this user owns them. Whoever reads the ledger can finish an upload that is under
    way; whoever reads tokens and keys can post as the creator. On Linux an access
    control list cannot let in more than the mode shows.
    """
    kept, records = facts.of("kept"), facts.of("records")
    strange = [one for one in kept if not one.data["is_mine"]]
    strange += [one for one in records if one.data["not_mine"]]
    exposed = [one for one in kept if _is_exposed(one)]
    exposed += [one for one in records if one.data["exposed"]]
    for reason, what, remedy, found in (
        ("not-mine", "another user owns what belongs to", OWN, strange),
        ("exposed", "others may use what belongs to", CLOSE, exposed),
    ):
        if found:
            roles = ", ".join(sorted({one.about for one in found}))
            yield failed(reason, f"{what}: {roles}", remedy, *found, about="")
    if kept and not strange and not exposed:
        yield passed("private", "only this user may use them", *kept, about="")


def _is_exposed(one: Fact) -> bool:
    return one.data["type"] != "link" and bool(one.data["is_exposed"])


MODE = Check(
    "store.mode",
    "Nobody else may read tokens, keys and the ledger",
    _judge,
    needs=("cfg.schema",),
    reads=("store",),
)
