"""Send what TikTok does not have yet, chunk by chunk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge.errors import MediaError, RefusedError
from tiktok_bridge.ledger.claims import LEASE
from tiktok_bridge.models import State
from tiktok_bridge.tiktok.chunks import plan_chunks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge.media.probe import Media
    from tiktok_bridge.publish.trip import Trip
    from tiktok_bridge.tiktok.content import Stored

START_AGAIN: Final = ("403", "404", "416")
"""Answers to a PUT after which the upload cannot go on, but a new one can start."""


def upload(trip: Trip) -> None:
    """Send every chunk that is missing; a post leaves this with all of them sent."""
    entry, now = trip.entry, trip.services.clock.now()
    if now >= (entry.url_expires_at or 0.0):
        trip.move(State.PLANNED, "the upload URL has ended; starting again")
        return
    media = trip.media()
    if media.stat.version != entry.media_version:
        raise MediaError(
            f"{entry.post.video} has changed since its upload began",
            hint="restore it, or give the new video a post of its own",
        )
    offset = _resume_at(trip) if entry.tries or entry.acknowledged else 0
    plan = plan_chunks(media.stat.size_bytes)
    for start, stop in plan.rest(offset):
        if stop == plan.video_size:
            send_last(trip, media, start)
        else:
            _send_one(trip, media, (start, stop))
            if trip.entry.state != State.UPLOADING:
                return


def send_last(trip: Trip, media: Media, start: int) -> None:
    """Send the last chunk: from here on the post may exist."""
    trip.move(State.LAST_CHUNK_SENT, "sending the last chunk", acknowledged=start)
    stored = _put(trip, media, (start, media.stat.size_bytes))
    trip.move(
        State.PROCESSING,
        f"TikTok has all {media.stat.size_bytes} bytes",
        log_id=stored.log_id,
        acknowledged=media.stat.size_bytes,
        tries=0,
        failure=None,
        next_at=trip.services.clock.now(),
    )


def _send_one(trip: Trip, media: Media, chunk: tuple[int, int]) -> None:
    try:
        _put(trip, media, chunk)
    except RefusedError as error:
        out_of_step = error.code == "416" and not trip.entry.tries
        if out_of_step or error.code not in START_AGAIN:
            raise  # the next step asks TikTok where it stands
        trip.move(
            State.PLANNED,
            f"{error.message}; starting again",
            log_id=error.log_id,
            tries=trip.entry.tries + 1,
        )
        return
    trip.move(State.UPLOADING, None, acknowledged=chunk[1], tries=0, failure=None)


def _put(trip: Trip, media: Media, chunk: tuple[int, int]) -> Stored:
    url, (start, stop) = trip.entry.upload_url or "", chunk
    return trip.services.content.put(
        url,
        media.content_type,
        (start, stop, media.stat.size_bytes),
        _told(trip, media, chunk),
    )


def _told(
    trip: Trip, media: Media, chunk: tuple[int, int]
) -> Iterator[bytes | memoryview]:
    """Yield the pieces of *chunk*; tell the progress, and keep the claim."""
    sent, clock = chunk[0], trip.services.clock
    renew_at = clock.now() + LEASE / 3
    for piece in media.source.read(*chunk):
        yield piece
        sent += len(piece)
        trip.services.on_progress(trip.entry, sent)
        if clock.now() > renew_at:
            trip.services.ledger.claims.renew(trip.entry)
            renew_at = clock.now() + LEASE / 3


def _resume_at(trip: Trip) -> int:
    """Return the chunk boundary from which TikTok needs bytes: its word counts.

    Its count may be of bytes or of the last byte's index, so the reading that falls
    on a boundary wins; inside a chunk, the whole chunk is sent again.
    """
    trip.slot("status")
    entry = trip.entry
    publish_id = entry.publish_id or ""
    progress = trip.authorized(
        lambda token: trip.services.content.status(token, publish_id)
    )
    held = progress.uploaded_bytes
    if held is None:
        return entry.acknowledged
    starts = [start for start, _ in plan_chunks(entry.size_bytes or 0).chunks()]
    return max(start for start in starts if start <= held + 1)
