"""Ask TikTok for an upload: the checks that need it, then init."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge.errors import ConfigError, RefusedError
from tiktok_bridge.models import State
from tiktok_bridge.publish.creator import against_creator
from tiktok_bridge.tiktok.chunks import plan_chunks
from tiktok_bridge.tiktok.content import URL_LIFE

if TYPE_CHECKING:
    from tiktok_bridge.publish.trip import Trip
    from tiktok_bridge.tiktok.chunks import ChunkPlan
    from tiktok_bridge.tiktok.content import Started

UNAUDITED: Final = (
    "unaudited_client_can_only_post_to_private_accounts",
    "unaudited_client_only_self_visibility",
)
"""Codes of a refusal because the client has not passed the audit."""


def start(trip: Trip) -> None:
    """Move a post to UPLOADING; safe to repeat, since no byte was sent."""
    media = trip.media()
    plan = plan_chunks(media.stat.size_bytes)
    if trip.entry.mode == "direct":
        _check_creator(trip)
    trip.slot("inbox_init" if trip.entry.mode == "inbox" else "video_init")
    trip.move(
        State.INIT_SENT,
        f"asking TikTok to take {plan.video_size} bytes in {plan.total_chunk_count}"
        f" chunk(s), {trip.entry.mode}",
        size_bytes=plan.video_size,
        media_version=media.stat.version,
    )
    started = _init(trip, plan)
    if started is None:
        return
    trip.move(
        State.UPLOADING,
        f"TikTok accepted it as {started.publish_id}",
        log_id=started.log_id,
        publish_id=started.publish_id,
        upload_url=started.upload_url,
        url_expires_at=trip.services.clock.now() + URL_LIFE,
        acknowledged=0,
        next_at=None,
        failure=None,
    )


def _check_creator(trip: Trip) -> None:
    trip.slot("creator_info")
    info = trip.authorized(trip.services.content.creator_info)
    for objection in against_creator(trip.entry.post, None, info):
        if not objection.warning:
            raise ConfigError(objection.message, hint=objection.hint)


def _init(trip: Trip, plan: ChunkPlan) -> Started | None:
    content, entry = trip.services.content, trip.entry
    try:
        return trip.authorized(
            lambda token: content.init(token, entry.post, entry.mode, plan)
        )
    except RefusedError as error:
        wanted = trip.services.settings.on_unaudited == "inbox"
        if error.code not in UNAUDITED or not wanted or entry.mode == "inbox":
            raise
        trip.move(
            State.PLANNED,
            f"TikTok answered {error.code}; on_unaudited says: to the inbox",
            log_id=error.log_id,
            mode="inbox",
        )
        return None
