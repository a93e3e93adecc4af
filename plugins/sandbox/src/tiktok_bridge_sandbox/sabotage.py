"""Faults carried out on the wire, one function per kind."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from starlette.responses import HTMLResponse, JSONResponse, Response

from tiktok_bridge_sandbox import endpoints, envelopes, faults
from tiktok_bridge_sandbox.connections import KEY, drain, reset, wait_for_hang_up

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from tiktok_bridge_sandbox.faults import Fault
    from tiktok_bridge_sandbox.switches import Switches

CODES: Final = {
    401: "access_token_invalid",
    403: "scope_not_authorized",
    429: "rate_limit_exceeded",
    500: "internal_error",
}
"""Error code that fits an HTTP status; a gateway's 5xx has an empty one."""

OAUTH_CODES: Final = {
    401: "invalid_client",
    403: "access_denied",
    429: "temporarily_unavailable",
}
"""The same for OAuth, where no page states a status."""

REFUSALS: Final = range(400, 500)
"""Statuses of a wrong request: any other of them is about its arguments."""

FOREIGN: Final = [{"id": 1, "user": 7, "done": False}]
"""Valid JSON of some other API."""

STEP: Final = 0.05
"""Seconds between two pieces of a slow reply."""

PAGE: Final = "<html><body><h1>502 Bad Gateway</h1></body></html>"


@dataclass
class Exchange:
    """One call between its client and the endpoint that would answer it."""

    endpoint: str
    log_id: str
    fault: Fault
    switches: Switches
    app: ASGIApp
    scope: Scope
    receive: Receive
    send: Send
    kept: list[Message] = field(default_factory=list)

    async def process(self, receive: Receive | None = None) -> None:
        """Let the endpoint do its work, but keep its reply back."""
        await self.app(self.scope, receive or self.receive, self._keep)

    async def _keep(self, message: Message) -> None:
        self.kept.append(message)

    def body(self) -> bytes:
        """Return the body of the reply that was kept."""
        return b"".join(m.get("body", b"") for m in self.kept)

    async def reply(self, response: Response) -> None:
        """Answer the client with something else."""
        response.headers["x-tt-logid"] = self.log_id
        await response(self.scope, self.receive, self.send)


async def _status(exchange: Exchange) -> None:
    fault = exchange.fault
    await drain(exchange.receive)
    headers = {}
    if fault.retry_after is not None:
        headers["retry-after"] = str(fault.retry_after)
    await exchange.reply(_status_reply(exchange, headers))


def _status_reply(exchange: Exchange, headers: dict[str, str]) -> Response:
    fault = exchange.fault
    if exchange.endpoint == "upload" or fault.status in faults.BODILESS:
        return Response(status_code=fault.status, headers=headers)
    if exchange.endpoint in endpoints.OAUTH:
        return JSONResponse(_oauth_error(exchange), fault.status, headers)
    code = _api_code(exchange) if fault.code is None else fault.code
    trace = envelopes.trace(exchange.log_id, exchange.switches)
    error = {"code": code, "message": "Injected.", **trace}
    match "envelope" if code else exchange.switches.empty_code_5xx:
        case "empty":
            return Response(status_code=fault.status, headers=headers)
        case "html":
            return HTMLResponse(PAGE, fault.status, headers)
        case "bare":
            return JSONResponse(error, fault.status, headers)
        case _:
            return JSONResponse({"error": error}, fault.status, headers)


def _api_code(exchange: Exchange) -> str:
    status = exchange.fault.status
    other = exchange.switches.invalid_code if status in REFUSALS else ""
    return CODES.get(status, other)


def _oauth_error(exchange: Exchange) -> dict[str, object]:
    code, status = exchange.fault.code, exchange.fault.status
    other = "invalid_request" if status in REFUSALS else "server_error"
    return {
        "error": OAUTH_CODES.get(status, other) if code is None else code,
        "error_description": "Injected.",
        **envelopes.trace(exchange.log_id, exchange.switches),
    }


async def _reset_before(exchange: Exchange) -> None:
    await reset(exchange.scope, exchange.receive)


async def _reset_after_bytes(exchange: Exchange) -> None:
    seen = 0

    async def receive() -> Message:
        nonlocal seen
        message = await exchange.receive()
        seen += len(message.get("body", b""))
        # A body that ends early is cut at its end: the fault always happens.
        if seen >= exchange.fault.bytes or not message.get("more_body"):
            await reset(exchange.scope, exchange.receive)
            return {"type": "http.disconnect"}
        return message

    await exchange.process(receive)
    # An endpoint that needs no body to answer has not read it to the cut.
    await wait_for_hang_up(receive)


async def _reset_before_reply(exchange: Exchange) -> None:
    await exchange.process()
    await reset(exchange.scope, exchange.receive)


async def _stall(exchange: Exchange) -> None:
    await exchange.process()
    try:
        async with asyncio.timeout(exchange.fault.seconds):
            await wait_for_hang_up(exchange.receive)
    except TimeoutError:
        for message in exchange.kept:
            await exchange.send(message)


async def _truncated_json(exchange: Exchange) -> None:
    await exchange.process()
    half = exchange.body()[: len(exchange.body()) // 2]
    await exchange.reply(Response(half, media_type="application/json"))


async def _html(exchange: Exchange) -> None:
    await drain(exchange.receive)
    await exchange.reply(HTMLResponse(PAGE, exchange.fault.status))


async def _empty(exchange: Exchange) -> None:
    await exchange.process()
    await exchange.reply(Response())


async def _wrong_type(exchange: Exchange) -> None:
    await exchange.process()
    await exchange.reply(JSONResponse({"data": "", "error": []}))


async def _wrong_json(exchange: Exchange) -> None:
    await exchange.process()
    await exchange.reply(JSONResponse(FOREIGN))


async def _slow(exchange: Exchange) -> None:
    rate = exchange.fault.bytes_per_second

    async def receive() -> Message:
        message = await exchange.receive()
        await _pause(exchange, len(message.get("body", b"")) / rate)
        return message

    async def send(message: Message) -> None:
        body = message.pop("body", b"")
        if message["type"] == "http.response.start" or not body:
            await exchange.send(message)
            return
        step = max(1, round(rate * STEP))
        for start in range(0, len(body), step):
            piece = body[start : start + step]
            more = start + step < len(body) or message.get("more_body", False)
            await _pause(exchange, len(piece) / rate)
            await exchange.send({**message, "body": piece, "more_body": more})

    await exchange.app(exchange.scope, receive, send)


async def _pause(exchange: Exchange, seconds: float) -> None:
    """Wait, but for nobody: a lost connection ends it."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while (left := end - loop.time()) > 0:
        if exchange.scope[KEY].transport.is_closing():
            return
        await asyncio.sleep(min(left, STEP))


PERFORMERS: Final[dict[str, Callable[[Exchange], Awaitable[None]]]] = {
    "status": _status,
    "reset_before": _reset_before,
    "reset_after_bytes": _reset_after_bytes,
    "reset_before_reply": _reset_before_reply,
    "stall": _stall,
    "truncated_json": _truncated_json,
    "html": _html,
    "empty": _empty,
    "wrong_type": _wrong_type,
    "wrong_json": _wrong_json,
    "slow": _slow,
}
"""What each kind of fault does."""
