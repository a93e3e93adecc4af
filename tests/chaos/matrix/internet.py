"""Lead the name of TikTok where a fault wants it to lead, with TLS of our own."""

from __future__ import annotations

import socket
import socketserver
import ssl
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from tests.chaos.matrix.line import stage_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    import pytest

    Route = Callable[["Internet", int], "Places"]
    Places = list[tuple[Any, ...]]

NAME: Final = "open.tiktok.test"
"""What TikTok is called here."""


class Internet:
    """Names and certificates of one cell.

    Attributes:
        route: Where NAME leads for the request that is made now; None is the line.
        overheard: What an impostor was told after its handshake.
    """

    def __init__(self, certificates: Path, patch: pytest.MonkeyPatch) -> None:
        self.route: Route | None = None
        self.overheard: list[bytes] = []
        self._certificates = certificates
        self._ask = socket.getaddrinfo
        patch.setattr(socket, "getaddrinfo", self._look_up)
        patch.setenv("SSL_CERT_FILE", str(certificates / "ca.pem"))

    def context(self, name: str) -> ssl.SSLContext:
        """Return the server side of the certificate *name*."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._certificates / f"{name}.pem")
        return context

    def see(self, url: str, headers: Mapping[str, str]) -> str:
        """Return the stage of a request that is about to be made."""
        return stage_of(urlsplit(url).path, headers.get("Content-Range"))

    def _look_up(self, host: Any, port: Any, *rest: Any, **more: Any) -> Places:  # noqa: ANN401 - as `socket.getaddrinfo`
        if host != NAME:
            return self._ask(host, port, *rest, **more)
        if self.route:
            return self.route(self, int(port))
        return place(int(port))

    def impostor(self, certificate: str) -> Places:
        """Lead to somebody who shows *certificate* and hears what is said to them."""
        context = self.context(certificate)
        server = socketserver.TCPServer(
            ("127.0.0.1", 0),
            lambda connection, *_: self._overhear(connection, context),  # type: ignore[arg-type] # any callable serves
        )

        def serve() -> None:
            with server:
                server.timeout = 5
                server.handle_request()

        threading.Thread(target=serve).start()
        return place(int(server.server_address[1]))

    def _overhear(self, connection: socket.socket, context: ssl.SSLContext) -> None:
        connection.settimeout(5)
        with (
            suppress(OSError),
            context.wrap_socket(connection, server_side=True) as tls,
        ):
            while heard := tls.recv(1 << 16):
                self.overheard.append(heard)


def place(port: int, host: str = "127.0.0.1") -> Places:
    """Return *host* and *port* as a resolver does."""
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))]


@contextmanager
def nobody() -> Iterator[int]:
    """Give a port on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield int(taken.getsockname()[1])
