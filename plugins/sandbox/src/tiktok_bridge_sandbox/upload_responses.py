"""The upload host over HTTP: check the headers, hash the body as it comes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tiktok_bridge_sandbox.connections import drain
from tiktok_bridge_sandbox.errors import UploadError

if TYPE_CHECKING:
    from starlette.datastructures import Headers
    from starlette.responses import Response

    from tiktok_bridge_sandbox.calls import Call
    from tiktok_bridge_sandbox.publishes import Publish
    from tiktok_bridge_sandbox.uploads import Chunk, Upload

CONTENT_TYPES: Final = ("video/mp4", "video/quicktime", "video/webm")
"""What a chunk may say it is (media transfer guide, 2026-09)."""

CONTENT_RANGE: Final = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})")

STORED: Final = {"official": (206, 201), "all-201-then-200": (201, 200)}
"""HTTP status of a chunk in the middle and of the last, by the switch."""


async def upload(call: Call) -> Response:
    """Take one chunk; nothing but the URL authorizes it."""
    query = call.request.query_params
    publish = None
    try:
        publish = call.backend.upload_task(
            query.get("upload_id", ""), query.get("upload_token", "")
        )
        chunk = publish.upload.start(*_read_range(call.request.headers))
    except UploadError as error:
        await drain(call.request.receive)
        return _answer(call, error.status, publish.upload if publish else None)
    try:
        await _receive(call, publish, chunk)
    except UploadError as error:
        return _answer(call, error.status, publish.upload)
    middle, last = STORED[call.backend.switches.chunk_status]
    return _answer(call, last if publish.upload.is_complete else middle, publish.upload)


async def _receive(call: Call, publish: Publish, chunk: Chunk) -> None:
    async for piece in call.request.stream():
        chunk.feed(piece)
    chunk.store()
    if publish.upload.is_complete:
        call.backend.finish(publish)


def _read_range(headers: Headers) -> tuple[int, int, int]:
    if headers.get("content-type") not in CONTENT_TYPES:
        raise UploadError(400, "the content type is none of the three")
    found = CONTENT_RANGE.fullmatch(headers.get("content-range", ""))
    if not found:
        raise UploadError(400, "the content range is missing or malformed")
    first, last, total = map(int, found.groups())
    if headers.get("content-length") != str(last - first + 1):
        raise UploadError(400, "the content length is not that of the range")
    return first, last, total


def _answer(call: Call, status: int, progress: Upload | None) -> Response:
    answer = call.answers.empty(status)
    if progress and progress.received:
        is_index = call.backend.switches.uploaded_bytes == "last-index"
        end = progress.received - is_index
        answer.headers["content-range"] = f"bytes 0-{end}/{progress.plan.video_size}"
    return answer
