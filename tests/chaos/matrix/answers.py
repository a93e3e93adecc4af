"""Answers that are refusals, or none of this API."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any, Final

from tests.chaos.matrix.faults import LOG_ID, Fault
from tests.chaos.matrix.line import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.chaos.matrix.line import Exchange
    from tests.chaos.matrix.world import World

JSON: Final = ("Content-Type", "application/json")
TRACE: Final = ("x-tt-logid", LOG_ID)
PAGE: Final = b"<html><body><h1>502 Bad Gateway</h1></body></html>"
PORTAL: Final = b"<html><body><form>Welcome to our Wi-Fi</form></body></html>"


def refusal(stage: str, status: int, code: str, *headers: tuple[str, str]) -> Answer:
    """Return how TikTok refuses at *stage*: an envelope, a flat one, or no body."""
    if stage.startswith("chunk"):
        return Answer(status, headers=(TRACE, *headers))
    error: dict[str, Any] = {"code": code, "message": "No.", "log_id": LOG_ID}
    if stage == "token":
        error = {"error": code, "error_description": "No.", "log_id": LOG_ID}
    body = error if stage == "token" else {"data": {}, "error": error}
    return Answer(status, json.dumps(body).encode(), (JSON, TRACE, *headers))


def refused(
    status: int,
    code: str,
    oauth: str = "temporarily_unavailable",
    *headers: tuple[str, str],
    times: int | None = None,
) -> Fault:
    """Let TikTok refuse with *code*, or with *oauth* where that is its language."""

    def strike(_: World, exchange: Exchange) -> bool:
        stage = exchange.stage
        said = oauth if stage == "token" else code
        exchange.reply(refusal(stage, status, said, *headers))
        return True

    return Fault(strike=strike, times=times)


def limited(*headers: tuple[str, str]) -> Fault:
    """Let TikTok say that it was asked too often."""
    return refused(429, "rate_limit_exceeded", "temporarily_unavailable", *headers)


def page(status: int, body: bytes = PAGE) -> Fault:
    """Let somebody before TikTok answer with a page."""

    def strike(_: World, exchange: Exchange) -> bool:
        exchange.reply(Answer(status, body, (("Content-Type", "text/html"),)))
        return True

    return Fault(strike=strike)


def garbled(change: Callable[[bytes], bytes], **headers: str) -> Fault:
    """Let TikTok do its work, and damage what it says of it."""

    def strike(_: World, exchange: Exchange) -> bool:
        answer = exchange.forward()
        # the upload host says nothing, and no page says what it could
        body = answer.body or b'{"error": {"code": "ok"}}'
        exchange.reply(answer.with_body(change(body), **headers))
        return True

    return Fault(strike=strike)


def _in_an_hour() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)


def dated() -> Fault:
    """Let TikTok say when it may be asked again, as a date."""

    def strike(_: World, exchange: Exchange) -> bool:
        now = format_datetime(datetime.now(UTC), usegmt=True)
        headers = (("Date", now), ("Retry-After", _in_an_hour()))
        code = "rate_limit_exceeded"
        if exchange.stage == "token":
            code = "temporarily_unavailable"
        exchange.reply(refusal(exchange.stage, 429, code, *headers))
        return True

    return Fault(strike=strike)


FAULTS: Final = {
    "429 with Retry-After": limited(("Retry-After", "30")),
    "429 without Retry-After": limited(),
    "429 with an absurd Retry-After": limited(("Retry-After", "99999999999")),
    "429 with Retry-After as a date": dated(),
    "500": refused(500, "internal_error", "server_error"),
    "502": page(502),
    "503": page(503),
    "504": page(504),
    "200 with an error code": refused(200, "internal_error", "server_error"),
    "200 with nothing": garbled(lambda _: b""),
    "200 with null": garbled(lambda _: b"null"),
    "200 with []": garbled(lambda _: b"[]"),
    "200 with text": garbled(lambda _: b"OK"),
    "200 with NaN": garbled(lambda body: body.replace(b"{", b'{"odd": NaN, ', 1)),
    "200 with a key twice": garbled(
        lambda body: body.replace(b"{", b'{"odd": 1, "odd": 2, ', 1)
    ),
    "truncated JSON": garbled(lambda body: body[: len(body) // 2]),
    "HTML page": page(200, PORTAL),
    "wrong content type": garbled(bytes, content_type="text/plain"),
    "BOM": garbled(lambda body: b"\xef\xbb\xbf" + body),
    "gzip that is none": garbled(bytes, content_encoding="gzip"),
    "wrong charset": garbled(lambda body: body.decode().encode("utf-16")),
}
