"""Ask TikTok how a post fares, until it says the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge.errors import RefusedError
from tiktok_bridge.models import Failure, State
from tiktok_bridge.publish import retry
from tiktok_bridge.publish.upload import START_AGAIN, send_last
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

GONE: Final = ("invalid_publish_id", "token_not_authorized_for_specified_publish_id")
"""Refusals after which asking TikTok again tells nothing."""


def settle(trip: Trip) -> None:
    """Find out whether the last chunk arrived, and send it again if it did not.

    It goes to the same upload, so that it can never become a second post.
    """
    progress = _ask(trip)
    if progress is None or _end(trip, progress):
        return
    size = trip.entry.size_bytes or 0
    held, clock = progress.uploaded_bytes, trip.services.clock
    url_lives = clock.now() < (trip.entry.url_expires_at or 0.0)
    if held is None or held + 1 >= size or not url_lives:
        trip.move(
            State.PROCESSING,
            "the last chunk was sent; waiting for TikTok",
            log_id=progress.log_id,
            next_at=clock.now() + FIRST_POLL,
        )
        return
    start = max(start for start, _ in plan_chunks(size).chunks())
    try:
        send_last(trip, trip.media(), start)
    except RefusedError as error:
        if error.code not in START_AGAIN:
            raise
        trip.move(
            State.PROCESSING,
            "TikTok does not want the last chunk again; waiting for its word",
            log_id=error.log_id,
            next_at=clock.now() + FIRST_POLL,
        )


def watch(trip: Trip) -> None:
    """Look once; a post that is not at its end is looked at again later."""
    progress = _ask(trip)
    if progress is None or _end(trip, progress):
        return
    looks = trip.entry.tries + 1
    pause = min(FIRST_POLL * 1.5 ** min(looks, 30), LONGEST_POLL)
    trip.move(
        State.PROCESSING,
        f"TikTok says {progress.status}" if looks == 1 else None,
        log_id=progress.log_id,
        tries=looks,
        next_at=trip.services.clock.now() + pause,
    )


def _ask(trip: Trip) -> Progress | None:
    trip.slot("status")
    publish_id = trip.entry.publish_id or ""
    try:
        return trip.authorized(
            lambda token: trip.services.content.status(token, publish_id)
        )
    except RefusedError as error:
        if error.code not in GONE:
            raise
        failure = retry.failure(error)
        trip.move(
            State.UNKNOWN,
            f"TikTok no longer tells how {publish_id} ended",
            log_id=error.log_id,
            failure=Failure(
                code=failure.code,
                message=failure.message,
                hint="look at the account in the TikTok app, then run `tiktok-bridge"
                f" posts settle {trip.entry.post.id} --as published` (or `--as retry`)",
                log_id=failure.log_id,
                http_status=failure.http_status,
            ),
            next_at=None,
        )
        return None


def _end(trip: Trip, progress: Progress) -> bool:
    if progress.status == "FAILED":
        trip.fail(retry.failed(progress.fail_reason, progress.log_id))
        return True
    state = FINAL.get(progress.status)
    if state is None:
        return False
    trip.move(
        state,
        f"TikTok says {progress.status}",
        log_id=progress.log_id,
        post_ids=progress.post_ids,
        privacy_level=progress.privacy_level,
        failure=None,
        next_at=None,
    )
    return True
