"""The server: uvicorn's protocol on a socket that is already bound."""

from __future__ import annotations

import asyncio
import resource
import socket
from typing import TYPE_CHECKING, Final

import uvicorn
from uvicorn.server import ServerState

from tiktok_bridge_sandbox import background, connections

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp

IDLE: Final = 600
"""Seconds before an idle connection is closed; a test should never meet it."""


BACKLOG: Final = 2_048
"""Connections that may wait to be accepted."""

FILES: Final = 4_096
"""File descriptors of the program: one per connection, and room for a crowd."""


def bind(host: str, port: int) -> socket.socket:
    """Return a listening socket; port 0 picks a free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's algorithm off only for sockets that name TCP; with it
    # every answer of two packets waits 40 ms for an acknowledgement.
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
        sock.listen(BACKLOG)
    except OSError:
        sock.close()
        raise
    return sock


def raise_file_limit() -> None:
    """Let this process hold FILES descriptors, or as many as the system admits."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def base_url(sock: socket.socket) -> str:
    """Return the address that clients use."""
    host, port = sock.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


async def serve(app: ASGIApp, sock: socket.socket, stop: asyncio.Event) -> None:
    """Answer requests until *stop* is set; then hang up at once.

    uvicorn's own server loop takes a tenth of a second to start and two to
    stop, and claims the signals; a test needs neither.
    """
    config = uvicorn.Config(
        app,
        interface="asgi3",
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
        timeout_keep_alive=IDLE,
    )
    config.load()
    state = ServerState()

    def connect() -> asyncio.Protocol:
        kind: Callable[..., asyncio.Protocol] = config.http_protocol_class
        protocol = kind(config=config, server_state=state, app_state={})
        # what the configuration says does not count once anybody listens to the root
        # logger, and an upload URL is a secret
        protocol.access_log = False  # type: ignore[attr-defined]  # each of them has it
        connections.tag(protocol)
        return protocol

    loop = asyncio.get_running_loop()
    server = await loop.create_server(connect, sock=sock, backlog=BACKLOG)
    await stop.wait()
    # A connection that is accepted while its server closes is never closed itself,
    # so nothing is accepted any more before the server closes.
    loop.remove_reader(sock)
    await _hang_up(state)
    server.close()


async def _hang_up(state: ServerState) -> None:
    # A connection may be accepted and not made yet: only its task knows of it.
    while state.connections or len(asyncio.all_tasks()) > 1:
        background.cancel_all()
        for connection in list(state.connections):
            connection.transport.abort()
        # A request learns first that its client is gone, so that it says nothing.
        await asyncio.sleep(0)
        for request in state.tasks:
            request.cancel()
        await asyncio.sleep(0)
