"""A request that the sandbox makes itself: to loopback, in plain HTTP."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import h11

from tiktok_bridge_sandbox.properties import is_loopback

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PIECE: Final = 65_536
"""Bytes read at once."""


class OutboundError(Exception):
    """No whole answer came."""


@dataclass(frozen=True)
class Request:
    """What is asked of whom."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""


async def send(
    request: Request, timeout_seconds: float, take: Callable[[int, bytes], None]
) -> int:
    """Return the status of the answer; redirects are not followed.

    Every piece of the answer's body goes to *take*, with the status.

    Raises:
        OutboundError: The address is not on loopback, or no whole answer came.
    """
    if not is_loopback(request.url):
        raise OutboundError("only plain HTTP to loopback is spoken")
    parts = urlsplit(request.url)
    try:
        async with asyncio.timeout(timeout_seconds):
            reader, writer = await asyncio.open_connection(
                parts.hostname, parts.port or 80
            )
            try:
                return await _exchange(request, reader, writer, take)
            finally:
                writer.transport.abort()
    except TimeoutError as error:
        raise OutboundError("no answer in time") from error
    except (OSError, h11.ProtocolError) as error:
        raise OutboundError(f"{type(error).__name__}: {error}") from error


async def _exchange(
    request: Request,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    take: Callable[[int, bytes], None],
) -> int:
    http = h11.Connection(h11.CLIENT)
    head = h11.Request(
        method=request.method, target=_target(request.url), headers=_headers(request)
    )
    for sent in (head, h11.Data(data=request.body), h11.EndOfMessage()):
        writer.write(http.send(sent) or b"")
    await writer.drain()
    status = 0
    while True:
        event = http.next_event()
        if event is h11.NEED_DATA:
            http.receive_data(await reader.read(PIECE))
        elif isinstance(event, h11.Response):
            status = event.status_code
        elif isinstance(event, h11.Data):
            take(status, bytes(event.data))
        elif isinstance(event, (h11.EndOfMessage, h11.ConnectionClosed)):
            return status


def _target(url: str) -> str:
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    return (parts.path or "/") + query


def _headers(request: Request) -> list[tuple[str, str]]:
    length = [("Content-Length", str(len(request.body)))] if request.body else []
    host = ("Host", urlsplit(request.url).netloc)
    return [host, ("Connection", "close"), *length, *request.headers.items()]
