"""Gather whether the ledger is sound, and which posts wait for a person."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

from tiktok_bridge import BridgeError, Collector, Fact, State
from tiktok_bridge_diagnostics import places

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tiktok_bridge import Visit

SECONDS: Final = 3.0
"""For which a file is looked through."""

STEPS: Final = 10_000
"""Steps of SQLite between two looks at the clock."""

MOST: Final = 20
"""Posts that are told one by one, the oldest."""


def _collect(visit: Visit) -> Iterator[Fact]:
    """Yield a fact of kind `ledger_file`, and of kind `unsettled` about posts.

    `ledger_file`: `is_there`, `is_sqlite`, `is_sound` (by SQLite's integrity_check;
    None where that was not wholly done), `faults` (how many it tells), `opens`,
    `says` (why not), `modes` (direct, inbox: how posts are sent), `unknown` (how many
    are in the state UNKNOWN). `unsettled`, about the oldest of these as ACCOUNT/ID:
    `account`, `id`, `age` in seconds, `mode`, `has_publish_id`.
    """
    if visit.settings is None or visit.inspection is None:
        return
    path = places.ledger_file(visit.settings)
    data: dict[str, Any] = {"is_sqlite": path is not None, "is_sound": None}
    data |= {"faults": 0, "opens": False, "says": "", "modes": [], "unknown": 0}
    if path is not None and not path.exists():
        yield Fact("ledger_file", "", data | {"is_there": False})
        return
    if path is not None:
        data |= _checked(path)
    try:
        entries = visit.inspection.ledger.entries()
    except BridgeError as error:
        says = visit.host.redaction.text(error.message)
        yield Fact("ledger_file", "", data | {"is_there": True, "says": says})
        return
    unknown = [one for one in entries if one.state == State.UNKNOWN]
    data |= {"is_there": True, "opens": True, "unknown": len(unknown)}
    data["modes"] = sorted({one.mode for one in entries})
    yield Fact("ledger_file", "", data)
    for one in unknown[:MOST]:
        post = {
            "account": one.post.account,
            "id": one.post.id,
            "age": max(0.0, round(visit.now - one.updated_at)),
            "mode": one.mode,
            "has_publish_id": one.publish_id is not None,
        }
        yield Fact("unsettled", f"{one.post.account}/{one.post.id}", post)


def _checked(path: Path) -> dict[str, Any]:
    """Let SQLite look through the file, which is opened to be read only."""
    until = time.monotonic() + SECONDS
    place = f"{path.absolute().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(place, uri=True, timeout=SECONDS)) as connection:
            connection.set_progress_handler(lambda: time.monotonic() > until, STEPS)
            found = connection.execute("PRAGMA integrity_check(10)").fetchall()
    except sqlite3.OperationalError:  # it is locked, or it took too long
        return {}
    except sqlite3.DatabaseError:  # it is none, or its first page is damaged
        return {"is_sound": False, "faults": 1}
    is_sound = found == [("ok",)]
    return {"is_sound": is_sound, "faults": 0 if is_sound else len(found)}


LEDGER_FILE = Collector("ledger_file", _collect, "S1")
