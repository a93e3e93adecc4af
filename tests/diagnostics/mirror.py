"""Stand before the sandbox as a TikTok whose tokens and people are those of the seeds.

What the sandbox hands out is replaced in its answers; what comes back is replaced in
the questions, so that the bridge never sees anything else.
"""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

from tests.diagnostics.canary import SEEDS

if TYPE_CHECKING:
    from collections.abc import Iterator

FIELDS = {
    "access_token": "access_token",
    "refresh_token": "refresh_token",
    "open_id": "open_id",
    "creator_username": "handle",
    "creator_nickname": "nickname",
    "creator_avatar_url": "avatar",
}
"""Seed by field of an answer."""


class Mirror(ThreadingHTTPServer):
    """Serves on a port of its own.

    Attributes:
        planted: What the sandbox knows, by the seed that the bridge has.
        served: Names of the seeds that were handed out.
        traffic: What the bridge sent and got, without media.
    """

    daemon_threads = True

    def __init__(self, sandbox_url: str, client_secret: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.base_url = f"http://127.0.0.1:{self.server_address[1]}"
        self.sandbox_url = sandbox_url
        self.planted = {SEEDS["client_secret"]: client_secret}
        self.served: set[str] = set()
        self.traffic = b""
        self.client = httpx.Client(trust_env=False)

    def plant(self, value: Any) -> Any:  # noqa: ANN401 - any JSON
        """Return *value*, an answer, with seeds."""
        if isinstance(value, list):
            return [self.plant(one) for one in value]
        if not isinstance(value, dict):
            return value
        return {name: self._field(name, one) for name, one in value.items()}

    def _field(self, name: str, value: Any) -> Any:  # noqa: ANN401 - any JSON
        if name == "access_token" and value.startswith("clt."):
            return self._seed("client_access_token", value)
        if name in FIELDS:
            return self._seed(FIELDS[name], value)
        if name == "upload_url":
            token = dict(parse_qsl(urlsplit(value).query))["upload_token"]
            planted = value.replace(token, self._seed("upload_token", token))
            return planted.replace(self.sandbox_url, self.base_url)
        if name == "message" and value:
            people = (SEEDS[one] for one in ("email", "handle", "nickname"))
            self.served |= {"email", "handle", "nickname"}
            return f"{value} {' '.join(people)}"
        return self.plant(value)

    def _seed(self, name: str, value: str) -> str:
        self.planted[SEEDS[name]] = value
        self.served.add(name)
        return SEEDS[name]

    def real(self, text: str) -> str:
        """Return *text* with what the sandbox knows."""
        longest_first = sorted(self.planted.items(), key=lambda one: -len(one[0]))
        for seed, value in longest_first:
            text = text.replace(seed, value)
        return text


class _Handler(BaseHTTPRequestHandler):
    server: Mirror
    protocol_version = "HTTP/1.1"

    def _pass(self) -> None:
        server = self.server
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.command != "PUT":
            server.traffic += f"{self.path} {self.headers}\n".encode() + body + b"\n"
        headers = {
            name: server.real(value)
            for name, value in self.headers.items()
            if name.lower() not in ("host", "content-length", "accept-encoding")
        }
        if "form" in self.headers.get("content-type", ""):
            pairs = [(n, server.real(v)) for n, v in parse_qsl(body.decode())]
            body = urlencode(pairs).encode()
        path = server.real(self.path)
        answer = server.client.request(
            self.command, server.sandbox_url + path, headers=headers, content=body
        )
        self._answer(answer)

    def _answer(self, answer: httpx.Response) -> None:
        body = answer.content
        if "json" in answer.headers.get("content-type", ""):
            body = json.dumps(self.server.plant(json.loads(body))).encode()
        self.server.traffic += body + b"\n"
        self.send_response(answer.status_code)
        for name in ("content-type", "content-range", "x-tt-logid", "retry-after"):
            if name in answer.headers:
                self.send_header(name, answer.headers[name])
        self.send_header("content-length", str(len(body)))
        self.server.traffic += SEEDS["cookie"].encode() + b"\n"
        self.send_header("set-cookie", SEEDS["cookie"].encode().decode("latin-1"))
        self.server.served.add("cookie")
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = _pass  # noqa: N815 - the server's interface

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def mirror(sandbox_url: str, client_secret: str) -> Iterator[Mirror]:
    """Run one during the block."""
    server = Mirror(sandbox_url, client_secret)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        server.client.close()
