"""Carry requests to the sandbox over a line on which any of them can go wrong."""

from __future__ import annotations

import json
import socket
import socketserver
import struct
import threading
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, replace
from email.parser import BytesParser
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable
    from email.message import Message

LIMIT: Final = 20
"""Seconds after which either side is given up, so that a failure never hangs."""

RESET: Final = struct.pack("ii", 1, 0)
"""SO_LINGER of zero seconds: closing sends RST instead of FIN."""

PATHS: Final = {
    "/v2/oauth/token/": "token",
    "/v2/post/publish/creator_info/query/": "creator_info",
    "/v2/post/publish/video/init/": "init",
    "/v2/post/publish/content/init/": "init",
    "/v2/post/publish/inbox/video/init/": "init",
    "/v2/post/publish/status/fetch/": "status",
}
"""Which stage of a journey a path is."""


def stage_of(path: str, content_range: str | None) -> str:
    """Return the stage of a request, by the last chunk of the video if it is one."""
    if content_range is None:
        return PATHS.get(path.partition("?")[0], "other")
    sent, _, total = content_range.removeprefix("bytes ").partition("/")
    start, _, stop = sent.partition("-")
    if int(stop) + 1 == int(total):
        return "chunk last"
    return "chunk middle" if int(start) else "chunk first"


@dataclass(frozen=True)
class Answer:
    """What comes back: a status, headers and a body."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()

    def encoded(self, length: int | None = None) -> bytes:
        """Return it as it travels, claiming *length* bytes of body."""
        size = len(self.body) if length is None else length
        lines = [f"HTTP/1.1 {self.status} Said", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        return "\r\n".join([*lines, f"Content-Length: {size}", "", ""]).encode()

    def with_body(self, body: bytes, **headers: str) -> Answer:
        """Return it with another body, and with *headers* instead of its own."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        kept = [(n, v) for n, v in self.headers if n.lower() not in named]
        return replace(self, body=body, headers=(*kept, *named.items()))

    def edited(self, change: Callable[[dict[str, Any]], object]) -> Answer:
        """Return it after *change* of its JSON."""
        body = json.loads(self.body)
        change(body)
        return self.with_body(json.dumps(body).encode())


class Exchange:
    """One request on the line."""

    def __init__(self, line: Line, connection: socket.socket) -> None:
        self.line = line
        self.connection = connection
        self._file = connection.makefile("rb")
        first = self._file.readline()
        self.target = first.split()[1].decode() if first else ""
        self._head = [first]
        while (header := self._file.readline()).strip():
            self._head.append(header)
        self.headers: Message = BytesParser().parsebytes(b"".join(self._head[1:]))
        self.left = int(self.headers.get("content-length", "0"))
        self.stage = stage_of(self.target, self.headers.get("content-range"))
        # a chunk stays on its way, what is small is looked at
        self.small = self._file.read(self.left) if self.left < 100_000 else None

    def forward(self) -> Answer:
        """Let TikTok do its work, and return its answer."""
        with socket.create_connection(self.line.sandbox, LIMIT) as there:
            head = [one for one in self._head if not one.lower().startswith(b"conn")]
            there.sendall(b"".join(head) + b"Connection: close\r\n\r\n")
            for piece in self.pieces(self.left):
                there.sendall(piece)
            with there.makefile("rb") as file:
                return self._encrypted(_read(file.read()))

    def pieces(self, size: int) -> Any:  # noqa: ANN401 - an iterator of bytes
        """Yield *size* bytes of the body, some at a time."""
        if self.small is not None:
            yield self.small[:size]
            return
        while size:
            piece = self._file.read1(min(size, 1 << 18))
            if not piece:
                raise ConnectionError("the client went away")
            self.line.shown |= any(one in piece for one in self.line.planted)
            size -= len(piece)
            self.left -= len(piece)
            yield piece

    def reply(self, answer: Answer) -> None:
        """Answer the client, once it has said all."""
        self.drain()
        self.connection.sendall(answer.encoded() + answer.body)

    def drain(self) -> None:
        """Take what the client still has to say."""
        for _ in self.pieces(self.left):
            pass

    def reset(self) -> None:
        """Cut the connection as if a cable was pulled."""
        self._file.close()
        option = (socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.connection.setsockopt(*option)
        self.connection.close()

    def close(self) -> None:
        """Let go of the connection."""
        with suppress(OSError):
            self._file.close()
            self.connection.close()

    def _encrypted(self, answer: Answer) -> Answer:
        """Let the upload URL lead over this line, also where it is encrypted."""
        if not self.line.context or self.stage != "init":
            return answer
        return answer.with_body(answer.body.replace(b'"http:', b'"https:'))


def _read(raw: bytes) -> Answer:
    head, _, body = raw.partition(b"\r\n\r\n")
    first, _, rest = head.partition(b"\r\n")
    hop = ("content-length", "connection", "transfer-encoding")
    headers = BytesParser().parsebytes(rest).items()
    kept = tuple((n, v) for n, v in headers if n.lower() not in hop)
    return Answer(int(first.split()[1]), body, kept)


class Line(socketserver.ThreadingTCPServer):
    """Serve the sandbox at *sandbox_url* on another port.

    Attributes:
        meet: Called with every exchange; answers it, or lets it be forwarded.
        calls: Requests by stage.
        levels: `privacy_level` of every init, as it was sent.
        planted: What no chunk may hold, and `shown` whether one did.
    """

    request_queue_size = 50

    def __init__(self, sandbox_url: str, context: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(sandbox_url)
        self.sandbox = (parts.hostname or "", parts.port or 0)
        self.context = context
        self.meet: Callable[[Exchange], bool] = lambda _: False
        self.calls: Counter[str] = Counter()
        self.levels: list[object] = []
        self.planted: list[bytes] = []
        self.shown = False
        self.failures: list[BaseException] = []
        super().__init__(("127.0.0.1", 0), self._serve)  # type: ignore[arg-type] # any callable serves
        # so that nobody has said all before anybody has heard the beginning
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 18)
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,))

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    def __enter__(self) -> Line:  # noqa: PYI034 - nothing inherits from it
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()  # joins the thread of every connection

    def _serve(self, connection: socket.socket, *_: object) -> None:
        connection.settimeout(LIMIT)
        with connection, suppress(OSError):
            if self.context:
                connection = self.context.wrap_socket(connection, server_side=True)
            exchange = Exchange(self, connection)
            try:
                if exchange.target:
                    self._carry(exchange)
            except OSError:
                pass  # one of the two went away, as some faults want it
            except Exception as error:  # noqa: BLE001 - a thread's is shown by the test
                self.failures.append(error)
            finally:
                exchange.close()

    def _carry(self, exchange: Exchange) -> None:
        self.calls[exchange.stage] += 1
        if exchange.stage == "init" and exchange.small:
            told = json.loads(exchange.small).get("post_info") or {}
            self.levels.append(told.get("privacy_level"))
        if not self.meet(exchange):
            exchange.reply(exchange.forward())
