"""Start a server that speaks S3, and a proxy before it that makes faults on demand."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate, parsedate_to_datetime
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlencode, urlsplit

import boto3
from botocore.config import Config

from tiktok_bridge_s3.clients import close_clients

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_s3 import S3Client

SERVER = Path(__file__).with_name("s3_server.py")
BLOCK = 1 << 16
ACCESS_KEY, SECRET_KEY = "AKIATESTTESTTEST", "s3cr3t-that-nobody-may-see"
ENVIRON = {
    "AWS_ACCESS_KEY_ID": ACCESS_KEY,
    "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_DEFAULT_REGION": "us-east-1",
}
"""What a process needs that speaks to it; nothing of the machine's own."""

ERROR = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code>'
    "<Message>says {secret}</Message>{more}</Error>"
)


@dataclass
class Fault:
    """What the proxy does to the next request of a method, once.

    Attributes:
        method: Of the request, as in "GET".
        where: What its path or its range has to contain.
        status: Answer with this status instead of asking the server.
        code: Code of S3 in that answer; empty for one without a body of S3.
        more: Further elements of that answer.
        headers: Headers that are set in an answer; None takes one away.
        first: Called before the request goes on, as to replace the object.
        then: Called when the body has been cut off.
        drop_range: Whether the server is not told which range is wanted.
        cut_at: Bytes of the body after which the connection is closed.
        stall: Whether nothing more comes after `cut_at` bytes, or at all.
        lose: Whether the server acts and its answer is lost.
    """

    method: str
    where: str = ""
    status: int = 0
    code: str = ""
    more: str = ""
    headers: dict[str, str | None] = field(default_factory=dict)
    first: Callable[[], object] | None = None
    then: Callable[[], object] | None = None
    drop_range: bool = False
    cut_at: int | None = None
    stall: bool = False
    lose: bool = False


@dataclass(frozen=True)
class Request:
    """A request as the proxy saw it."""

    method: str
    path: str
    headers: dict[str, str]


