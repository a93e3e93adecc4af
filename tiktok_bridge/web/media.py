"""Read a file by https as media, pinned to its address and its first content."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final

import httpcore

from tiktok_bridge.models import MediaStat
from tiktok_bridge.redaction.addresses import shown
from tiktok_bridge.tiktok import silence
from tiktok_bridge.tiktok.network import Backend, ssl_context
from tiktok_bridge.web.address import read_address
from tiktok_bridge.web.answer import Answer
from tiktok_bridge.web.lookup import find_addresses, resolve
from tiktok_bridge.web.reach import Reach
from tiktok_bridge.web.refusal import Refusal, reported
from tiktok_bridge.web.stream import Stream

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    from tiktok_bridge.web.address import Address
    from tiktok_bridge.web.answer import Pin
    from tiktok_bridge.web.lookup import Resolve

PIECE: Final = 1 << 20
"""Bytes of the one buffer that serves every piece of a read."""

STREAMED: Final = 2 * PIECE
"""A read of this many bytes or more begins a GET up to the end of the file, with which
the next read goes on; a shorter one looks at a video, and asks for no more."""

TIMEOUT: Final = {"connect": 10.0, "write": 20.0, "pool": 10.0}
READ: Final = 20.0
"""Seconds without progress after which a request is given up."""

DEADLINE: Final = 60.0
"""Seconds within which the head of an answer has to come, and each 256 KiB of it."""


class Pinned(Backend):
    """Connect to addresses that were found before, whatever the host's name is."""

    def __init__(self, addresses: list[str], deadline: float) -> None:
        super().__init__(deadline)
        self._addresses = addresses

    def connect_tcp(
        self,
        host: str,  # noqa: ARG002 - TLS proves it
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers."""
        *others, last = self._addresses
        options = (port, timeout, local_address, socket_options)
        for address in others:
            try:
                return super().connect_tcp(address, *options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return super().connect_tcp(last, *options)


class HttpsMedia:
    """Read one file.

    Args:
        url: An https address; a query may be a secret.
        media_hosts: Names and networks from which media may come although they are not
            public; see `Settings.media_hosts`.
        resolve: Finds the addresses of a host; asked once.
        sleep: Waits before a GET that broke off goes on.
        deadline: Seconds; see `DEADLINE`.
    """

    def __init__(
        self,
        url: str,
        media_hosts: Iterable[str] = (),
        *,
        resolve: Resolve = resolve,
        sleep: Callable[[float], None] = time.sleep,
        deadline: float = DEADLINE,
    ) -> None:
        self._name = shown(url)
        self._url = url
        self._reach = Reach(media_hosts)
        self._resolve = resolve
        self._sleep = sleep
        self._deadline = deadline
        self._opening = threading.Lock()
        self._opened: tuple[Address, httpcore.ConnectionPool] | None = None
        self._seen: Pin | None = None
        self._parking = threading.Lock()
        self._parked: Stream | None = None

    def stat(self) -> MediaStat:
        """See `MediaSource.stat`."""
        with reported(self._name):
            pin = self._pin()
        return MediaStat(
            size_bytes=pin.size_bytes,
            version=pin.version,
            content_type=pin.content_type,
        )

    def read(self, start: int, stop: int) -> Generator[memoryview, None, None]:
        """See `MediaSource.read`; the pieces share one buffer.

        A read that begins where the one before ended goes on with its GET.
        """
        if start >= stop:
            return
        with reported(self._name):
            stream = self._stream(start, stop)
        buffer = memoryview(bytearray(min(PIECE, stop - start)))
        try:
            for offset in range(start, stop, PIECE):
                piece = buffer[: stop - offset]
                with reported(self._name):
                    stream.fill(piece)
                if offset + PIECE >= stop:  # nobody need come back for the end
                    self._park(stream)
                yield piece
        except BaseException:
            if stream.position < stop:  # else it is parked, or at its end
                stream.close()
            raise

    def close(self) -> None:
        """Close every connection."""
        with self._parking:
            stream, self._parked = self._parked, None
        if stream:
            stream.close()
        with self._opening:
            if self._opened:
                with silence.kept():
                    self._opened[1].close()

    def __del__(self) -> None:
        self.close()

    def _pin(self) -> Pin:
        with self._opening:
            if self._seen is None:
                answer = self._ask(0, 1, {})
                try:
                    self._seen = answer.pin()
                finally:
                    with silence.kept():
                        answer.close()
            return self._seen

    def _stream(self, start: int, stop: int) -> Stream:
        size = self._pin().size_bytes
        if not 0 <= start < stop <= size:
            raise Refusal(
                f"it has {size} bytes, and those up to {stop} were asked for",
                "run this again",
            )
        with self._parking:
            stream, self._parked = self._parked, None
        if stream and stream.position == start and stop <= stream.stop:
            return stream
        if stream:
            stream.close()
        end = size if stop - start >= STREAMED else stop
        return Stream(self._get, start, end, self._sleep)

    def _park(self, stream: Stream) -> None:
        if stream.position == stream.stop:
            stream.finish()
            return
        with self._parking:
            other, self._parked = self._parked, stream
        if other:
            other.close()

    def _get(self, start: int, stop: int) -> Answer:
        pin = self._pin()
        answer = self._ask(start, stop, pin.condition)
        try:
            answer.require(start, stop, pin)
        except BaseException:
            answer.close()
            raise
        return answer

    def _ask(self, start: int, stop: int, condition: dict[str, str]) -> Answer:
        address, pool = self._open()
        url = httpcore.URL(
            scheme=b"https",
            host=address.host.encode(),
            port=address.port,
            target=address.target.encode(),
        )
        headers = {
            "Host": address.authority,
            "User-Agent": "tiktok-bridge",
            "Accept": "*/*",
            "Accept-Encoding": "identity",
            "Range": f"bytes={start}-{stop - 1}",
            **condition,
        }
        request = httpcore.Request(
            "GET",
            url,
            headers=list(headers.items()),
            extensions={"timeout": {**TIMEOUT, "read": min(READ, self._deadline)}},
        )
        with silence.kept():
            return Answer(pool.handle_request(request))

    def _open(self) -> tuple[Address, httpcore.ConnectionPool]:
        """Return the address and its connections; the name is looked up only here."""
        if self._opened is None:
            address = read_address(self._url)
            found = find_addresses(address, self._reach, self._resolve)
            pool = httpcore.ConnectionPool(
                ssl_context=ssl_context(),
                network_backend=Pinned(found, self._deadline),
                max_connections=None,
                keepalive_expiry=30.0,
            )
            self._opened = address, pool
        return self._opened
