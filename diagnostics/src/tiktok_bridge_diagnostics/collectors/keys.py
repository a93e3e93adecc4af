"""Gather which keys there are and which are needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import BridgeError, Collector, Fact
from tiktok_bridge_diagnostics import places

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tiktok_bridge import Inspection, Visit


def _collect(visit: Visit) -> Iterator[Fact]:
    """Yield a fact of kind `key_ring`, and one of kind `key` for each key.

    `key_ring`: `source` (file or env), `is_there`, `is_readable`, `accounts` (how many
    have a record; None if the store does not say), `changed_at` (of a file, in seconds
    since the epoch). `key`, from the oldest to the newest, if both ring and store can
    be read: `key_id`, `seals`, `is_held`, `accounts` (how many records need it).
    """
    if visit.settings is None or visit.inspection is None:
        return
    inspection, path = visit.inspection, places.key_file(visit.settings)
    source = "env" if path is None else "file"
    is_there = _is_there(path, visit)
    data: dict[str, object] = {
        "source": source,
        "is_there": is_there,
        "is_readable": is_there and _is_readable(inspection),
        "accounts": _accounts(inspection),
        "changed_at": path.stat().st_mtime if path and is_there else None,
    }
    yield Fact("key_ring", "", data)
    if data["is_readable"] and data["accounts"] is not None:
        for one in inspection.vault.key_use():
            use = {"key_id": one.key_id, "seals": one.seals, "is_held": one.is_held}
            yield Fact("key", "", use | {"accounts": len(one.accounts)})


def _is_there(path: Path | None, visit: Visit) -> bool:
    if path is not None:
        return path.exists()
    keys = visit.settings.keys if visit.settings else ""
    return bool(visit.environ.get(keys.removeprefix("env:")))


def _is_readable(inspection: Inspection) -> bool:
    try:
        inspection.vault.keys.reread()
    except BridgeError:
        return False
    return True


def _accounts(inspection: Inspection) -> int | None:
    try:
        return len(inspection.vault.accounts())
    except BridgeError:
        return None


KEYS = Collector("keys", _collect, "S1")
