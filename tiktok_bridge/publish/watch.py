"""Ask TikTok how a post fares, until it says the end."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from tiktok_bridge.errors import MediaError, RefusedError
from tiktok_bridge.ledger.entry import Move
from tiktok_bridge.models import State
from tiktok_bridge.publish import retry
from tiktok_bridge.publish.upload import (
    GONE,
    OUT_OF_STEP,
    all_sent,
    ask,
    boundary,
    put,
)
from tiktok_bridge.tiktok.chunks import plan_chunks

if TYPE_CHECKING:
    from tiktok_bridge.publish.trip import Trip
    from tiktok_bridge.tiktok.content import Progress

FINAL: Final = {
    "PUBLISH_COMPLETE": State.PUBLISHED,
    "SEND_TO_USER_INBOX": State.IN_INBOX,
}
"""TikTok's words for a good end; FAILED is the bad one, any other means wait."""

FIRST_POLL: Final = 0.5
LONGEST_POLL: Final = 30.0
"""Seconds between two looks: half as much again each time, never longer."""

MAX_TRIES: Final = 5
"""How often the last chunk is offered to an upload that refuses it."""

MALFORMED: Final = "400"
"""Answer to a PUT whose headers or length do not fit what TikTok expects."""

FORGOTTEN: Final = (
    "invalid_publish_id",
    "token_not_authorized_for_specified_publish_id",
)
"""Refusals after which asking TikTok again tells nothing."""


def settle(trip: Trip) -> None:
    """Find out whether the last chunk arrived, and send it again if it did not.

    It goes to the same upload, so that it can never become a second post; and what
    comes of sending it again says nothing about the first time.
    """
    progress = _ask(trip)
    if progress is None or _end(trip, progress):
        return
    size, held = trip.entry.size_bytes or 0, progress.uploaded_bytes
    url_lives = trip.services.clock.now() < (trip.entry.url_expires_at or 0.0)
    if held is not None and held + 1 >= size:
        all_sent(trip, progress.log_id)
    elif url_lives:
        _send_rest(trip, held)
    elif held is None:
        _wait(trip, "the last chunk was sent; waiting for TikTok", progress.log_id)
    else:
        trip.give_to_a_person(f"TikTok has {held} of {size} bytes, and takes no more")


def _send_rest(trip: Trip, held: int | None) -> None:
    plan = plan_chunks(trip.entry.size_bytes or 0)
    last = plan.chunk_size * (plan.total_chunk_count - 1)
    try:
        media = trip.media()
        for chunk in plan.rest(last if held is None else boundary(trip, held)):
            log_id = put(trip, media, chunk)
    except MediaError as error:
        if held is not None and trip.entry.tries >= MAX_TRIES:
            trip.give_to_a_person(f"{error.message}; TikTok has {held} bytes", error)
        elif held is not None:
            raise
        else:
            _wait(trip, f"{error.message}; TikTok may have everything already")
    except RefusedError as error:
        if error.code not in (*GONE, OUT_OF_STEP, MALFORMED):
            raise
        if held is None:
            _wait(trip, "TikTok does not want the last chunk again", error.log_id)
        elif trip.entry.tries < MAX_TRIES:
            raise
        else:
            message = f"TikTok has {held} bytes, and takes no more"
            trip.give_to_a_person(message, error)
    else:
        all_sent(trip, log_id)


def _wait(trip: Trip, note: str, log_id: str | None = None) -> None:
    next_at = trip.services.clock.now() + FIRST_POLL
    what = Move(note, log_id)
    trip.move(State.PROCESSING, what, tries=0, failure=None, next_at=next_at)


def watch(trip: Trip) -> None:
    """Look once; a post that is not at its end is looked at again later."""
    progress = _ask(trip)
    if progress is None or _end(trip, progress):
        return
    if missing := _missing(trip, progress):
        trip.give_to_a_person(f"TikTok {missing}, and takes no more")
        return
    looks = trip.entry.tries + 1
    pause = min(FIRST_POLL * 1.5 ** min(looks, 30), LONGEST_POLL)
    trip.move(
        State.PROCESSING,
        _said(progress) if looks == 1 else None,
        tries=looks,
        failure=None,
        next_at=trip.services.clock.now() + pause,
    )


def _missing(trip: Trip, progress: Progress) -> str | None:
    """Say what TikTok does not have of an upload whose URL has ended, or return None.

    Somebody on the way said that the last chunk was stored.
    """
    held, size = progress.uploaded_bytes, trip.entry.size_bytes or 0
    ended = trip.services.clock.now() >= (trip.entry.url_expires_at or math.inf)
    lacks = held is not None and held + 1 < size
    is_open = progress.status == "PROCESSING_UPLOAD" and not trip.entry.post.is_pulled
    return f"has {held} of {size} bytes" if ended and lacks and is_open else None


def _ask(trip: Trip) -> Progress | None:
    try:
        return ask(trip)
    except RefusedError as error:
        if error.code not in FORGOTTEN:
            raise
        post = trip.entry.publish_id
        message = f"TikTok no longer tells how {post} ended: {error.message}"
        trip.give_to_a_person(message, error)
        return None


def _said(progress: Progress) -> Move:
    answered = {"http_status": 200, "data": progress.data}
    return Move(f"TikTok says {progress.status}", progress.log_id, answered=answered)


def _end(trip: Trip, progress: Progress) -> bool:
    if progress.status == "FAILED":
        failure = retry.failed(progress.fail_reason, progress.log_id)
        trip.fail(failure, _said(progress).answered)
        return True
    state = FINAL.get(progress.status)
    if state is None:
        return False
    trip.move(
        state,
        _said(progress),
        post_ids=progress.post_ids,
        privacy_level=progress.privacy_level,
        failure=None,
        next_at=None,
    )
    return True
