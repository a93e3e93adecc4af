"""How TikTok fetches what a URL names."""

from __future__ import annotations

import hashlib
import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tiktok_bridge_sandbox.handle import TikTokSandbox
from tiktok_bridge_sandbox.threads import running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.sandbox.conftest import Person

VIDEO = b"\x00\x00\x00\x18ftypmp42" + bytes(52)
JPEG = b"\xff\xd8\xff\xe0" + bytes(60)
WEBP = b"RIFF\x00\x00\x00\x00WEBPVP8 " + bytes(48)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(56)


@contextmanager
def site(answer: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[str]:
    """Serve on loopback whatever *answer* writes."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def sends(
    body: bytes, status: int = 200, **headers: str
) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body)

    return answer


def start_pull(base_url: str, url: str) -> None:
    """Ask a sandbox that is no fixture to fetch *url*."""
    token = TikTokSandbox(base_url).token("acme")["access_token"]
    answer = httpx.post(
        f"{base_url}/v2/post/publish/inbox/video/init/",
        json={"source_info": {"source": "PULL_FROM_URL", "video_url": url}},
        headers={"Authorization": f"Bearer {token}"},
        verify=False,  # noqa: S501 - there is no TLS; loading certificates takes 0.1 s
    )
    assert answer.status_code == 200


def outcome(person: Person, publish_id: str) -> dict[str, Any]:
    """Return the status once the download is over; each look is a round trip."""
    while True:
        person.sandbox.advance(1)
        data = dict(person.status(publish_id).json()["data"])
        if data["status"] != "PROCESSING_DOWNLOAD":
            return data


def fetched(person: Person, url: str, path: str = "film.mp4") -> dict[str, Any]:
    person.sandbox.reset(pulls="fetch", verified=url, limits=False)
    publish_id = person.pull(url + path).json()["data"]["publish_id"]
    return outcome(person, publish_id)


@pytest.mark.parametrize(
    ("level", "pattern"),
    [("SELF_ONLY", r"v_pub_url~v2\.\d{19}"), (None, r"v_inbox_url~v2\.\d{19}")],
)
def test_a_pull_opens_a_publish_and_no_upload(
    acme: Person, level: str | None, pattern: str
) -> None:
    data = acme.pull(level=level).json()["data"]

    assert list(data) == ["publish_id"]
    assert re.fullmatch(pattern, data["publish_id"])


def test_a_pretended_download_takes_its_time_and_counts(acme: Person) -> None:
    acme.sandbox.reset(pull_seconds=100, processing_seconds=50)
    publish_id = acme.pull().json()["data"]["publish_id"]

    counts = []
    for seconds in (50, 50, 50):
        acme.sandbox.advance(seconds)
        counts.append(acme.status(publish_id).json()["data"])

    assert counts[0]["status"] == counts[1]["status"] == "PROCESSING_DOWNLOAD"
    assert 0 < counts[0]["downloaded_bytes"] < counts[1]["downloaded_bytes"]
    assert counts[2] == {"status": "PUBLISH_COMPLETE"}


def test_a_download_of_more_than_an_hour_fails(acme: Person) -> None:
    acme.sandbox.reset(pull_seconds=4_000)
    publish_id = acme.pull().json()["data"]["publish_id"]
    acme.sandbox.advance(3_000)

    before = acme.status(publish_id).json()["data"]["status"]
    acme.sandbox.advance(600)

    assert before == "PROCESSING_DOWNLOAD"
    assert acme.status(publish_id).json()["data"] == {
        "status": "FAILED",
        "fail_reason": "video_pull_failed",
    }


def test_a_pull_counts_for_the_daily_cap_from_its_init(acme: Person) -> None:
    acme.sandbox.reset(posts_per_day=1, pull_seconds=1_000)
    acme.pull()

    assert acme.pull().json()["error"]["code"] == "spam_risk_too_many_posts"


def test_a_pulled_draft_counts_as_pending_from_its_init(acme: Person) -> None:
    acme.sandbox.reset(pending_drafts=1, pull_seconds=1_000)
    acme.pull(level=None)

    refused = acme.photos(level=None).json()["error"]["code"]

    assert refused == "spam_risk_too_many_pending_share"


def test_a_real_file_is_hashed(acme: Person) -> None:
    with site(sends(VIDEO)) as url:
        assert fetched(acme, url) == {"status": "PUBLISH_COMPLETE"}

    publish = acme.sandbox.state()["publishes"][0]
    assert publish["sha256s"] == [hashlib.sha256(VIDEO).hexdigest()]
    assert publish["received"] == len(VIDEO)


@pytest.mark.parametrize(
    "answer",
    [
        sends(VIDEO, 404),
        sends(VIDEO, 302, Location="/other.mp4"),
        sends(VIDEO, 206),
        sends(VIDEO, 200, **{"Content-Length": "100000"}),
        lambda _request: None,
    ],
    ids=["missing", "redirect", "part", "cut", "nothing"],
)
def test_a_file_that_does_not_come_fails_the_post(
    acme: Person, answer: Callable[[BaseHTTPRequestHandler], None]
) -> None:
    with site(answer) as url:
        assert fetched(acme, url) == {
            "status": "FAILED",
            "fail_reason": "video_pull_failed",
        }


def test_a_server_that_is_gone_fails_the_post(acme: Person) -> None:
    with site(sends(VIDEO)) as url:
        pass

    assert fetched(acme, url)["fail_reason"] == "video_pull_failed"


def test_bytes_that_are_no_video_fail_after_the_download(acme: Person) -> None:
    with site(sends(JPEG)) as url:
        assert fetched(acme, url)["fail_reason"] == "file_format_check_failed"


@pytest.mark.parametrize(
    ("image", "end"),
    [
        (JPEG, {"status": "PUBLISH_COMPLETE"}),
        (WEBP, {"status": "PUBLISH_COMPLETE"}),
        (PNG, {"status": "FAILED", "fail_reason": "file_format_check_failed"}),
        (
            JPEG + bytes(20_000_000),
            {"status": "FAILED", "fail_reason": "file_format_check_failed"},
        ),
    ],
    ids=["jpeg", "webp", "png", "large"],
)
def test_photos_are_jpeg_or_webp_of_20_mb(
    acme: Person, image: bytes, end: dict[str, str]
) -> None:
    with site(sends(image)) as url:
        acme.sandbox.reset(pulls="fetch", verified=url)
        publish_id = acme.photos(url + "1", url + "2").json()["data"]["publish_id"]

        assert outcome(acme, publish_id) == end


def test_one_missing_photo_fails_the_whole_post(acme: Person) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        sends(JPEG, 200 if request.path == "/1" else 404)(request)

    with site(answer) as url:
        acme.sandbox.reset(pulls="fetch", verified=url)
        publish_id = acme.photos(url + "1", url + "2").json()["data"]["publish_id"]

        assert outcome(acme, publish_id)["fail_reason"] == "photo_pull_failed"


def test_a_fetch_ends_with_a_reset(acme: Person) -> None:
    asked, closed = Event(), Event()

    def answer(request: BaseHTTPRequestHandler) -> None:
        asked.set()
        request.connection.settimeout(10)
        if request.rfile.read(1) == b"":
            closed.set()

    with site(answer) as url:
        acme.sandbox.reset(pulls="fetch", verified=url)
        acme.pull(url + "film.mp4")
        assert asked.wait(10)

        acme.sandbox.reset()

        assert closed.wait(10)


def test_a_fetch_ends_with_the_server() -> None:
    asked, before = Event(), threading.enumerate()

    def answer(request: BaseHTTPRequestHandler) -> None:
        asked.set()
        request.connection.settimeout(10)
        request.rfile.read(1)

    with site(answer) as url:
        with running(pulls="fetch", verified=url) as base_url:
            start_pull(base_url, url + "film.mp4")
            assert asked.wait(10)
        left = [one.name for one in threading.enumerate() if one not in before]

    assert "tiktok-sandbox" not in left


def test_nothing_beyond_loopback_is_fetched(acme: Person) -> None:
    acme.sandbox.reset(pulls="fetch")
    publish_id = acme.pull().json()["data"]["publish_id"]

    assert outcome(acme, publish_id)["fail_reason"] == "video_pull_failed"
