"""key.present: the key of every stored token is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.outcomes import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Fact, Facts, Finding

RESTORE = Remedy(
    "Restore the key ring (`keys` in bridge.yaml) from your backup. If it is lost, so"
    " is every token that it sealed: let these creators log in again.",
    "tiktok-bridge keys list",
)


def _judge(facts: Facts) -> Iterator[Finding]:
    """The key ring can be read, and holds every key that a stored token needs.

    Without its key a token cannot be opened by anybody. The usual reason is that the
    token store was restored or moved, and the key ring was not.
    """
    ring = facts.last("key_ring")
    if ring is None:
        return
    keys = facts.of("key")
    missing = [one for one in keys if one.data["accounts"] and not one.data["is_held"]]
    if not ring.data["is_readable"]:
        yield from _without(ring)
    elif missing:
        count = sum(one.data["accounts"] for one in missing)
        says = f"the keys of {count} stored tokens are not in the key ring"
        yield failed("missing", says, RESTORE, ring, *missing)
    elif keys:
        yield passed("complete", "it holds every key that is needed", ring, *keys)


def _without(ring: Fact) -> Iterator[Finding]:
    """Judge a ring that is not there or damaged; the first login makes a file."""
    is_needed = bool(ring.data["accounts"])
    what = "cannot be read" if ring.data["is_there"] else "is not there"
    if is_needed or ring.data["is_there"] or ring.data["source"] == "env":
        yield failed("no-ring", f"the key ring {what}", RESTORE, ring)


PRESENT = Check(
    "key.present",
    "The key of every stored token is there",
    _judge,
    needs=("cfg.schema", "plug.load", "store.mode", "store.symlink", "plug.health"),
    effect="S1",
    reads=("keys",),
)
