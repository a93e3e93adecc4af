"""Advance the posts of a ledger beside other processes, and print every act.

Usage: rival.py URL FOLDER WORK [--careless] [ACCOUNT]. It begins when its input ends.
WORK is `move`: every post, guarded by its version; `claim`: the same with a claim,
and a file in FOLDER while it is held; `count`: take calls of the window of ACCOUNT.
Printed is what was done, and how often another process was faster.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tiktok_bridge import BusyError, State
from tiktok_bridge.clock import SystemClock
from tiktok_bridge.ledger import postgres, rows, sqlite
from tiktok_bridge.ledger.database import Database
from tiktok_bridge.ledger.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

    from tiktok_bridge.ledger.entry import Entry
    from tiktok_bridge.models import PostKey

WAY: Final = [
    *(State.PLANNED, State.INIT_SENT, State.UPLOADING, State.LAST_CHUNK_SENT),
    *(State.PROCESSING, State.PUBLISHED),
]
CALLS: Final = 30
LIMIT: Final = 6

url, folder, work, *options = sys.argv[1:]
account = next((one for one in options if not one.startswith("--")), "acme")
acts: list[str] = []
busy = overlaps = 0


def move() -> None:
    """Take each post to its end; the act is to write down that one did."""
    for key in keys:
        entry = ledger.known([key])[key]
        while entry.state != WAY[-1]:
            entry = step(entry)


def claim() -> None:
    """Take each post to its end, each step with a claim of its own."""
    for key in keys:
        while ledger.known([key])[key].state != WAY[-1]:
            claimed_step(key)


def count_calls() -> None:
    """Take as many calls as the window gives."""
    acts.extend(
        f"call {os.getpid()} {number}"
        for number in range(CALLS)
        if not ledger.limits.take(account, "video_init", LIMIT, 600.0)
    )


def step(entry: Entry) -> Entry:
    global busy  # noqa: PLW0603 - this program is a few counters
    try:
        moved = ledger.move(entry, WAY[WAY.index(entry.state) + 1], "on")
    except BusyError:
        busy += 1
        return ledger.known([entry.key])[entry.key]
    acts.append(f"{entry.key} {entry.state}")
    return moved


def claimed_step(key: PostKey) -> None:
    global busy  # noqa: PLW0603 - this program is a few counters
    try:
        with ledger.claims.hold(key) as entry, alone(key):
            if entry.state != WAY[-1]:
                step(entry)
    except BusyError:
        busy += 1


@contextmanager
def alone(key: PostKey) -> Iterator[None]:
    """Notice whoever works on the same post at the same time."""
    global overlaps  # noqa: PLW0603 - this program is a few counters
    path = Path(folder, key.id)
    try:
        path.touch(exist_ok=False)
    except FileExistsError:
        overlaps += 1
        yield
    else:
        yield
        path.unlink(missing_ok=True)


def change_anyway(
    connection: sa.Connection, entry: Entry, columns: dict[str, Any]
) -> Entry:
    rows.change(connection, entry.key, columns)
    return rows.get(connection, entry.key)


def forget_to_look(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN")


if "--careless" in options:  # the control: nothing keeps two apart
    vars(rows)["change_unmoved"] = change_anyway
    vars(rows)["_ONE_LOCKED"] = vars(rows)["_ONE"]
    vars(postgres)["lock"] = lambda connection, name: None  # noqa: ARG005 - as the real one
    vars(sqlite)["_on_begin"] = forget_to_look

ledger = Ledger(Database(url), SystemClock(), lambda _: [], lambda _: None)
keys = [entry.key for entry in ledger.entries()]
sys.stdin.read()
{"move": move, "claim": claim, "count": count_calls}[work]()
ledger.close()
json.dump({"acts": acts, "busy": busy, "overlaps": overlaps}, sys.stdout)
