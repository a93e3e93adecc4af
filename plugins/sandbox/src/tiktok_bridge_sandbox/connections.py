"""The TCP connection behind a request, and how to break it."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

KEY: Final = "tiktok_bridge_sandbox.connection"
"""Where a request's scope keeps its connection."""

RESET: Final = struct.pack("ii", 1, 0)
"""SO_LINGER of zero seconds: closing sends RST instead of FIN."""


def tag(protocol: Any) -> None:  # noqa: ANN401 - either of uvicorn's two protocols
    """Let every request of a uvicorn connection know it."""
    app: ASGIApp = protocol.app

    async def tagged(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await app({**scope, KEY: protocol}, receive, send)
        except asyncio.CancelledError:
            # The server stops and has hung up: uvicorn would call it a mistake.
            return

    protocol.app = tagged


async def reset(scope: Scope, receive: Receive) -> None:
    """Cut the request's connection and return once it is gone."""
    transport = scope[KEY].transport
    if not transport.is_closing():
        sock = transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        transport.abort()
    await wait_for_hang_up(receive)


async def wait_for_hang_up(receive: Receive) -> None:
    """Return when the connection is lost."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def drain(receive: Receive) -> None:
    """Read the rest of a body, so that an early reply does not break the pipe."""
    while (await receive()).get("more_body"):
        pass
