"""What goes over the wire is what TikTok documents, and goes nowhere else."""

from __future__ import annotations

import json

import httpx
import pytest

from tiktok_bridge import ConfigError, NetworkError, Post, RefusedError, Secret
from tiktok_bridge.tiktok.chunks import plan_chunks
from tiktok_bridge.tiktok.content import Content
from tiktok_bridge.tiktok.wire import Wire

TOKEN = Secret("act.secret")
UPLOAD = "https://open-upload-va.tiktokapis.com/upload?upload_id=1&upload_token=secret"


class Recorder:
    """A transport that keeps each request and gives one answer."""

    def __init__(self, body: object = None, status: int = 200, **headers: str) -> None:
        self.requests: list[httpx.Request] = []
        self.bodies: list[bytes] = []
        self._answer = httpx.Response(status, json=body, headers=headers)

    def content(self, base_url: str = "https://open.tiktokapis.com") -> Content:
        transport = httpx.MockTransport(self._answer_it)
        return Content(Wire(transport), base_url, ("*.tiktokapis.com",))

    def _answer_it(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        self.bodies.append(request.read())
        return self._answer


def ok(**data: object) -> dict[str, object]:
    return {"data": data, "error": {"code": "ok", "message": "", "log_id": "L"}}


def test_a_call_carries_the_token_and_the_documented_type() -> None:
    recorder = Recorder(ok(status="PUBLISH_COMPLETE"))
    recorder.content().status(TOKEN, "v_pub_file~v2-1.1")

    (request,) = recorder.requests
    assert str(request.url).endswith("/v2/post/publish/status/fetch/")
    assert request.headers["authorization"] == "Bearer act.secret"
    assert request.headers["content-type"] == "application/json; charset=UTF-8"
    assert json.loads(recorder.bodies[0]) == {"publish_id": "v_pub_file~v2-1.1"}


def test_a_chunk_carries_exactly_the_documented_headers() -> None:
    recorder = Recorder(status=206)
    chunk = (10, 20, 100)
    recorder.content().put(UPLOAD, "video/mp4", chunk, [b"01234", b"56789"])

    (request,) = recorder.requests
    assert {name: request.headers[name] for name in request.headers} == {
        "host": "open-upload-va.tiktokapis.com",
        "content-type": "video/mp4",
        "content-length": "10",
        "content-range": "bytes 10-19/100",
    }
    assert str(request.url) == UPLOAD
    assert recorder.bodies == [b"0123456789"]


@pytest.mark.parametrize("status", [301, 307, 400, 403, 404, 416, 500, 503])
def test_a_chunk_that_is_not_stored_is_an_error_without_the_url(status: int) -> None:
    recorder = Recorder(status=status, location="https://elsewhere.example/")
    with pytest.raises(RefusedError) as caught:
        recorder.content().put(UPLOAD, "video/mp4", (0, 1, 1), [b"0"])

    assert caught.value.code == str(status)
    assert "upload_token" not in str(caught.value)
    assert len(recorder.requests) == 1, "redirects are never followed"


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/upload",
        "https://tiktokapis.com.evil.example/upload",
        "https://evil.example/?x=.tiktokapis.com",
        "https://open-upload.tiktokapis.com@evil.example/",
        "http://open-upload.tiktokapis.com/upload",
        "ftp://open-upload.tiktokapis.com/upload",
        "http://127.0.0.1/upload",
        "//open-upload.tiktokapis.com/",
        "https://user@open-upload.tiktokapis.com/",
        "https://[foo/",
        "http://127.0.0.1:abc/x",
        "https://open-upload.tiktokapis.com\x7f/",
    ],
)
def test_a_video_goes_to_no_host_that_nobody_named(url: str) -> None:
    recorder = Recorder(ok(publish_id="v", upload_url=url))
    post = Post(id="a", account="a", video="v", privacy="SELF_ONLY")
    with pytest.raises(ConfigError, match="not among the upload hosts"):
        recorder.content().init(TOKEN, post, "direct", plan_chunks(1))


