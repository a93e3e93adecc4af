"""Publish one post, and die by SIGKILL at one chosen point on the way.

A point is just before and just after each move of the ledger, each request, and each
piece of a chunk. Usage: victim.py CONFIG ID VIDEO POINT [--forgetful]; the number of
points that were passed is printed by a run that lives.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING, Any

from tiktok_bridge import Bridge, Post, State
from tiktok_bridge.ledger.ledger import Ledger
from tiktok_bridge.ledger.limits import LIMITS
from tiktok_bridge.ledger.states import MOVES
from tiktok_bridge.publish import journey, upload
from tiktok_bridge.publish.start import start
from tiktok_bridge.tiktok.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

config, post_id, video, last, *options = sys.argv[1:]
passed = 0


def point() -> None:
    """Pass one point, or die at it."""
    global passed  # noqa: PLW0603 - this program is one counter
    passed += 1
    if passed == int(last):
        os.kill(os.getpid(), signal.SIGKILL)


def surrounded(call: Callable[..., Any]) -> Callable[..., Any]:
    """Return *call* with a point before and after it."""

    def surrounded_call(*args: object, **kwargs: object) -> object:
        point()
        answer = call(*args, **kwargs)
        point()
        return answer

    return surrounded_call


def counted(*args: Any) -> Iterator[bytes | memoryview]:  # noqa: ANN401 - as `_told`
    """Yield the pieces of a chunk with a point between them."""
    for number, piece in enumerate(told(*args)):
        if number % 4 == 0:
            point()
        yield piece


told = upload._told  # noqa: SLF001 - a place between two pieces has no other name
vars(upload)["_told"] = counted
type.__setattr__(Ledger, "move", surrounded(Ledger.move))
type.__setattr__(Wire, "send", surrounded(Wire.send))
LIMITS.update(dict.fromkeys(LIMITS, 10_000))
if "--forgetful" in options:  # the control: it starts again instead of asking
    journey.STEPS[State.LAST_CHUNK_SENT] = start
    MOVES[State.LAST_CHUNK_SENT] = set(State)

with Bridge.from_config(config) as bridge:
    result = bridge.publish(
        Post(
            id=post_id,
            account="acme",
            video=video,
            title=post_id,
            privacy="SELF_ONLY",
        )
    )
sys.stdout.write(f"{passed} {result.state}\n")
