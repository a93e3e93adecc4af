"""The Content Posting API over HTTP: parse, ask the backend, serialise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge_sandbox import fields
from tiktok_bridge_sandbox.errors import CreatorBlockedError, InvalidParamsError

if TYPE_CHECKING:
    from starlette.responses import Response

    from tiktok_bridge_sandbox.calls import Call
    from tiktok_bridge_sandbox.publishes import Publish


async def creator_info(call: Call) -> Response:
    """Say what the creator is offered; no body is needed."""
    creator = call.authorize("video.publish")
    if await call.request.body():
        fields.check_fields(await call.json(), {})
    try:
        call.backend.check_may_post(creator)
    except CreatorBlockedError as error:
        return call.answers.quiet_refusal(error)
    return call.answers.success(creator.info())


async def video_init(call: Call) -> Response:
    """Open the upload of a direct post."""
    creator = call.authorize("video.publish")
    body = await call.json()
    call.backend.privacy_levels.append(_asked_level(body))
    fields.check_fields(body, {"post_info": "object", "source_info": "object"})
    toggles = call.backend.switches.brand_toggles_required
    post_info = fields.read_post_info(body, needs_brand_toggles=toggles)
    publish = call.backend.init_post(creator, post_info, fields.read_plan(body))
    return _opened(call, publish)


def _asked_level(body: dict[str, object]) -> object:
    post_info = body.get("post_info")
    return post_info.get("privacy_level") if isinstance(post_info, dict) else None


async def inbox_init(call: Call) -> Response:
    """Open the upload of a draft."""
    creator = call.authorize("video.upload")
    body = await call.json()
    fields.check_fields(body, {"post_info": "object", "source_info": "object"})
    post_info = body.get("post_info")
    given = post_info if isinstance(post_info, dict) else None
    publish = call.backend.init_draft(creator, given, fields.read_plan(body))
    return _opened(call, publish)


def _opened(call: Call, publish: Publish) -> Response:
    upload = publish.upload
    query = f"upload_id={upload.upload_id}&upload_token={upload.token}"
    return call.answers.success(
        {
            "publish_id": publish.publish_id,
            "upload_url": f"{call.request.base_url}upload?{query}",
        }
    )


async def status(call: Call) -> Response:
    """Say how far a post is."""
    creator = call.authorize("video.upload", "video.publish")
    body = await call.json()
    fields.check_fields(body, {"publish_id": "string"})
    publish_id = body.get("publish_id")
    if not isinstance(publish_id, str):
        raise InvalidParamsError("The publish_id is missing")
    publish = call.backend.find(creator, publish_id)
    return call.answers.success(publish.answer(call.backend.now()))