@pytest.mark.parametrize(
    ("base_url", "url"),
    [
        ("https://open.tiktokapis.com", "https://upload.us.tiktokapis.com/video/?a=b"),
        ("http://127.0.0.1:1", "http://127.0.0.1:2/upload"),
        ("http://localhost:1", "http://127.0.0.1:2/upload"),
        ("https://tiktok.test", "https://tiktok.test:8443/upload"),
    ],
)
def test_the_hosts_that_were_seen_and_a_local_server_are_accepted(
    base_url: str, url: str
) -> None:
    Recorder().content(base_url).check_upload_url(url)


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        ([7602997517160123666], ("7602997517160123666",)),
        (["7602997517160123666"], ("7602997517160123666",)),
        (7602997517160123666, ("7602997517160123666",)),
        ("7602997517160123666", ("7602997517160123666",)),
        ([], ()),
        (None, ()),
    ],
)
@pytest.mark.parametrize("spelling", ["publicaly", "publicly"])
def test_post_ids_are_read_in_every_shape(
    value: object, ids: tuple[str, ...], spelling: str
) -> None:
    key = f"{spelling}_available_post_id"
    body = ok(status="PUBLISH_COMPLETE") | {"data": {"status": "X", key: value}}

    assert Recorder(body).content().status(TOKEN, "v").post_ids == ids


def test_a_broken_connection_is_an_error_that_names_the_host() -> None:
    def break_off(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("reset", request=request)

    content = Content(Wire(httpx.MockTransport(break_off)), "https://a.example")
    with pytest.raises(NetworkError, match=r"no answer from a\.example to .*: reset"):
        content.creator_info(TOKEN)


def test_an_answer_that_does_not_end_is_given_up() -> None:
    def flood(request: httpx.Request) -> httpx.Response:
        del request
        return httpx.Response(200, content=(b"x" * 65_536 for _ in range(10_000)))

    content = Content(Wire(httpx.MockTransport(flood)), "https://a.example")
    with pytest.raises(NetworkError, match="does not end"):
        content.creator_info(TOKEN)


@pytest.mark.parametrize(
    "url",
    [
        "https://a..tiktokapis.com/upload",
        "https://.tiktokapis.com/upload",
        "https://evil.example\\.tiktokapis.com/upload",
        "https://upload.tiktokapis.com:99999/upload",
        "https://evil.example/upload",
        "http://upload.tiktokapis.com/upload",
    ],
)
def test_an_odd_upload_url_names_the_post_that_was_begun(url: str) -> None:
    recorder = Recorder(ok(publish_id="v_pub_file~v2-1.7", upload_url=url))
    post = Post(id="a", account="a", video="v", privacy="SELF_ONLY")

    with pytest.raises(ConfigError, match="not among the upload hosts") as caught:
        recorder.content().init(TOKEN, post, "direct", plan_chunks(1))
    with pytest.raises(ConfigError, match="nothing was sent"):
        recorder.content().put(url, "video/mp4", (0, 1, 1), [b"1"])

    for part in ("/video/init/", "HTTP 200", "v_pub_file~v2-1.7", "log id L"):
        assert part in str(caught.value)
    assert len(recorder.requests) == 1


def test_what_the_upload_host_has_is_passed_on() -> None:
    headers = {"content-range": "bytes 0-19/100"}
    chunk = (10, 20, 100)
    stored = (
        Recorder(None, 206, **headers)
        .content()
        .put(UPLOAD, "video/mp4", chunk, [b"0123456789"])
    )
    with pytest.raises(RefusedError, match="bytes 0-19/100") as caught:
        Recorder(None, 416, **headers).content().put(
            UPLOAD, "video/mp4", chunk, [b"0123456789"]
        )

    assert (stored.http_status, stored.last_byte) == (206, 19)
    assert caught.value.code == "416"
