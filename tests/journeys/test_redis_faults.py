"""Faults of Redis in the middle of a refresh, an upload and a notification.

Whatever it is: the error names the server and what was asked of it, and once it is
repaired, publishing again publishes once, with a token that is still good.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from tests.contracts.test_redis_notifier import events_in
from tests.journeys.test_redis import Interrupting
from tests.redis_faults import DURABLE, FAULTS, Fault
from tests.redis_server import Server, folder
from tiktok_bridge import BridgeError, State, StoreError
from tiktok_bridge.publish.recipient import LONGEST_PAUSE
from tiktok_bridge.tiktok.token import from_response
from tiktok_bridge.tokens import records
from tiktok_bridge_redis.store import RedisTokenStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.journeys.conftest import Studio

DAY = 86_400
READING = {name: fault for name, fault in FAULTS.items() if fault.is_whole}

each_fault = pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
each_that_stops_reading = pytest.mark.parametrize(
    "fault", READING.values(), ids=READING
)


@pytest.fixture(scope="module")
def lasting(redis_program: str) -> Iterator[Server]:
    with folder() as place:
        server = Server(place, redis_program)
        server.start(*DURABLE)
        yield server
        server.stop()


@pytest.fixture
def server(lasting: Server) -> Server:
    with lasting.client() as client:
        client.flushall()
    return lasting


@pytest.fixture
def on_redis(studio: Studio, server: Server) -> Studio:
    """A studio whose token is on the server, and has just ended."""
    studio.configure("file:state/tokens", server.url("timeout=0.3"))
    studio.log_in("acme")
    studio.clock.sleep(DAY)
    return studio


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody wait long for a server that somebody must repair."""
    monkeypatch.setattr(records, "LOCK_TIMEOUT", 0.1)
    defaults: dict[str, object] = RedisTokenStore.__init__.__kwdefaults__ or {}
    monkeypatch.setitem(defaults, "patience", 0.1)


def once(fault: Fault, server: Server) -> Callable[[], object]:
    """Return what begins *fault* when it is called first."""
    left = [fault]
    return lambda: left and left.pop().begin(server)


def is_published_once(studio: Studio) -> bool:
    return len(studio.arrived()) == 1


@each_fault
@pytest.mark.usefixtures("hasty")
def test_before_a_refresh_nothing_is_spent(
    fault: Fault, on_redis: Studio, server: Server
) -> None:
    fault.begin(server)
    try:
        with on_redis.bridge() as bridge, pytest.raises(BridgeError) as refusal:
            bridge.publish(on_redis.post())
    finally:
        fault.repair(server)

    assert f"the account 'acme' at {server.url()}: {fault.words}" in str(refusal.value)
    assert on_redis.calls("token") == 0
    with on_redis.bridge() as bridge:
        assert bridge.publish(on_redis.post()).state == State.PUBLISHED
    assert on_redis.calls("token") == 1
    assert is_published_once(on_redis)


@pytest.mark.parametrize("name", ["paused", "read-only"])
def test_in_the_middle_of_a_refresh_it_is_waited_for(
    name: str, on_redis: Studio, server: Server
) -> None:
    fault = FAULTS[name]
    timers: list[threading.Timer] = []

    def strike() -> None:
        fault.begin(server)
        timers.append(threading.Timer(0.2, fault.repair, (server,)))
        timers[0].start()

    with on_redis.bridge(transport=Interrupting(strike)) as bridge:
        result = bridge.publish(on_redis.post())
    timers[0].join()

    assert result.state == State.PUBLISHED
    assert on_redis.calls("token") == 1
    with on_redis.bridge() as bridge:
        assert bridge.publish(on_redis.post(id="two")).state == State.PUBLISHED


@each_fault
@pytest.mark.usefixtures("hasty")
def test_a_renewed_token_that_could_not_be_saved_is_saved_later(
    fault: Fault, on_redis: Studio, server: Server
) -> None:
    with on_redis.bridge(transport=Interrupting(once(fault, server))) as bridge:
        try:
            with pytest.raises(StoreError, match=fault.words) as refusal:
                bridge.publish(on_redis.post())
        finally:
            fault.repair(server)
        result = bridge.publish(on_redis.post())

    assert f"cannot save the account 'acme' at {server.url()}" in str(refusal.value)
    assert result.state == State.PUBLISHED
    assert on_redis.calls("token") == 1, "the old token is not offered again"
    with on_redis.bridge() as bridge:
        assert bridge.publish(on_redis.post(id="two")).state == State.PUBLISHED
    assert on_redis.calls("token") == 1


@pytest.mark.usefixtures("hasty")
def test_a_kept_token_never_replaces_that_of_a_login(
    on_redis: Studio, server: Server
) -> None:
    fault = FAULTS["read-only"]
    with on_redis.bridge(transport=Interrupting(once(fault, server))) as bridge:
        with pytest.raises(StoreError, match=fault.words):
            bridge.publish(on_redis.post())
        fault.repair(server)
        newer = from_response(on_redis.sandbox.token("acme"), on_redis.clock.now())
        bridge.vault.save("acme", newer)
        bridge.vault.refresh("acme")

    assert on_redis.calls("token") == 2
    with on_redis.bridge() as bridge:
        assert bridge.publish(on_redis.post()).state == State.PUBLISHED


@each_that_stops_reading
def test_in_the_middle_of_an_upload_the_post_stays(
    fault: Fault, studio: Studio, server: Server
) -> None:
    path = studio.folder / "media" / studio.video(31_000_000)
    with server.client() as client:
        client.set("clip.mp4", path.read_bytes())
    post = studio.post(video=server.url("key=clip.mp4&timeout=0.3"))
    begin = once(fault, server)

    def strike(_: object, sent: int, __: int) -> None:
        if sent > 12_000_000:
            begin()

    try:
        with studio.bridge(on_progress=strike) as bridge:
            stopped = bridge.publish(post)
    finally:
        fault.repair(server)
    with studio.bridge() as bridge:
        result = bridge.publish(post)

    assert stopped.state == State.UPLOADING
    assert stopped.failure
    asked = f"cannot read 'clip.mp4' at {server.url()}"
    assert stopped.failure.message.startswith(f"{asked}: {fault.words}")
    assert result.state == State.PUBLISHED
    [arrived] = studio.arrived()
    assert arrived["sha256"] == studio.sha256("video.mp4")
    assert arrived["chunks"][0] == [0, 9_999_999], "what TikTok had is not sent again"
    assert studio.calls("video_init") == 1


@each_fault
def test_an_event_waits_and_fails_no_post(
    fault: Fault, studio: Studio, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    to = server.url("stream=tiktok&timeout=0.3")
    studio.configure("file:state/events.jsonl", to)
    fault.begin(server)
    try:
        with studio.bridge() as bridge:
            result = bridge.publish(studio.post())
    finally:
        fault.repair(server)
    studio.clock.sleep(LONGEST_PAUSE)
    with studio.bridge() as bridge:
        bridge.publish(studio.post())

    assert result.state == State.PUBLISHED
    assert f"the stream 'tiktok' at {server.url()}: {fault.words}" in caplog.text
    with server.client() as client:
        types = [event["type"] for event in events_in(client)]
    assert types.count("post.published") == 1
    assert is_published_once(studio)
