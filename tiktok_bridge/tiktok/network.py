"""Carry bytes over TLS with one system call per piece instead of one per record.

`ssl.SSLSocket.send` writes each 16 KB record to the kernel by itself. Here a whole
piece is encrypted in memory first, which makes large uploads markedly faster; see
benchmarks/upload.py.
"""

from __future__ import annotations

import select
import socket
import ssl
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

import httpcore
import httpx

from tiktok_bridge.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

REPLY_DEADLINE: Final = 120.0
"""Seconds after which an answer that still trickles in is given up."""

RECEIVE: Final = 64 * 1024
"""Bytes asked of the kernel at a time; answers are small."""

MAX_PORT: Final = 65_535
"""Largest port of TCP."""

BLOCK: Final = 250_000
"""Bytes encrypted at a time: few system calls, yet a result that the allocator keeps
instead of giving it back each time. Not a multiple of 4096: some processors copy
slowly between addresses that are almost equal modulo a page, and so every block starts
at another one."""


def ssl_context() -> ssl.SSLContext:
    """Return what decides whom to trust; heeds `SSL_CERT_FILE` and `SSL_CERT_DIR`.

    Raises:
        ConfigError: The certificates cannot be read.
    """
    try:
        return httpx.create_ssl_context()
    except OSError as error:
        raise ConfigError(
            f"the certificates of this machine cannot be read: {error}",
            hint="check SSL_CERT_FILE and SSL_CERT_DIR",
        ) from None


class Backend(httpcore.NetworkBackend):
    """Open TCP connections for httpcore; an answer ends within *deadline* seconds."""

    def __init__(self, deadline: float | None = None) -> None:
        self._deadline = deadline or REPLY_DEADLINE

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to *host* and *port*."""
        source = (local_address, 0) if local_address else None
        with _translated(httpcore.ConnectTimeout, httpcore.ConnectError):
            sock = socket.create_connection((host, port), timeout, source)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for option in socket_options or ():
                sock.setsockopt(*option)
        return Stream(sock, self._deadline)


class Stream(httpcore.NetworkStream):
    """One plain connection."""

    def __init__(self, sock: socket.socket, deadline: float = REPLY_DEADLINE) -> None:
        self._sock = sock
        self._deadline = deadline
        self._reading_since: float | None = None

    def go_on(self) -> None:
        """Let the rest of an answer take as long as a whole one may."""
        self._reading_since = None

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what has come, at most *max_bytes*; nothing at the end."""
        with _translated(httpcore.ReadTimeout, httpcore.ReadError):
            self._begin_to_read(timeout)
            return self._sock.recv(max_bytes)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of *buffer*."""
        with _translated(httpcore.WriteTimeout, httpcore.WriteError):
            self._begin_to_write(timeout)
            self._sock.sendall(buffer)

    def close(self) -> None:
        """Close the connection, and wake who reads from it."""
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)
        self._sock.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Return the connection, encrypted from here on."""
        with _translated(httpcore.ConnectTimeout, httpcore.ConnectError, self._sock):
            return TlsStream(
                self._sock, ssl_context, server_hostname, timeout, self._deadline
            )

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - httpcore's interface
        """Return what httpcore asks about the connection."""
        if info == "is_readable":
            poll = select.poll()
            poll.register(self._sock, select.POLLIN)
            return bool(poll.poll(0))
        if info == "client_addr":
            return self._sock.getsockname()
        if info == "server_addr":
            return self._sock.getpeername()
        return self._sock if info == "socket" else None

    def _begin_to_write(self, timeout: float | None) -> None:
        self._reading_since = None
        self._sock.settimeout(timeout)

    def _begin_to_read(self, timeout: float | None) -> None:
        now = time.monotonic()
        self._reading_since = self._reading_since or now
        if now - self._reading_since > self._deadline:
            raise TimeoutError("the answer does not end")
        self._sock.settimeout(timeout)


class TlsStream(Stream):
    """One encrypted connection."""

    def __init__(
        self,
        sock: socket.socket,
        context: ssl.SSLContext,
        hostname: str | None,
        timeout: float | None,
        deadline: float = REPLY_DEADLINE,
    ) -> None:
        super().__init__(sock, deadline)
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(
            self._incoming, self._outgoing, server_hostname=hostname
        )
        ends_at = time.monotonic() + (timeout or deadline)
        while True:
            left = ends_at - time.monotonic()
            if left <= 0:
                raise TimeoutError("the handshake does not end")
            self._sock.settimeout(left)
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                self._exchange()
            else:
                self._sock.sendall(self._outgoing.read())
                return

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """See `Stream.read`."""
        with _translated(httpcore.ReadTimeout, httpcore.ReadError):
            while True:
                self._begin_to_read(timeout)
                try:
                    return self._tls.read(max_bytes)
                except ssl.SSLWantReadError:
                    self._exchange()
                except ssl.SSLZeroReturnError:
                    return b""

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """See `Stream.write`."""
        with _translated(httpcore.WriteTimeout, httpcore.WriteError):
            self._begin_to_write(timeout)
            left = memoryview(buffer)
            while left:
                left = left[self._tls.write(left[:BLOCK]) :]
                self._sock.sendall(self._outgoing.read())

    def start_tls(self, *_: object, **__: object) -> httpcore.NetworkStream:
        """Refuse: a proxy that is itself reached over TLS cannot tunnel TLS here."""
        raise httpcore.UnsupportedProtocol("TLS inside TLS: use an http:// proxy")

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - httpcore's interface
        """See `Stream.get_extra_info`."""
        if info == "is_readable" and self._incoming.pending:
            return True  # a farewell that came with the last answer
        return self._tls if info == "ssl_object" else super().get_extra_info(info)

    def _exchange(self) -> None:
        if self._outgoing.pending:
            self._sock.sendall(self._outgoing.read())
        if received := self._sock.recv(RECEIVE):
            self._incoming.write(received)
        else:
            self._incoming.write_eof()


@contextmanager
def _translated(
    timeout: type[Exception],
    failure: type[Exception],
    close: socket.socket | None = None,
) -> Iterator[None]:
    try:
        yield
    except (OSError, UnicodeError) as error:  # the latter: a host that is no name
        if close:
            close.close()
        wrong = timeout if isinstance(error, TimeoutError) else failure
        raise wrong(str(error)) from error
