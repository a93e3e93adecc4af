"""The Content Posting API over HTTP: parse, ask the backend, serialise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tiktok_bridge_sandbox import bodies, fields, photos
from tiktok_bridge_sandbox.errors import CreatorBlockedError
from tiktok_bridge_sandbox.openings import Order
from tiktok_bridge_sandbox.uploads import Upload

if TYPE_CHECKING:
    from starlette.responses import Response

    from tiktok_bridge_sandbox.calls import Call
    from tiktok_bridge_sandbox.creators import Creator
    from tiktok_bridge_sandbox.publishes import Publish

PHOTO_SCOPES: Final = {"MEDIA_UPLOAD": "video.upload"}
"""Scope of a draft of photos; every other mode is judged as a direct post."""


async def creator_info(call: Call) -> Response:
    """Say what the creator is offered; no body is needed."""
    creator = call.authorize("video.publish")
    if await call.request.body():
        await call.json()
    try:
        call.backend.check_may_post(call.app, creator)
    except CreatorBlockedError as error:
        return call.answers.quiet_refusal(error)
    return call.answers.success(creator.info(call.backend.switches, call.app))


async def video_init(call: Call) -> Response:
    """Open a direct post of a video."""
    creator = call.authorize("video.publish")
    body = await _read_with_level(call)
    post_info = body["post_info"]
    fields.check_length(post_info, "title", fields.MAX_TITLE)
    fields.check_direct(post_info, call.backend.switches)
    label = post_info.get("is_aigc") is True
    source = fields.read_source(body)
    order = Order("video", "direct", post_info, source, is_ai_generated=label)
    return _opened(call, creator, order)


async def _read_with_level(call: Call) -> dict[str, Any]:
    """Return a lawful body, and remember the level of any."""
    body: dict[str, Any] = await call.parse()
    said = body.get("post_info")
    level = said.get("privacy_level") if isinstance(said, dict) else None
    call.backend.privacy_levels.append(level)
    call.check(body)
    return body


async def inbox_init(call: Call) -> Response:
    """Open a draft of a video.

    A post_info is remembered and has no effect: nobody published one.
    """
    creator = call.authorize("video.upload")
    body: dict[str, Any] = await call.json()
    post_info, source = body.get("post_info"), fields.read_source(body)
    return _opened(call, creator, Order("video", "inbox", post_info, source))


async def photo_init(call: Call) -> Response:
    """Open a direct post or a draft of photos."""
    mode = _post_mode(await call.request.body())
    creator = call.authorize(PHOTO_SCOPES.get(mode, "video.publish"))
    is_draft, switches = mode == "MEDIA_UPLOAD", call.backend.switches
    body = await (call.json() if is_draft else _read_with_level(call))
    way = photos.read_mode(body, switches)
    post_info = photos.read_post_info(body, way, switches)
    label = photos.is_ai_generated(body, switches)
    source = photos.read_source(body)
    order = Order("photo", way, post_info, source, is_ai_generated=label)
    return _opened(call, creator, order)


def _post_mode(content: bytes) -> str:
    """Return the mode, which decides the scope before the body is judged."""
    try:
        body = bodies.parse(content)
    except ValueError:
        return ""
    return str(body.get("post_mode")) if isinstance(body, dict) else ""


def _opened(call: Call, creator: Creator, order: Order) -> Response:
    publish = call.backend.open(call.app, creator, order)
    data: dict[str, object] = {"publish_id": publish.publish_id}
    if isinstance(publish.source, Upload):
        data["upload_url"] = _upload_url(call, publish.source)
    return call.answers.success(data)


def _upload_url(call: Call, upload: Upload) -> str:
    door = call.backend.switches.upload_path.removeprefix("/")
    query = f"upload_id={upload.upload_id}&upload_token={upload.token}"
    return f"{call.request.base_url}{door}?{query}"


async def status(call: Call) -> Response:
    """Say how far a post is."""
    publish = await _named_publish(call)
    return call.answers.success(publish.answer(call.backend.now()))


async def cancel(call: Call) -> Response:
    """End a download; the answer has no data.

    developers.tiktok.com/doc/content-posting-api-media-transfer-guide (2026-09)
    """
    call.backend.cancel(await _named_publish(call))
    return call.answers.success(None)


async def _named_publish(call: Call) -> Publish:
    creator = call.authorize("video.upload", "video.publish")
    body: dict[str, Any] = await call.json()
    return call.backend.find(creator, body["publish_id"])
