"""Speak HTTP with one browser, for one request."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import h11

from tiktok_bridge.cli.page import HEADERS

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter

    from tiktok_bridge.cli.page import Page

MAX_HEAD: Final = 64 * 1024
"""Most bytes of a request line with its headers; cookies of localhost can be many."""

LINGER: Final = 1.0
"""Seconds to wait for a browser to hang up: what it still sends while a socket is
closed would make it drop the page."""


class BadRequestError(Exception):
    """Report a request that is none; `status` says how to answer it."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Visit:
    """One connection, which carries one request."""

    def __init__(self, reader: StreamReader, writer: StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=MAX_HEAD)
        self._is_head = False

    async def request(self) -> h11.Request | None:
        """Return the request, or None if the browser hung up.

        Raises:
            BadRequestError: It is no HTTP, or too long.
        """
        while True:
            try:
                event = self._http.next_event()
                if event is h11.NEED_DATA:
                    self._http.receive_data(await self._reader.read(MAX_HEAD))
                    continue
            except h11.RemoteProtocolError as error:
                raise BadRequestError(error.error_status_hint) from None
            if not isinstance(event, h11.Request):
                return None
            self._is_head = event.method == b"HEAD"
            return event

    async def answer(self, page: Page) -> None:
        """Send *page* and hang up."""
        body = page.html()
        headers = [*HEADERS, ("Content-Length", str(len(body)))]
        if page.status == 405:  # noqa: PLR2004 - method not allowed
            headers.append(("Allow", "GET"))
        parts: list[h11.Event] = [
            h11.Response(status_code=page.status, headers=headers),
            h11.Data(data=b"" if self._is_head else body),
            h11.EndOfMessage(),
        ]
        for part in parts:
            self._writer.write(self._http.send(part) or b"")
        await self._writer.drain()
        self._writer.write_eof()
        with suppress(TimeoutError):
            async with asyncio.timeout(LINGER):
                while await self._reader.read(MAX_HEAD):
                    pass

    def close(self) -> None:
        """Drop the connection."""
        self._writer.close()
