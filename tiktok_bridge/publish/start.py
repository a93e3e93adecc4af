"""Ask TikTok for a post: the checks that need it, then init.

An upload may be asked for again, since no byte was sent. What TikTok fetches itself it
may publish as soon as it was asked, and there is no idempotency key: such an init is
never repeated unless TikTok itself has refused it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tiktok_bridge.errors import (
    BadAnswerError,
    ConfigError,
    NetworkError,
    RefusedError,
)
from tiktok_bridge.ledger.entry import Move
from tiktok_bridge.media.public import public_url
from tiktok_bridge.models import State
from tiktok_bridge.publish import retry
from tiktok_bridge.publish.creator import against_creator
from tiktok_bridge.tiktok import inits
from tiktok_bridge.tiktok.chunks import plan_chunks
from tiktok_bridge.tiktok.content import URL_LIFE

if TYPE_CHECKING:
    from tiktok_bridge.errors import BridgeError
    from tiktok_bridge.publish.trip import Trip
    from tiktok_bridge.tiktok.chunks import ChunkPlan
    from tiktok_bridge.tiktok.content import Started

UNAUDITED: Final = (
    "unaudited_client_can_only_post_to_private_accounts",
    "unaudited_client_only_self_visibility",
)
"""Codes of a refusal because the client has not passed the audit."""

UNCLEAR: Final = "internal_error"
"""TikTok's code for a fault of its own, after which the post may exist."""

FIRST_SERVER_ERROR: Final = 500
TOO_MANY: Final = 429

LOOK: Final = "wait for TikTok's webhook, if the app has one; or "
"""What may name a post of which TikTok's answer was lost."""


def start(trip: Trip) -> None:
    """Move a post to UPLOADING, or to PROCESSING when TikTok fetches it."""
    if not trip.entry.post.is_pulled:
        _start_upload(trip)
    elif trip.entry.state == State.PLANNED:
        _start_pull(trip)
    else:
        trip.give_to_a_person(
            "TikTok was asked to publish it, and the answer was lost", look=LOOK
        )


def after_init(trip: Trip, error: BridgeError) -> None:
    """Go on after an init without luck: again only where nothing can have come of it.

    Args:
        trip: A post that is INIT_SENT.
        error: Why there is no answer that says yes.
    """
    if trip.entry.post.is_pulled and _may_exist(error):
        message = f"nobody knows whether TikTok took it: {error.message}"
        trip.give_to_a_person(message, error, look=LOOK)
        return
    refused = isinstance(error, RefusedError) or trip.entry.post.is_pulled
    trip.come_back(error, State.PLANNED if refused else State.INIT_SENT)


def _may_exist(error: BridgeError) -> bool:
    """Tell whether TikTok may have taken a post in spite of *error*."""
    if isinstance(error, RefusedError):
        clear = error.http_status < FIRST_SERVER_ERROR and error.code
        return error.code == UNCLEAR or not (clear or error.http_status == TOO_MANY)
    if isinstance(error, NetworkError):
        return error.may_have_arrived
    return isinstance(error, BadAnswerError)


def _start_upload(trip: Trip) -> None:
    media = trip.media()
    plan = plan_chunks(media.stat.size_bytes)
    started = _init(
        trip,
        plan,
        f"asking TikTok to take {plan.video_size} bytes in {plan.total_chunk_count}"
        f" chunk(s), {trip.entry.mode}",
        size_bytes=plan.video_size,
        media_version=media.stat.version,
    )
    if started:
        trip.move(
            State.UPLOADING,
            _accepted(started),
            publish_id=started.publish_id,
            upload_url=started.upload_url,
            url_expires_at=trip.services.clock.now() + URL_LIFE,
            acknowledged=0,
            next_at=None,
            failure=None,
        )


def _start_pull(trip: Trip) -> None:
    services, post = trip.services, trip.entry.post
    names = post.photos or (post.video,)
    root = services.settings.media_root
    source = inits.Pull(tuple(public_url(services.host, one, root) for one in names))
    what = f"{len(names)} photo(s)" if post.photos else "a video"
    started = _init(trip, source, f"asking TikTok to fetch {what}, {trip.entry.mode}")
    if started:
        trip.move(
            State.PROCESSING,
            _accepted(started),
            publish_id=started.publish_id,
            tries=0,
            failure=None,
            next_at=services.clock.now(),
        )


def _accepted(started: Started) -> Move:
    answered = {"http_status": 200, "publish_id": started.publish_id}
    return Move(
        f"TikTok accepted it as {started.publish_id}",
        started.log_id,
        answered=answered,
    )


def _check_creator(trip: Trip) -> dict[str, Any]:
    """Ask what the creator may post now; return what the history keeps of it.

    Raises:
        ConfigError: Not this post.
    """
    trip.require_no_cap()
    if trip.entry.mode != "direct":
        return {}
    trip.slot("creator_info")
    info = trip.authorized(trip.services.content.creator_info)
    for objection in against_creator(trip.entry.post, None, info):
        if not objection.warning:
            raise ConfigError(objection.message, hint=objection.hint)
    return {"offered": list(info.privacy_level_options), "log_id": info.log_id}


def _init(
    trip: Trip,
    source: ChunkPlan | inits.Pull,
    note: str,
    **changes: Any,  # noqa: ANN401 - fields of an entry
) -> Started | None:
    """Ask TikTok, with a token that is refreshed once if it was refused.

    Returns None if the post goes to the inbox instead, as the settings say.
    """
    creator = _check_creator(trip)
    post, account = trip.entry.post, trip.entry.post.account
    path, body = inits.translate(post, trip.entry.mode, source)
    asked = {"endpoint": path, "body": retry.shown(body), "creator_info": creator}
    what = Move(note, asked=asked)
    kind = KINDS[path]
    refused = None
    while True:
        # got first: once INIT_SENT is on disk, an error can only be of the init itself
        token = trip.services.vault.access(account, refused=refused)
        trip.move(State.INIT_SENT, what, takes=kind, **changes)
        try:
            return trip.services.content.init(token, post, trip.entry.mode, source)
        except RefusedError as error:
            if error.code == "access_token_invalid" and refused is None:
                refused = token
                _back(trip, error, "the token is refreshed")
            elif error.code in UNAUDITED and _goes_to_inbox(trip):
                _back(trip, error, "on_unaudited says: to the inbox", mode="inbox")
                return None
            else:
                raise


def _back(trip: Trip, error: RefusedError, why: str, **changes: str) -> None:
    note = f"TikTok answered {error.code}; {why}"
    what = Move(note, error.log_id, answered=retry.answered(error))
    trip.move(State.PLANNED, what, **changes)


def _goes_to_inbox(trip: Trip) -> bool:
    is_wanted = trip.services.settings.on_unaudited == "inbox"
    return is_wanted and trip.entry.mode != "inbox"


KINDS: Final = {
    inits.VIDEO_INIT: "video_init",
    inits.INBOX_INIT: "inbox_init",
    inits.PHOTO_INIT: "photo_init",
}
"""The kind of call that each init is, among those that TikTok limits."""
