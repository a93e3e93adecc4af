"""The upload host over HTTP: check the headers, hash the body as it comes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from tiktok_bridge_sandbox.conformity import check_headers
from tiktok_bridge_sandbox.connections import drain
from tiktok_bridge_sandbox.errors import UploadError

if TYPE_CHECKING:
    from starlette.datastructures import Headers

    from tiktok_bridge_sandbox.calls import Call
    from tiktok_bridge_sandbox.uploads import Chunk, Upload

NUMBER: Final = re.compile("[0-9]+")

STORED: Final = {
    "official": (206, 201),
    "all-201-then-200": (201, 200),
    "all-200": (200, 200),
}
"""HTTP status of a chunk in the middle and of the last, by the switch."""


BODIES: Final = {
    "empty": ("", None),
    "json": ("{}", "application/json"),
    "html": ("<html></html>", "text/html"),
}
"""What an answer of the upload host carries; no recording has one."""


async def upload(call: Call) -> Response:
    """Take one chunk; nothing but the URL authorizes it."""
    task = None
    try:
        task = _find_task(call)
        chunk = task.start(*_read_range(call.request.headers))
    except UploadError as error:
        await drain(call.request.receive)
        return _answer(call, error.status, task)
    try:
        await _receive(call, chunk)
    except UploadError as error:
        return _answer(call, error.status, task)
    middle, last = STORED[call.backend.switches.chunk_status]
    return _answer(call, last if task.is_complete else middle, task)


def _find_task(call: Call) -> Upload:
    if call.request.url.path != call.backend.switches.upload_path:
        raise UploadError(404, "uploads go to another path")
    query = call.request.query_params
    return call.backend.upload_task(
        query.get("upload_id", ""), query.get("upload_token", "")
    )


async def _receive(call: Call, chunk: Chunk) -> None:
    async for piece in call.request.stream():
        chunk.feed(piece)
    # While they came, a reset or the creator may have ended the task.
    call.backend.check_alive(chunk.upload)
    chunk.store()
    if chunk.upload.is_complete:
        call.backend.finish(chunk.upload)


def _read_range(headers: Headers) -> tuple[int, int, int]:
    check_headers("upload", headers)
    first, last, total = map(int, NUMBER.findall(headers["content-range"]))
    if headers.get("content-length") != str(last - first + 1):
        raise UploadError(400, "the content length is not that of the range")
    return first, last, total


def _answer(call: Call, status: int, progress: Upload | None) -> Response:
    body, media_type = BODIES[call.backend.switches.upload_body]
    answer = Response(body, status, headers=call.answers.headers, media_type=media_type)
    if progress and progress.received:
        is_index = call.backend.switches.uploaded_bytes == "last-index"
        end = progress.received - is_index
        answer.headers["content-range"] = f"bytes 0-{end}/{progress.plan.video_size}"
    return answer
