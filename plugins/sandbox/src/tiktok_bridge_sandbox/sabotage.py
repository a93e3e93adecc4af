"""Faults carried out on the wire, one function per kind."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from starlette.responses import HTMLResponse, JSONResponse, Response

from tiktok_bridge_sandbox.connections import drain, reset, wait_for_hang_up

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from tiktok_bridge_sandbox.faults import Fault

CODES: Final = {
    400: "invalid_params",
    401: "access_token_invalid",
    429: "rate_limit_exceeded",
    500: "internal_error",
}
"""Error code that fits an HTTP status; a gateway's 5xx has an empty one."""

PAGE: Final = "<html><body><h1>502 Bad Gateway</h1></body></html>"


@dataclass
class Exchange:
    """One call between its client and the endpoint that would answer it."""

    endpoint: str
    log_id: str
    fault: Fault
    app: ASGIApp
    scope: Scope
    receive: Receive
    send: Send
    kept: list[Message] = field(default_factory=list)

    async def process(self) -> None:
        """Let the endpoint do its work, but keep its reply back."""
        await self.app(self.scope, self.receive, self._keep)

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
    if exchange.endpoint == "upload":
        await exchange.reply(Response(status_code=fault.status, headers=headers))
    else:
        content = _error_body(exchange)
        await exchange.reply(JSONResponse(content, fault.status, headers))


def _error_body(exchange: Exchange) -> dict[str, object]:
    fault, log_id = exchange.fault, exchange.log_id
    if exchange.endpoint in ("token", "revoke"):
        code = "server_error" if fault.code is None else fault.code
        return {"error": code, "error_description": "Injected.", "log_id": log_id}
    code = CODES.get(fault.status, "") if fault.code is None else fault.code
    return {"error": {"code": code, "message": "Injected.", "log_id": log_id}}


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

    await exchange.app(exchange.scope, receive, exchange.send)


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
}
"""What each kind of fault does."""
