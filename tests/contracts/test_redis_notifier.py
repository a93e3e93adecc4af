"""Events on Redis."""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

import pytest

from tests.contracts.redis_cells import (
    content_of,
    create_users,
    locked_out,
    login,
    open_notifier,
)
from tiktok_bridge import BridgeError
from tiktok_bridge.testing import BatchNotifierContract, HealthContract, make_event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    import redis

    from tests.redis_server import Server
    from tiktok_bridge import BatchNotifier, Checkable, Event, Notifier

    BreakIt = Callable[[], AbstractContextManager[None]]


def events_in(client: redis.Redis, stream: str = "tiktok") -> list[Event]:
    entries: Any = client.xrange(stream)
    return [json.loads(fields[b"event"]) for _, fields in entries]


@pytest.fixture
def client(empty_redis: Server) -> Iterator[redis.Redis]:
    with empty_redis.client() as client:
        yield client


class TestStreamNotifier(BatchNotifierContract):
    """With the rights that the README gives, and no others."""

    @pytest.fixture
    def notifier(self, empty_redis: Server) -> Notifier:
        create_users(empty_redis)
        return open_notifier(empty_redis.url("stream=tiktok", login=login("events")))

    @pytest.fixture
    def received(self, client: redis.Redis) -> Callable[[], list[Event]]:
        return lambda: events_in(client)

    @pytest.fixture
    def break_it(self, empty_redis: Server) -> BreakIt:
        return lambda: locked_out(empty_redis, "events")


class TestChannelNotifier(BatchNotifierContract):
    """With the rights that the README gives, and no others."""

    @pytest.fixture
    def notifier(self, empty_redis: Server) -> Notifier:
        create_users(empty_redis)
        return open_notifier(empty_redis.url("channel=tiktok", login=login("events")))

    @pytest.fixture(autouse=True)
    def received(self, client: redis.Redis) -> Iterator[Callable[[], list[Event]]]:
        with client.pubsub() as listener:  # type: ignore[no-untyped-call] # as it is
            listener.subscribe("tiktok")
            listener.get_message(timeout=5)
            yield lambda: list(heard(listener))

    @pytest.fixture
    def break_it(self, empty_redis: Server) -> BreakIt:
        return lambda: locked_out(empty_redis, "events")


@pytest.mark.parametrize("query", ["stream=tiktok", "channel=tiktok"], scope="class")
class TestRedisNotifierHealth(HealthContract):
    """With the rights that the README gives, and no others."""

    @pytest.fixture
    def checkable(self, empty_redis: Server, query: str) -> Checkable:
        create_users(empty_redis)
        url = empty_redis.url(query, login=login("events"))
        return cast("Checkable", open_notifier(url))

    @pytest.fixture
    def snapshot(self, empty_redis: Server) -> Callable[[], object]:
        return lambda: content_of(empty_redis)

    @pytest.fixture
    def break_it(self, empty_redis: Server) -> BreakIt:
        return lambda: locked_out(empty_redis, "events")


def heard(listener: redis.client.PubSub) -> Iterator[Event]:
    while message := listener.get_message(timeout=0.1):
        yield json.loads(message["data"])


def test_a_stream_keeps_about_as_many_events_as_it_is_told(
    empty_redis: Server, client: redis.Redis
) -> None:
    notifier = open_notifier(empty_redis.url("stream=tiktok&maxlen=50"))
    for number in range(400):
        notifier.notify(make_event(number))

    kept = events_in(client)
    assert 50 <= len(kept) <= 200
    assert kept == [make_event(number) for number in range(400 - len(kept), 400)]


def test_an_event_is_compact_json_in_utf_8(
    empty_redis: Server, client: redis.Redis
) -> None:
    event = make_event(1, title="café\n\ud83c")
    event["data"] = MappingProxyType(event["data"])
    open_notifier(empty_redis.url("stream=a%20b")).notify(event)

    entries: Any = client.xrange("a b")
    [(_, fields)] = entries
    assert set(fields) == {b"event"}
    assert fields[b"event"].startswith(b'{"specversion":"1.0","id":"event-1",')
    assert fields[b"event"].endswith('"title":"café\\n\\ud83c"}}'.encode())


def test_a_stream_that_is_something_else_is_refused(
    empty_redis: Server, client: redis.Redis
) -> None:
    client.set("tiktok", "a string")

    with pytest.raises(BridgeError, match="stream 'tiktok' at redis://127") as refusal:
        open_notifier(empty_redis.url("stream=tiktok")).notify(make_event(1))

    assert "the key holds something else" in str(refusal.value)


def test_an_event_that_no_replica_confirms_is_not_delivered(
    empty_redis: Server,
) -> None:
    notifier = open_notifier(empty_redis.url("stream=tiktok&wait=1&timeout=1.2"))

    with pytest.raises(BridgeError, match="only 0 of 1 replicas") as refusal:
        notifier.notify(make_event(1))

    assert refusal.value.retryable


@pytest.mark.parametrize("count", [0, 1, 300])
def test_many_events_go_at_once_in_their_order(
    empty_redis: Server, client: redis.Redis, count: int
) -> None:
    events = [make_event(number) for number in range(count)]
    stream = open_notifier(empty_redis.url("stream=tiktok"))
    channel = open_notifier(empty_redis.url("channel=tiktok"))
    with client.pubsub() as listener:  # type: ignore[no-untyped-call] # as it is
        listener.subscribe("tiktok")
        listener.get_message(timeout=5)
        cast("BatchNotifier", stream).notify_all(events)
        cast("BatchNotifier", channel).notify_all(events)

        assert events_in(client) == events
        assert list(heard(listener)) == events
