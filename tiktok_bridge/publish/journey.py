"""Do the next thing that can be done for a post, and say when to come back.

Every move is on disk before the act that it announces. Of an upload, before
LAST_CHUNK_SENT, a new init is safe: bytes that were never sent cannot be posted. From
there on only TikTok's status decides; and of what TikTok fetches itself nothing is ever
asked for twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge.errors import (
    BadAnswerError,
    ConfigError,
    MediaError,
    NetworkError,
    PluginError,
    RefusedError,
    TokenError,
)
from tiktok_bridge.ledger.entry import Move
from tiktok_bridge.ledger.limits import WindowFullError
from tiktok_bridge.ledger.states import AT_REST
from tiktok_bridge.models import State
from tiktok_bridge.publish import retry
from tiktok_bridge.publish.start import after_init, start
from tiktok_bridge.publish.trip import Services, Trip
from tiktok_bridge.publish.upload import upload
from tiktok_bridge.publish.watch import settle, watch

if TYPE_CHECKING:
    from tiktok_bridge.errors import BridgeError
    from tiktok_bridge.ledger.entry import Entry

STEPS: Final = {
    State.PLANNED: start,
    State.INIT_SENT: start,
    State.UPLOADING: upload,
    State.LAST_CHUNK_SENT: settle,
    State.PROCESSING: watch,
}
"""What to do in each state; the others wait for a person."""

NOTHING_POSTED: Final = (State.PLANNED, State.UPLOADING)
"""States in which TikTok cannot have posted anything."""

EXPECTED: Final = (
    BadAnswerError,
    ConfigError,
    MediaError,
    NetworkError,
    PluginError,
    RefusedError,
    TokenError,
)
"""Errors that belong to the post; any other belongs to the installation."""


def advance(services: Services, entry: Entry) -> Entry:
    """Make one step with a claimed post; `next_at` says when the next is due."""
    trip = Trip(services, entry)
    step = STEPS.get(entry.state)
    if step is None:
        return entry
    try:
        step(trip)
    except WindowFullError as full:
        trip.wait(full.seconds)
    except EXPECTED as error:
        _go_on(trip, error, is_first_send=entry.state == State.UPLOADING)
    return trip.entry


def go(services: Services, entry: Entry) -> Entry:
    """Make steps with a claimed post until it rests, or must wait, or nothing helps."""
    while True:
        before, entry = entry, advance(services, entry)
        waits = (entry.next_at or 0.0) > services.clock.now()
        if waits or entry.state in AT_REST or entry.version == before.version:
            return entry
        if services.is_over():
            return entry


def _go_on(trip: Trip, error: BridgeError, *, is_first_send: bool) -> None:
    state = trip.entry.state
    if state == State.INIT_SENT:
        after_init(trip, error)
    elif state in NOTHING_POSTED:
        trip.come_back(error, state)
    elif is_first_send and _is_cut_off(error):
        # the last chunk was cut off or not taken
        trip.fail(retry.failure(error), retry.answered(error))
    else:
        _keep_watching(trip, error)


def _is_cut_off(error: BridgeError) -> bool:
    """Tell whether the last chunk was not taken, and never will be."""
    is_gone = isinstance(error, MediaError) and not error.retryable
    return is_gone or getattr(error, "code", "") == "400"


def _keep_watching(trip: Trip, error: BridgeError) -> None:
    """Stay where the post is: it may exist, and an error of ours proves nothing."""
    seconds = retry.wait(error, trip.entry.tries, trip.services.random)
    failure = retry.failure(error)
    trip.move(
        trip.entry.state,
        Move(error.message, failure.log_id, answered=retry.answered(error)),
        failure=failure,
        tries=trip.entry.tries + 1,
        next_at=trip.services.clock.now() + (seconds or 60.0),
    )
