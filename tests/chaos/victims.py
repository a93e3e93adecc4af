"""Publish posts, each in a process that dies by SIGKILL at one chosen point.

A point is just before, inside and just after each transaction of the ledger, just
before and just after each request and each look for a token, and between the pieces of
a chunk. Usage: victims.py
CONFIG POST [--forgetful | --blind]. POST, a JSON object, is published by this process
itself, which then has imported everything that there is to import, and closes all.
Each line of the input is a JSON object with a post and the point at which its process
dies, 0 for none; that process is forked from this one. Each line of the output says how
many points it passed, how it ended, and the state that it told.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from typing import TYPE_CHECKING, Any, NoReturn

import tiktok_bridge_file  # noqa: F401 - what a plugin imports when it opens
from tiktok_bridge import Bridge, Post, State
from tiktok_bridge.ledger.database import Database
from tiktok_bridge.ledger.limits import LIMITS
from tiktok_bridge.ledger.states import MOVES
from tiktok_bridge.publish import journey, start, upload
from tiktok_bridge.tiktok.wire import Wire
from tiktok_bridge.tokens.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

config, first, *options = sys.argv[1:]
passed = last = 0
report: int = -1


def point() -> None:
    """Pass one point, or die at it."""
    global passed  # noqa: PLW0603 - this program is one counter
    passed += 1
    if report >= 0:
        os.pwrite(report, passed.to_bytes(4, "big"), 0)
    if passed == last:
        os.kill(os.getpid(), signal.SIGKILL)


def surrounded(call: Callable[..., Any]) -> Callable[..., Any]:
    """Return *call* with a point before and after it."""

    def surrounded_call(*args: object, **kwargs: object) -> object:
        point()
        answer = call(*args, **kwargs)
        point()
        return answer

    return surrounded_call


def written(self: Database, doing: str, work: Callable[..., Any]) -> Any:  # noqa: ANN401 - as `write`
    """Write with a point before, one before the commit, and one after it."""

    def worked(connection: object) -> object:
        answer = work(connection)
        point()
        return answer

    point()
    answer = write(self, doing, worked)
    point()
    return answer


def counted(*args: Any) -> Iterator[bytes | memoryview]:  # noqa: ANN401 - as `_told`
    """Yield the pieces of a chunk with a point between them."""
    for number, piece in enumerate(told(*args)):
        if number % 3 == 0:
            point()
        yield piece


def publish(post: dict[str, Any]) -> State:
    """Publish *post* and return where it stands."""
    fields: Any = {k: tuple(v) if k == "photos" else v for k, v in post.items()}
    with Bridge.from_config(config) as bridge:
        return bridge.publish(Post(**fields)).state


def publish_and_end(post: dict[str, Any]) -> NoReturn:
    """Publish *post*, and end this process."""
    try:
        os.pwrite(report, publish(post).encode(), 4)
    except BaseException:  # noqa: BLE001 - told to the test
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def run(order: dict[str, Any]) -> dict[str, Any]:
    """Let a process of its own publish a post; return what became of it."""
    global passed, last, report
    passed, last, report = 0, order["point"], os.memfd_create("report")
    child = os.fork()
    if not child:
        publish_and_end(order["post"])
    _, status = os.waitpid(child, 0)
    told_bytes = os.pread(report, 100, 0)
    os.close(report)
    return {
        "points": int.from_bytes(told_bytes[:4], "big"),
        "status": os.waitstatus_to_exitcode(status),
        "state": told_bytes[4:].decode(),
    }


told = upload._told  # noqa: SLF001 - a place between two pieces has no other name
vars(upload)["_told"] = counted
write = Database.write
type.__setattr__(Database, "write", written)
type.__setattr__(Wire, "send", surrounded(Wire.send))
type.__setattr__(Vault, "access", surrounded(Vault.access))
LIMITS.update(dict.fromkeys(LIMITS, 1_000_000))
if "--forgetful" in options:  # a control: it starts again instead of asking
    journey.STEPS[State.LAST_CHUNK_SENT] = start.start
    MOVES[State.LAST_CHUNK_SENT] = set(State)
if "--blind" in options:  # a control: it asks TikTok to fetch once more
    vars(start)["_may_exist"] = lambda _error: False
    vars(start)["start"] = journey.STEPS[State.INIT_SENT] = lambda trip: (
        start._start_pull(trip)  # noqa: SLF001 - whatever the state
        if trip.entry.post.is_pulled
        else start._start_upload(trip)  # noqa: SLF001
    )

last = -1  # no point is
publish(json.loads(first))
for line in sys.stdin:
    sys.stdout.write(json.dumps(run(json.loads(line))) + "\n")
    sys.stdout.flush()
