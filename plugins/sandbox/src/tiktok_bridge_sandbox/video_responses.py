"""The list of a creator's public posts over HTTP.

developers.tiktok.com/doc/tiktok-api-v2-video-list, tiktok-api-v2-video-query
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tiktok_bridge_sandbox import videos
from tiktok_bridge_sandbox.errors import FieldsMissingError, InvalidParamsError

if TYPE_CHECKING:
    from starlette.responses import Response

    from tiktok_bridge_sandbox.calls import Call
    from tiktok_bridge_sandbox.creators import Creator
    from tiktok_bridge_sandbox.videos import Video

PAGE: Final = 10
"""Posts of a page unless ``max_count`` says another number up to 20."""


async def video_list(call: Call) -> Response:
    """Return a page of posts older than the cursor, newest first."""
    creator = call.authorize("video.list")
    names = _fields(call)
    body = await _body(call)
    older = _public(call, creator)
    if body.get("cursor"):
        older = [video for video in older if video.moment < body["cursor"]]
    page = older[: body.get("max_count", PAGE)]
    now = int(call.backend.now() * 1_000)
    return call.answers.success(
        {
            "videos": [video.describe(names) for video in page],
            "cursor": page[-1].moment if page else body.get("cursor", now),
            "has_more": len(older) > len(page),
        }
    )


async def video_query(call: Call) -> Response:
    """Return those of the named posts that are the creator's and public."""
    creator = call.authorize("video.list")
    names = _fields(call)
    body: dict[str, Any] = await call.json()
    wanted = set(body["filters"]["video_ids"])
    found = [v for v in _public(call, creator) if str(v.post.post_id) in wanted]
    return call.answers.success({"videos": [video.describe(names) for video in found]})


def _fields(call: Call) -> list[str]:
    names = [n for n in call.request.query_params.get("fields", "").split(",") if n]
    if not names:
        raise FieldsMissingError
    for name in names:
        if name not in videos.FIELDS:
            raise InvalidParamsError(f"The field {name} is unknown")
    return names


async def _body(call: Call) -> dict[str, Any]:
    return await call.json() if await call.request.body() else {}


def _public(call: Call, creator: Creator) -> list[Video]:
    now = call.backend.now()
    return videos.list_public(call.backend.publishes, creator.name, now)
