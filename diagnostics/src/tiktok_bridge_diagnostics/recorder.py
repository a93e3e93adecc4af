"""Record what passes through a transport, and hold no media in memory."""

from __future__ import annotations

import hashlib
import socket
import ssl
import threading
import time
from typing import TYPE_CHECKING, Final

import httpcore
import httpx

from tiktok_bridge_diagnostics.exchange import Breakage, Exchange, digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KEPT: Final = 64 * 1024
"""Bytes of a request's JSON or form that are kept; more is a fault or an attack."""

ANSWER: Final = 1024 * 1024
"""Bytes of an answer that are kept; the client reads no more either."""

BREAKS: Final[tuple[tuple[type[BaseException], Breakage], ...]] = (
    (socket.gaierror, "dns"),
    (ssl.SSLError, "tls"),
    (httpx.TimeoutException, "timeout"),
    (httpcore.TimeoutException, "timeout"),
    (TimeoutError, "timeout"),
    (httpx.ProxyError, "proxy"),
    (httpcore.ProxyError, "proxy"),
    (httpx.ConnectError, "connect"),
    (httpcore.ConnectError, "connect"),
    (ConnectionRefusedError, "connect"),
    (httpx.RemoteProtocolError, "protocol"),
    (httpcore.RemoteProtocolError, "protocol"),
    (httpx.ReadError, "protocol"),
    (httpcore.ReadError, "protocol"),
)
"""What a broken exchange is called, the cause before what it caused."""


class Tape:
    """The exchanges of one collector or command, in their order.

    Args:
        by: Who makes them.
        redact: Takes the secrets out of each before it is kept.
        keep: Is given each exchange as it ends, if they should not wait for the end.
    """

    def __init__(
        self,
        by: str,
        redact: Callable[[Exchange], Exchange],
        keep: Callable[[Exchange], None] | None = None,
    ) -> None:
        self.by = by
        self.exchanges: list[Exchange] = []
        self._redact = redact
        self._keep = keep
        self._started = 0
        self._turn = threading.Lock()

    def start(self) -> int:
        """Return the number of the next exchange."""
        with self._turn:
            self._started += 1
            return self._started

    def add(self, exchange: Exchange) -> None:
        """Keep *exchange*, redacted."""
        redacted = self._redact(exchange)
        with self._turn:
            self.exchanges.append(redacted)
            self.exchanges.sort(key=lambda one: one.number)
        if self._keep:
            self._keep(redacted)


class Recorder(httpx.BaseTransport):
    """Send through another transport, and put every exchange on a tape.

    Args:
        inner: Sends.
        tape: Gets what passed.
        about: The account that they are made for.
        timeout: Seconds without progress after which a request is given up; that of
            the request unless given.
    """

    def __init__(
        self,
        inner: httpx.BaseTransport,
        tape: Tape,
        about: str = "",
        timeout: float | None = None,
    ) -> None:
        self._inner = inner
        self._tape = tape
        self._about = about
        self._timeout = timeout

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """See `httpx.BaseTransport.handle_request`."""
        take = _Take(self._tape, self._about, request)
        request.stream = take.sent
        if self._timeout is not None:
            limits = ("connect", "read", "write", "pool")
            request.extensions["timeout"] = dict.fromkeys(limits, self._timeout)
        try:
            response = self._inner.handle_request(request)
        except BaseException as error:
            take.end(None, b"", broken(error))
            raise
        return httpx.Response(
            response.status_code,
            headers=response.headers,
            stream=_Answer(response, take),
            extensions=response.extensions,
        )

    def close(self) -> None:
        """Close the other transport."""
        self._inner.close()


class _Sent(httpx.SyncByteStream):
    """Pass a request's body on, counted, hashed, and kept if it is a short text."""

    def __init__(self, stream: httpx.SyncByteStream, *, is_text: bool) -> None:
        self._stream = stream
        self._is_text = is_text
        self._hash = hashlib.sha256()
        self._size = 0
        self._kept = bytearray()

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._stream:
            self._size += len(piece)
            self._hash.update(piece)
            if self._is_text and self._size <= KEPT:
                self._kept += piece
            yield piece

    @property
    def body(self) -> str:
        if self._is_text and self._size <= KEPT:
            return self._kept.decode("utf-8", "replace")
        return digest(self._size, self._hash.hexdigest())


class _Take:
    """One exchange under way."""

    def __init__(self, tape: Tape, about: str, request: httpx.Request) -> None:
        kind = request.headers.get("content-type", "")
        self._is_text = "json" in kind or "form" in kind or request.method == "GET"
        self.sent = _Sent(request.stream, is_text=self._is_text)  # type: ignore[arg-type] # we send no async body
        self._tape = tape
        self._about = about
        self._request = request
        self._number = tape.start()
        self._at, self._began = time.time(), time.monotonic()
        self._has_ended = False

    def end(
        self, response: httpx.Response | None, body: bytes, broke: Breakage | None
    ) -> None:
        if self._has_ended:
            return
        self._has_ended = True
        request = self._request
        self._tape.add(
            Exchange(
                by=self._tape.by,
                number=self._number,
                about=self._about,
                at=self._at,
                seconds=time.monotonic() - self._began,
                method=request.method,
                url=str(request.url),
                asked_headers=_listed(request.headers),
                asked=self.sent.body,
                status=response.status_code if response else None,
                phrase=response.reason_phrase if response else "",
                headers=_listed(response.headers) if response else {},
                answered=_text(response, body),
                broke=broke,
            )
        )


class _Answer(httpx.SyncByteStream):
    """Pass an answer on, and end the take with what was read of it."""

    def __init__(self, response: httpx.Response, take: _Take) -> None:
        self._response = response
        self._take = take
        self._kept = bytearray()

    def __iter__(self) -> Iterator[bytes]:
        try:
            for piece in self._response.stream:  # type: ignore[union-attr] # not async
                if len(self._kept) < ANSWER:
                    self._kept += piece
                yield piece
        except BaseException as error:
            self._take.end(self._response, bytes(self._kept), broken(error))
            raise
        self._take.end(self._response, bytes(self._kept), None)

    def close(self) -> None:
        self._response.close()
        self._take.end(self._response, bytes(self._kept), None)


def broken(error: BaseException) -> Breakage:
    """Return what to call the breakage that *error*, or what caused it, is."""
    chain: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and following not in chain:
        chain.append(following)
        following = following.__cause__ or following.__context__
    for kind, name in BREAKS:
        if any(isinstance(one, kind) for one in chain):
            return name
    return "other"


def _listed(headers: httpx.Headers) -> dict[str, list[str]]:
    listed: dict[str, list[str]] = {}
    for name, value in headers.multi_items():
        listed.setdefault(name.lower(), []).append(value)
    return listed


def _text(response: httpx.Response | None, body: bytes) -> str:
    """Return the body as a text, unpacked; what cannot be read is as good as none."""
    if response is None or not body:
        return ""
    try:
        whole = httpx.Response(200, headers=response.headers, content=body)
        return whole.content[:ANSWER].decode("utf-8", "replace")
    except httpx.HTTPError:
        return ""