class Proxy(ThreadingHTTPServer):
    """Pass requests on to a server; faults are queued and used up."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, upstream: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream = urlsplit(upstream).netloc
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.reset()

    def reset(self) -> None:
        self.faults: deque[Fault] = deque()
        self.requests: list[Request] = []
        self.seconds_ahead = 0.0
        self.has_conditions = True
        self.has_quotes = True
        self.forbidden = ""
        self.forbidden_status = 403
        self.sent_bytes = 0
        self.open_answers = 0
        self.release = threading.Event()
        self.taking = threading.Lock()

    def take(self, request: Request) -> Fault:
        """Return the first fault if it is for *request*, or none."""
        about = f"{request.path} {request.headers.get('Range')}"
        if self.forbidden and self.forbidden in f"{request.method} {about}":
            status = self.forbidden_status
            return Fault(request.method, status=status, code="Forbidden")
        with self.taking:
            first = self.faults[0] if self.faults else None
            if first and first.method == request.method and first.where in about:
                return self.faults.popleft()
        return Fault(request.method)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        """A client that went away is what many tests want."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Proxy

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
        """Say nothing."""

    def pass_on(self) -> None:
        request = Request(self.command, unquote(self.path), dict(self.headers))
        self.server.requests.append(request)
        fault = self.server.take(request)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if fault.first:
            fault.first()
        if fault.stall and fault.cut_at is None:
            self.server.release.wait(30)
            self.close_connection = True
        elif fault.status:
            self._refuse(fault)
        else:
            self._ask(fault, body)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = pass_on  # noqa: N815

    def _refuse(self, fault: Fault) -> None:
        text = ERROR.format(code=fault.code, more=fault.more, secret=SECRET_KEY)
        body = text.encode() if fault.code else b"<html>no</html>"
        self.send_response(fault.status)
        self.send_header("x-amz-request-id", "REQ123")
        for name, value in fault.headers.items():
            self.send_header(name, value or "")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _ask(self, fault: Fault, body: bytes) -> None:
        hidden = {"expect", "connection"} | ({"range"} if fault.drop_range else set())
        if not self.server.has_conditions and self.command == "PUT":
            hidden |= {"if-match", "if-none-match"}
        headers = {k: v for k, v in self.headers.items() if k.lower() not in hidden}
        if not self.server.has_quotes and self.command == "PUT":
            tag = headers.get("If-Match", "")
            if tag:
                headers["If-Match"] = '"another"' if tag.startswith('"') else f'"{tag}"'
        upstream = HTTPConnection(self.server.upstream, timeout=60)
        try:
            upstream.request(self.command, self.path, body or None, headers)
            answer = upstream.getresponse()
            if fault.lose:
                self.close_connection = True
                return
            self._tell(fault, answer)
        finally:
            upstream.close()

    def _tell(self, fault: Fault, answer: HTTPResponse) -> None:
        headers = {name.lower(): value for name, value in answer.getheaders()}
        if "date" in headers:
            at = parsedate_to_datetime(headers["date"]).timestamp()
            headers["date"] = formatdate(at + self.server.seconds_ahead, usegmt=True)
        headers.pop("connection", None)
        headers.pop("transfer-encoding", None)  # the end tells the end instead
        for name, value in fault.headers.items():
            headers.pop(name.lower(), None)
            if value is not None:
                headers[name.lower()] = value
        self.send_response_only(answer.status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "content-length" not in headers:
            self.send_header("connection", "close")
            self.close_connection = True
        self.end_headers()
        if self.command != "HEAD":
            self.server.open_answers += 1
            try:
                self._copy(answer, fault)
            finally:
                self.server.open_answers -= 1

    def _copy(self, answer: HTTPResponse, fault: Fault) -> None:
        left = fault.cut_at if fault.cut_at is not None else 1 << 62
        while left and (block := answer.read(min(BLOCK, left))):
            self.wfile.write(block)
            self.server.sent_bytes += len(block)
            left -= len(block)
        if fault.cut_at is not None:
            self.wfile.flush()
            if fault.then:
                fault.then()
            if fault.stall:
                self.server.release.wait(30)
            self.close_connection = True


@dataclass(frozen=True)
class S3:
    """A bucket of a test's own, on a server behind a proxy."""

    client: S3Client
    proxy: Proxy
    bucket: str

    def url(self, key: str = "", **options: object) -> str:
        """Return the `s3:` URL of *key*, which leads through the proxy."""
        options = {
            "endpoint_url": self.proxy.url,
            "addressing": "path",
            "region": "us-east-1",
        } | options
        query = urlencode(options, quote_via=quote, safe=":/")
        return f"s3://{self.bucket}/{quote(key)}?{query}"

    def put(self, key: str, content: bytes) -> None:
        self.client.put_object(Bucket=self.bucket, Key=key, Body=content)

    def get(self, key: str) -> bytes:
        return self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read()

    def names(self) -> list[str]:
        pages = self.client.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket
        )
        return [one["Key"] for page in pages for one in page.get("Contents", [])]

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Let the proxy refuse everything during the block."""
        self.proxy.forbidden = "/"
        try:
            yield
        finally:
            self.proxy.forbidden = ""

    def content(self) -> object:
        """Return everything that is in the bucket, and every write that was tried."""
        written = [self.sent(method) for method in ("PUT", "POST", "DELETE")]
        return {name: self.get(name) for name in self.names()}, written

    def sent(self, method: str) -> list[Request]:
        return [one for one in self.proxy.requests if one.method == method]

    def fail(self, method: str, times: int = 1, **fault: Any) -> None:  # noqa: ANN401
        """Let the proxy do *fault* to the next requests of *method*."""
        self.proxy.faults.extend(Fault(method, **fault) for _ in range(times))

    def version_all(self) -> None:
        self.client.put_bucket_versioning(
            Bucket=self.bucket, VersioningConfiguration={"Status": "Enabled"}
        )


class Server:
    """A server and the proxy before it, for a whole run."""

    def __init__(self, url: str, access_key: str, secret_key: str) -> None:
        self.proxy = Proxy(url)
        self.client = boto3.session.Session(
            aws_access_key_id=access_key, aws_secret_access_key=secret_key
        ).client(
            "s3",
            endpoint_url=url,
            region_name="us-east-1",
            config=Config(
                s3={"addressing_style": "path"},
                request_checksum_calculation="when_required",
            ),
        )
        self._names = count(1)

    def bucket(self) -> S3:
        """Make a bucket that is empty, and forget the faults of others."""
        self.proxy.reset()
        name = f"bucket-{next(self._names)}"
        self.client.create_bucket(Bucket=name)
        return S3(self.client, self.proxy, name)


@contextmanager
def serving(url: str, access_key: str, secret_key: str) -> Iterator[Server]:
    """Run a proxy before the server at *url*."""
    server = Server(url, access_key, secret_key)
    thread = threading.Thread(target=server.proxy.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server
    finally:
        server.proxy.shutdown()
        server.proxy.server_close()
        thread.join()
        server.client.close()
        close_clients()


@contextmanager
def running() -> Iterator[Server]:
    """Run moto as a process of its own, with a proxy before it."""
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, str(SERVER)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            assert process.stdout
            url = f"http://127.0.0.1:{int(process.stdout.readline())}"
            with serving(url, ACCESS_KEY, SECRET_KEY) as server:
                yield server
        finally:
            process.terminate()
