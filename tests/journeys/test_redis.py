"""What is published with tokens, video and events on Redis."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from tests.contracts.redis_cells import PASSWORD
from tests.contracts.test_redis_notifier import events_in
from tests.redis_server import Server, folder
from tiktok_bridge import State, StoreError
from tiktok_bridge.publish.recipient import LONGEST_PAUSE
from tiktok_bridge.tiktok.wire import Transport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx

    from tests.journeys.conftest import Studio

DURABLE = ("--appendonly", "yes", "--appendfsync", "always")

POSTS = """\
version: 1
defaults: {account: acme}
posts:
  - id: one
    video: %s
    privacy: SELF_ONLY
"""


@pytest.fixture
def server(redis_program: str) -> Iterator[Server]:
    with folder() as place:
        server = Server(place, redis_program)
        server.start(*DURABLE)
        yield server
        server.stop()


@pytest.fixture
def on_redis(studio: Studio, server: Server) -> Studio:
    """A studio that keeps nothing but its ledger and its keys in files."""
    studio.configure("file:state/tokens", server.url("timeout=1"))
    studio.configure("file:state/events.jsonl", server.url("stream=tiktok&timeout=1"))
    studio.log_in("acme")
    return studio


def put_video(studio: Studio, server: Server, size_bytes: int) -> str:
    """Put a video of that size on the server, and return its URL."""
    path = studio.folder / "media" / studio.video(size_bytes)
    with server.client() as client:
        client.set("clips/video.mp4", path.read_bytes())
    return server.url("key=clips/video.mp4&timeout=1")


def told(server: Server) -> list[str]:
    with server.client() as client:
        return [event["type"] for event in events_in(client)]


def test_a_video_on_redis_is_published_once_and_told_there(
    on_redis: Studio, server: Server
) -> None:
    url = put_video(on_redis, server, 12_000_000)
    posts = on_redis.folder / "posts.yaml"
    posts.write_text(POSTS % url)
    assert on_redis.run("check", str(posts)) == 0
    with on_redis.bridge() as bridge:
        results = [bridge.publish(on_redis.post(video=url)) for _ in range(2)]

    assert [one.state for one in results] == [State.PUBLISHED] * 2
    [arrived] = on_redis.arrived()
    assert arrived["sha256"] == on_redis.sha256("video.mp4")
    assert told(server)[-1] == "post.published"
    with server.client() as client:
        assert client.hkeys("tiktok-bridge:records") == [b"acme"]


def test_an_upload_goes_on_when_the_server_is_back(
    on_redis: Studio, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = put_video(on_redis, server, 31_000_000)
    sleep = on_redis.clock.sleep

    def kill(_: object, sent: int, __: object) -> None:
        if sent > 12_000_000 and not on_redis.clock.slept:
            server.kill()

    def sleep_and_start(seconds: float) -> None:
        if server.process.poll() is not None:
            server.start(*DURABLE)
        sleep(seconds)

    monkeypatch.setattr(on_redis.clock, "sleep", sleep_and_start)
    with on_redis.bridge(on_progress=kill) as bridge:
        result = bridge.publish(on_redis.post(video=url))

    assert result.state == State.PUBLISHED, result.failure
    assert on_redis.clock.slept, "it had to wait for the server"
    [arrived] = on_redis.arrived()
    assert arrived["sha256"] == on_redis.sha256("video.mp4")


def test_a_video_that_is_replaced_meanwhile_is_never_mixed(
    on_redis: Studio, server: Server
) -> None:
    url = put_video(on_redis, server, 31_000_000)

    def replace(_: object, sent: int, __: object) -> None:
        if sent > 12_000_000:
            with server.client() as client:
                client.setrange("clips/video.mp4", 20_000_000, b"another")

    with on_redis.bridge(on_progress=replace) as bridge:
        result = bridge.publish(on_redis.post(video=url))

    assert result.state == State.FAILED
    assert result.failure is not None
    assert "it was written to" in result.failure.message
    assert on_redis.arrived() == []


class Interrupting(Transport):
    """Do something once TikTok has renewed the token, before anybody knows."""

    def __init__(self, act: Callable[[], object]) -> None:
        super().__init__()
        self.act = act

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = super().handle_request(request)
        if request.url.path.endswith("/oauth/token/"):
            self.act()
        return response


def test_no_token_is_lost_when_the_server_restarts_during_a_refresh(
    on_redis: Studio, server: Server
) -> None:
    timers = []

    def restart() -> None:
        server.kill()
        timers.append(threading.Timer(0.5, server.start, DURABLE))
        timers[0].start()

    with on_redis.bridge(transport=Interrupting(restart)) as bridge:
        before = bridge.vault.read("acme")
        after = bridge.vault.refresh("acme")
    timers[0].join()

    with on_redis.bridge() as bridge:
        assert bridge.vault.read("acme") == after != before
        result = bridge.publish(on_redis.post())
    assert result.state == State.PUBLISHED


def test_nothing_is_spent_when_the_server_is_gone_before_a_refresh(
    on_redis: Studio, server: Server
) -> None:
    server.kill()
    with on_redis.bridge() as bridge, pytest.raises(StoreError) as refusal:
        bridge.vault.refresh("acme")

    assert refusal.value.retryable
    assert on_redis.calls("token") == 0


def test_an_event_waits_for_its_server_and_fails_no_post(
    studio: Studio, server: Server
) -> None:
    studio.configure("file:state/events.jsonl", server.url("stream=tiktok&timeout=1"))
    server.kill()
    with studio.bridge() as bridge:
        results = [bridge.publish(studio.post(id=name)) for name in ("one", "two")]
    server.start(*DURABLE)
    studio.clock.sleep(LONGEST_PAUSE)
    with studio.bridge() as bridge:
        bridge.publish(studio.post(id="three"))

    assert [one.state for one in results] == [State.PUBLISHED] * 2
    types = told(server)
    assert types.count("post.published") == 3


def test_a_server_that_is_gone_is_told_with_the_place_and_without_the_password(
    on_redis: Studio, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = on_redis.folder / "password"
    secret.write_text(PASSWORD)
    url = server.url(f"key=clips/video.mp4&password_file={secret}")
    posts = on_redis.folder / "posts.yaml"
    posts.write_text(POSTS % url)
    server.kill()
    capsys.readouterr()

    assert on_redis.run("check", str(posts)) == 2
    said = capsys.readouterr().err
    assert f"{posts}:5: posts[0].video: " in said
    assert "Connection refused" in said
    assert on_redis.run("auth", "list") == 1
    said = capsys.readouterr().err
    assert f"cannot list the accounts at {server.url()}: Connection refused" in said
    assert PASSWORD not in said
