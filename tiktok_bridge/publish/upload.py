"""Send what TikTok does not have yet, chunk by chunk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge.errors import RefusedError
from tiktok_bridge.ledger.claims import LEASE
from tiktok_bridge.ledger.entry import Move
from tiktok_bridge.models import State
from tiktok_bridge.publish import retry
from tiktok_bridge.tiktok.chunks import plan_chunks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge.media.probe import Media
    from tiktok_bridge.publish.trip import Trip
    from tiktok_bridge.tiktok.content import Progress

GONE: Final = ("403", "404")
"""Answers to a PUT that mean: not stored, and this upload takes nothing more."""

OUT_OF_STEP: Final = "416"
"""Answer to a PUT that means: not stored, TikTok stands elsewhere."""


def upload(trip: Trip) -> None:
    """Send every chunk that is missing; a post leaves this with all of them sent."""
    entry, now = trip.entry, trip.services.clock.now()
    if now >= (entry.url_expires_at or 0.0):
        trip.move(State.PLANNED, "the upload URL has ended; starting again")
        return
    media = trip.media()
    offset = _resume_at(trip) if entry.tries or entry.acknowledged else 0
    plan = plan_chunks(media.stat.size_bytes)
    for start, stop in plan.rest(offset):
        is_last = stop == plan.video_size
        if is_last:
            what = Move("sending the last chunk", asked=_asked(start, plan.video_size))
            trip.move(State.LAST_CHUNK_SENT, what)
        try:
            log_id = put(trip, media, (start, stop))
        except RefusedError as error:
            stuck = error.code == OUT_OF_STEP and trip.entry.tries and not is_last
            if error.code not in GONE and not stuck:
                raise
            if is_last and _may_be_whole(trip):
                raise
            _start_again(trip, error)
            return
        if is_last:
            all_sent(trip, log_id)
        else:
            trip.move(State.UPLOADING, None, acknowledged=stop, tries=0, failure=None)


def _asked(start: int, size: int) -> dict[str, str]:
    return {"endpoint": "the upload URL", "content_range": f"{start}-{size - 1}/{size}"}


def ask(trip: Trip) -> Progress:
    """Ask TikTok where the post stands."""
    trip.slot("status")
    publish_id = trip.entry.publish_id or ""
    content = trip.services.content
    return trip.authorized(lambda token: content.status(token, publish_id))


def _may_be_whole(trip: Trip) -> bool:
    """Ask whether TikTok has everything, although it has just refused the last chunk.

    Nothing but this one refused request carried that chunk, so that a new upload is
    safe unless the status says otherwise.
    """
    progress, size = ask(trip), trip.entry.size_bytes or 0
    held = progress.uploaded_bytes
    has_all = held is not None and held + 1 >= size
    return progress.status != "PROCESSING_UPLOAD" or has_all


def all_sent(trip: Trip, log_id: str | None) -> None:
    """Note that TikTok has every byte; from now on it is watched."""
    size = trip.entry.size_bytes
    trip.move(
        State.PROCESSING,
        Move(f"TikTok has all {size} bytes", log_id),
        acknowledged=size,
        tries=0,
        failure=None,
        next_at=trip.services.clock.now(),
    )


def _start_again(trip: Trip, error: RefusedError) -> None:
    """Plan a new upload: TikTok itself said that it did not store the chunk.

    Only a chunk that is stored sets `tries` back, so that a run ends which meets
    nothing but refusals.
    """
    services, tries = trip.services, trip.entry.tries + 1
    note = f"{error.message}; starting again"
    trip.move(
        State.PLANNED,
        Move(note, error.log_id, answered=retry.answered(error)),
        failure=retry.failure(error),
        tries=tries,
        next_at=services.clock.now() + retry.pause(tries, services.random),
    )


def put(trip: Trip, media: Media, chunk: tuple[int, int]) -> str | None:
    """Send the bytes from the start up to the stop of *chunk*; return the log id."""
    url, (start, stop) = trip.entry.upload_url or "", chunk
    stored = trip.services.content.put(
        url,
        media.content_type,
        (start, stop, media.stat.size_bytes),
        _told(trip, media, chunk),
    )
    return stored.log_id


def _told(
    trip: Trip, media: Media, chunk: tuple[int, int]
) -> Iterator[bytes | memoryview]:
    """Yield the pieces of *chunk*; tell the progress, and keep the claim."""
    sent, clock = chunk[0], trip.services.clock
    for piece in media.source.read(*chunk):
        if trip.services.is_over():  # Ctrl-C came to another thread
            raise KeyboardInterrupt
        yield piece
        sent += len(piece)
        trip.services.on_progress(trip.entry, sent)
        if clock.now() > trip.renew_at:
            trip.services.ledger.claims.renew(trip.entry)
            trip.renew_at = clock.now() + LEASE / 3


def _resume_at(trip: Trip) -> int:
    """Return the chunk boundary from which TikTok needs bytes: its word counts.

    Inside a chunk, the whole chunk is sent again.
    """
    held = ask(trip).uploaded_bytes
    return trip.entry.acknowledged if held is None else boundary(trip, held)


def boundary(trip: Trip, held: int) -> int:
    """Return where the chunk starts in which byte number *held* lies.

    *held* may be a count or the index of the last byte, so it may be one short.
    """
    plan = plan_chunks(trip.entry.size_bytes or 0)
    return max(start for start, _ in plan.chunks() if start <= held + 1)
