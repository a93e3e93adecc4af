"""Media by https: a real server on loopback, which is allowed by name."""

from __future__ import annotations

import gc
import hashlib
import ssl
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from tests.chaos.matrix.certificates import Authority
from tiktok_bridge import MediaError
from tiktok_bridge.testing import CONTENT, MIB, SIZE, MediaSourceContract
from tiktok_bridge.web.media import HttpsMedia
from tiktok_bridge.web.stream import PAUSES, RESUMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cryptography import x509

NAME = "localhost"
SECRET = "X-Signature=s3cr3t-of-an-address"  # noqa: S105 - of the test
CHUNK = 5 * MIB
BIG = CONTENT * 5
_numbers = count(1)


@dataclass
class Answer:
    """How the server changes its next answers.

    Attributes:
        status: Instead of its own.
        headers: Set in it; None takes one away.
        cut_at: Bytes of the body after which it closes.
        stall: Whether it says nothing more after them.
    drips: Whether the body comes byte by byte.
        more: What follows the body.
    """

    status: int = 0
    headers: dict[str, str | None] = field(default_factory=dict)
    cut_at: int | None = None
    stall: bool = False
    drips: bool = False
    more: bytes = b""


class Site(ThreadingHTTPServer):
    """Serve one file, with its ETag or the time of its change."""

    daemon_threads = True

    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.socket = context.wrap_socket(
            self.socket, server_side=True, do_handshake_on_connect=False
        )
        self.reset()

    def reset(self) -> None:
        self.content: bytes | None = None
        self.validators: dict[str, str] = {}
        self.has_etag = True
        self.answers: list[Answer] = []
        self.ranges: list[str | None] = []
        self.requests: list[dict[str, str]] = []
        self.connections = 0
        self.release = threading.Event()

    def put(self, content: bytes) -> None:
        day = next(_numbers)
        etag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
        date = f"Mon, {day:05} Jan 2025 12:00:00 GMT"
        self.validators = {"ETag": etag} if self.has_etag else {"Last-Modified": date}
        self.content = content

    def remove(self) -> None:
        self.content = None

    def open(self, url: str = "", **options: Any) -> HttpsMedia:  # noqa: ANN401
        options.setdefault("resolve", lambda *_: ["127.0.0.1"])
        options.setdefault("sleep", lambda _: None)
        hosts = options.pop("media_hosts", ["127.0.0.1"])
        return HttpsMedia(url or self.url, hosts, **options)

    @property
    def url(self) -> str:
        return f"https://{NAME}:{self.server_port}/a%20b.mp4?{SECRET}"

    def handle_error(self, *_: object) -> None:
        """A client that goes away is what many tests want."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Site

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
        """Say nothing."""

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def do_GET(self) -> None:
        self.server.requests.append(dict(self.headers) | {"target": self.path})
        self.server.ranges.append(self.headers["Range"])
        change = self.server.answers.pop(0) if self.server.answers else Answer()
        status, headers, body = self._own()
        self.send_response_only(change.status or status)
        for name, value in ({**headers, **change.headers}).items():
            if value is not None:
                self.send_header(name, value)
        self.end_headers()
        body += change.more
        while change.drips and body and not self.server.release.wait(0.02):
            self.wfile.write(body[:1])
            body = body[1:]
        self.wfile.write(body if change.cut_at is None else body[: change.cut_at])
        if change.stall:
            self.server.release.wait(20)
        if change.cut_at is not None or change.more:
            self.close_connection = True

    def _own(self) -> tuple[int, dict[str, str | None], bytes]:
        content, validators = self.server.content, self.server.validators
        if content is None:
            return 404, {"Content-Length": "0"}, b""
        start, stop = map(int, self.headers["Range"][len("bytes=") :].split("-"))
        if self.headers.get("If-Match", validators.get("ETag")) != validators.get(
            "ETag"
        ):
            return 412, {"Content-Length": "0"}, b""
        if start >= len(content):
            said = f"bytes */{len(content)}"
            return 416, {"Content-Range": said, "Content-Length": "0"}, b""
        body = content[start : stop + 1]
        said = f"bytes {start}-{start + len(body) - 1}/{len(content)}"
        length = str(len(body))
        headers: dict[str, str | None] = {"Content-Range": said, **validators}
        return 206, headers | {"Content-Length": length}, body


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority("authority")


def context_of(authority: Authority, folder: Any, name: str) -> ssl.SSLContext:  # noqa: ANN401
    file = folder / f"{name}.pem"
    file.write_bytes(authority.issue(name))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def pem(certificate: x509.Certificate) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding  # noqa: PLC0415

    return certificate.public_bytes(Encoding.PEM)


@pytest.fixture(scope="module")
def server(
    authority: Authority, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("https")
    (folder / "authority.pem").write_bytes(pem(authority.certificate))
    site = Site(context_of(authority, folder, NAME))
    thread = threading.Thread(target=site.serve_forever, args=(0.02,))
    thread.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(folder / "authority.pem"))
        yield site
    site.shutdown()
    thread.join()
    site.server_close()


@pytest.fixture
def site(server: Site) -> Iterator[Site]:
    server.reset()
    yield server
    server.release.set()
    gc.collect()


class TestWithEtag(MediaSourceContract):
    @pytest.fixture
    def place(self, site: Site) -> Site:
        return site


class TestWithLastModified(MediaSourceContract):
    @pytest.fixture
    def place(self, site: Site) -> Site:
        site.has_etag = False
        return site


@pytest.fixture
def clip(site: Site) -> HttpsMedia:
    site.put(BIG)
    return site.open()


def read(source: HttpsMedia, start: int, stop: int) -> bytes:
    return b"".join(map(bytes, source.read(start, stop)))


def refusal(site: Site, answer: Answer, act: str = "stat") -> MediaError:
    """Return what is said when the next answer is *answer*."""
    site.put(BIG)
    source = site.open()
    if act == "read":
        source.stat()
    site.answers = [answer] * (RESUMES + 1)
    with pytest.raises(MediaError) as error:
        source.stat() if act == "stat" else read(source, 0, 99)
    said = f"{error.value} {error.value.hint}"
    assert f"https://{NAME}:{site.server_port}/a%20b.mp4?*** cannot be read" in said
    assert SECRET not in said
    return error.value


# Where


def test_the_name_is_looked_up_once_and_every_connection_goes_there(site: Site) -> None:
    """As a name server does that answers something else the second time."""
    site.put(BIG)
    answers = iter([["127.0.0.1"]])
    source = site.open(resolve=lambda *_: next(answers))

    for start in (0, MIB, 3 * MIB):
        site.answers = [Answer(cut_at=7)]  # and another connection
        assert read(source, start, start + 99) == BIG[start : start + 99]

    assert site.connections >= 4
    assert {one["Host"] for one in site.requests} == {f"{NAME}:{site.server_port}"}


@pytest.mark.parametrize("hosts", [[], ["10.0.0.0/8"], ["other.example"]])
def test_nothing_connects_to_what_is_not_allowed(site: Site, hosts: list[str]) -> None:
    site.put(BIG)

    with pytest.raises(MediaError, match="which is no public") as error:
        site.open(media_hosts=hosts).stat()

    assert "`media_hosts`" in (error.value.hint or "")
    assert not error.value.retryable
    assert site.connections == 0


def test_one_address_that_is_not_allowed_refuses_all(site: Site) -> None:
    site.put(BIG)

    with pytest.raises(MediaError, match="is ::1, which"):
        site.open(resolve=lambda *_: ["127.0.0.1", "::1"]).stat()

    assert site.connections == 0


def test_the_next_address_is_tried(site: Site) -> None:
    site.put(BIG)
    source = site.open(
        resolve=lambda *_: ["127.0.0.9", "127.0.0.1"], media_hosts=["127.0.0.0/8"]
    )

    assert source.stat().size_bytes == len(BIG)


def test_a_proxy_of_the_environment_is_not_asked(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    site.put(BIG)

    assert site.open().stat().size_bytes == len(BIG)


def test_the_certificate_has_to_be_that_of_the_name(site: Site) -> None:
    site.put(BIG)

    with pytest.raises(MediaError, match="certificate of the server is not") as error:
        site.open(site.url.replace(NAME, "other.example")).stat()

    assert not error.value.retryable


def test_nobody_there_may_be_somebody_later(site: Site) -> None:
    with pytest.raises(MediaError, match="no connection to the server") as error:
        site.open(f"https://{NAME}:9/a").stat()

    assert error.value.retryable


# What


def test_the_query_is_sent_and_the_fragment_is_not(site: Site) -> None:
    site.put(BIG)
    site.open(f"{site.url}#t=10").stat()

    assert site.requests[0]["target"] == f"/a%20b.mp4?{SECRET}"
    assert site.requests[0]["Accept-Encoding"] == "identity"


@pytest.mark.parametrize(
    ("status", "said", "is_passing"),
    [
        (301, "redirects to another address", False),
        (401, "wants a login", False),
        (403, "does not allow it", False),
        (404, "is not there", False),
        (410, "is not there any more", False),
        (418, "the server refuses", False),
        (429, "busy or broken", True),
        (500, "busy or broken", True),
        (501, "the server refuses", False),
        (503, "busy or broken", True),
    ],
)
@pytest.mark.parametrize("act", ["stat", "read"])
def test_a_status_is_told_in_words(
    site: Site, status: int, said: str, act: str, *, is_passing: bool
) -> None:
    plain: dict[str, str | None] = {"Content-Range": None}

    error = refusal(site, Answer(status, plain), act)

    assert said in str(error)
    assert error.retryable == is_passing


def test_a_redirect_is_not_followed_and_only_its_host_is_told(site: Site) -> None:
    to = "https://user:pw@169.254.169.254/secret?token=1"

    error = refusal(site, Answer(302, {"Location": to}))

    assert "redirects to 169.254.169.254, and" in str(error)
    assert "secret" not in str(error)
    assert len(site.requests) == 1


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({"ETag": None}, "neither an ETag nor Last-Modified"),
        ({"ETag": "no quotes"}, "neither an ETag nor Last-Modified"),
        ({"Content-Encoding": "gzip"}, "compresses it"),
        ({"Content-Range": None}, "does not send parts"),
        ({"Content-Range": "bytes 0-0/*"}, "does not send parts"),
        ({"Content-Range": "bytes 5-5/9"}, "does not send parts"),
    ],
)
def test_an_answer_that_tells_too_little_is_refused(
    site: Site, headers: dict[str, str | None], said: str
) -> None:
    assert said in str(refusal(site, Answer(headers=headers)))


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, {"Content-Range": None}),
        Answer(headers={"Content-Range": f"bytes 1-99/{len(BIG)}"}),
        Answer(headers={"Content-Range": "bytes 0-98/99"}),
        Answer(headers={"Content-Range": None}),
        Answer(headers={"Content-Length": "100"}),
    ],
)
def test_other_bytes_than_those_asked_for_are_refused(
    site: Site, answer: Answer
) -> None:
    error = refusal(site, answer, "read")

    assert f"something else than bytes 0-98/{len(BIG)}" in str(error)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(412),
        Answer(416),
        Answer(headers={"ETag": '"other"'}),
        Answer(headers={"ETag": None}),
    ],
)
def test_other_content_is_refused(site: Site, answer: Answer) -> None:
    assert "has been replaced" in str(refusal(site, answer, "read"))


@pytest.mark.parametrize("header", ["If-Match", "If-Unmodified-Since"])
def test_the_server_is_told_what_was_seen(site: Site, header: str) -> None:
    site.has_etag = header == "If-Match"
    site.put(BIG)
    read(site.open(), 0, 9)

    (seen,) = site.validators.values()
    assert [one.get(header) for one in site.requests] == [None, seen]


def test_a_weak_mark_is_compared_and_not_asked_for(site: Site) -> None:
    site.put(BIG)
    site.validators = {"ETag": 'W/"a"'}
    source = site.open()

    assert read(source, 0, 9) == BIG[:9]
    assert all("If-Match" not in one for one in site.requests)


# How


def test_chunks_are_streamed_by_one_get(clip: HttpsMedia, site: Site) -> None:
    read(clip, 0, 64)
    chunks = [read(clip, start, start + CHUNK) for start in (0, CHUNK)]

    assert b"".join(chunks) == BIG[: 2 * CHUNK]
    assert site.ranges == ["bytes=0-0", "bytes=0-63", f"bytes=0-{len(BIG) - 1}"]


def test_small_reads_share_a_connection(clip: HttpsMedia, site: Site) -> None:
    for start in range(5):
        assert read(clip, start, start + 64) == BIG[start : start + 64]

    assert site.connections == 2  # that of the first look was given up


def test_a_stream_goes_on_where_it_broke_off(site: Site) -> None:
    site.put(BIG)
    slept: list[float] = []
    source = site.open(sleep=slept.append)
    source.stat()
    site.answers = [Answer(cut_at=MIB + 3), Answer(cut_at=2 * MIB)]

    assert read(source, 0, len(BIG)) == BIG
    assert slept == [0.0, 0.0]
    assert site.ranges[2] == f"bytes={MIB + 3}-{len(BIG) - 1}"


def test_a_stream_that_brings_too_little_is_given_up(site: Site) -> None:
    site.put(BIG)
    slept: list[float] = []
    source = site.open(sleep=slept.append)
    source.stat()
    site.answers = [Answer(cut_at=9)] * 20

    with pytest.raises(MediaError, match="broke off") as error:
        read(source, 0, CHUNK)

    assert error.value.retryable
    assert slept == [*PAUSES]


@pytest.mark.parametrize("cut_at", [0, 9])
def test_a_server_that_hangs_is_given_up(site: Site, cut_at: int) -> None:
    site.put(BIG)
    source = site.open(deadline=0.1)
    source.stat()
    site.answers = [Answer(cut_at=cut_at, stall=True)] * 20

    with pytest.raises(MediaError, match="does not answer in time") as error:
        read(source, 0, CHUNK)

    assert error.value.retryable


def test_a_server_that_drips_is_given_up(site: Site) -> None:
    site.put(BIG)
    source = site.open(deadline=0.2)
    source.stat()
    site.answers = [Answer(drips=True)] * 20

    with pytest.raises(MediaError, match="does not answer in time") as error:
        read(source, 0, CHUNK)

    assert error.value.retryable


def test_nothing_behind_what_was_asked_for_is_read(site: Site) -> None:
    site.put(BIG)
    source = site.open()
    source.stat()
    site.answers = [Answer(headers={"Content-Length": None}, more=b"x" * 999)]

    assert read(source, 0, 99) == BIG[:99]
    assert read(source, 0, SIZE) == BIG[:SIZE]


def test_nothing_is_asked_for_outside_of_the_file(clip: HttpsMedia) -> None:
    with pytest.raises(MediaError, match=f"it has {len(BIG)} bytes"):
        read(clip, 0, len(BIG) + 1)
