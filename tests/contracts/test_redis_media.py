"""Media from Redis."""

from __future__ import annotations

import gc
import os
import tracemalloc
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

import pytest

from tests.contracts.redis_cells import (
    content_of,
    create_users,
    locked_out,
    login,
    open_media,
)
from tests.redis_server import running
from tiktok_bridge import MediaError
from tiktok_bridge.testing import (
    CONTENT,
    MIB,
    OTHER_CONTENT,
    SIZE,
    HealthContract,
    MediaSourceContract,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    import redis

    from tests.redis_server import Server
    from tiktok_bridge import Checkable, MediaSource

    BreakIt = Callable[[], AbstractContextManager[None]]

KEY = "clips/a clip.mp4"


class RedisPlace:
    """Set a key as a program does that puts videos there."""

    def __init__(self, server: Server, key: str = KEY) -> None:
        self.server = server
        self.key = key

    def put(self, content: bytes) -> None:
        with self.server.client() as client:
            client.set(self.key, content)

    def remove(self) -> None:
        with self.server.client() as client:
            client.delete(self.key)

    def open(self) -> MediaSource:
        query = f"key={quote(self.key)}"
        return open_media(self.server.url(query, login=login("media")))


class TestRedisMedia(MediaSourceContract):
    """With the rights that the README gives, and no others."""

    @pytest.fixture
    def place(self, empty_redis: Server) -> RedisPlace:
        create_users(empty_redis)
        return RedisPlace(empty_redis)

    @pytest.fixture
    def place_of(self, empty_redis: Server) -> Callable[[str], RedisPlace]:
        create_users(empty_redis)
        return lambda name: RedisPlace(empty_redis, f"clips/{name}")

    @pytest.fixture
    def break_it(self, empty_redis: Server) -> BreakIt:
        return lambda: locked_out(empty_redis, "media")


class TestRedisMediaHealth(HealthContract):
    """With the rights that the README gives, and no others."""

    @pytest.fixture
    def checkable(self, empty_redis: Server) -> Checkable:
        create_users(empty_redis)
        place = RedisPlace(empty_redis)
        place.put(CONTENT)
        return cast("Checkable", place.open())

    @pytest.fixture
    def snapshot(self, empty_redis: Server) -> Callable[[], object]:
        return lambda: content_of(empty_redis)

    @pytest.fixture
    def break_it(self, empty_redis: Server) -> BreakIt:
        return lambda: locked_out(empty_redis, "media")


def test_a_key_that_is_missing_is_not_well(empty_redis: Server) -> None:
    media: Any = open_media(empty_redis.url("key=nothing"))

    with pytest.raises(MediaError, match="there is no such key"):
        media.health()


@pytest.fixture
def client(empty_redis: Server) -> Iterator[redis.Redis]:
    with empty_redis.client() as client:
        client.set(KEY, CONTENT)
        yield client


@pytest.fixture
def source(empty_redis: Server, client: redis.Redis) -> MediaSource:
    assert client.ping()
    return open_media(empty_redis.url("key=clips/a%20clip.mp4"))


def read(source: MediaSource, start: int = 0, stop: int = SIZE) -> bytes:
    return b"".join(map(bytes, source.read(start, stop)))


@pytest.mark.parametrize(
    ("key", "content_type"),
    [
        ("a.mp4", "video/mp4"),
        ("a:b.MOV", "video/quicktime"),
        ("a", None),
        ("mp4", None),
    ],
)
def test_the_type_is_what_the_key_claims(
    empty_redis: Server, key: str, content_type: str | None
) -> None:
    with empty_redis.client() as client:
        client.set(key, b"")

    stat = open_media(empty_redis.url(f"key={key}")).stat()
    assert stat.content_type == content_type


def test_a_key_is_any_bytes(empty_redis: Server, client: redis.Redis) -> None:
    client.set(b"\xff&?\0", b"content")

    assert read(open_media(empty_redis.url("key=%FF%26%3F%00")), 0, 7) == b"content"


@pytest.mark.parametrize("start", [0, 1, MIB - 1, MIB, MIB + 1, 2 * MIB, SIZE - 1])
@pytest.mark.parametrize("length", [1, 2, MIB - 1, MIB, MIB + 1, SIZE])
def test_any_range_is_that_part_in_whole_pieces(
    source: MediaSource, start: int, length: int
) -> None:
    stop = min(start + length, SIZE)
    pieces = [bytes(piece) for piece in source.read(start, stop)]

    assert b"".join(pieces) == CONTENT[start:stop]
    assert {len(piece) for piece in pieces[:-1]} <= {MIB}


def test_a_read_that_starts_anywhere_reads_no_block_twice(
    source: MediaSource, client: redis.Redis
) -> None:
    source.stat()
    client.config_resetstat()

    read(source, 9, SIZE)

    assert client.info("commandstats")["cmdstat_getrange"]["calls"] == 3


@pytest.mark.parametrize("size", [0, 1, MIB, 4 * MIB - 1, 4 * MIB, 4 * MIB + 1])
def test_every_size_is_hashed_to_its_end(
    empty_redis: Server, client: redis.Redis, size: int
) -> None:
    client.set("a", bytes(size))
    version = open_media(empty_redis.url("key=a")).stat().version
    if size:
        client.setrange("a", size - 1, b"x")

    assert read(open_media(empty_redis.url("key=a")), 0, size)[: size - 1] == bytes(
        max(size - 1, 0)
    )
    assert (open_media(empty_redis.url("key=a")).stat().version == version) == (
        not size
    )


def grow(client: redis.Redis) -> None:
    client.append(KEY, b"x")


def shrink(client: redis.Redis) -> None:
    client.set(KEY, CONTENT[:-1])


def overwrite(client: redis.Redis) -> None:
    client.setrange(KEY, SIZE - 1, bytes([CONTENT[-1] ^ 1]))


def replace(client: redis.Redis) -> None:
    client.set(KEY, OTHER_CONTENT)


def remove(client: redis.Redis) -> None:
    client.delete(KEY)


CHANGES = [
    (grow, f"its size went from {SIZE} to {SIZE + 1}"),
    (shrink, f"its size went from {SIZE} to {SIZE - 1}"),
    (overwrite, "it was written to"),
    (replace, "it was written to"),
    (remove, f"its size went from {SIZE} to 0"),
]


@pytest.mark.parametrize(("change", "words"), CHANGES)
def test_what_has_changed_since_stat_is_named(
    source: MediaSource,
    client: redis.Redis,
    change: Callable[[redis.Redis], None],
    words: str,
) -> None:
    source.stat()
    change(client)

    with pytest.raises(MediaError, match=words) as refusal:
        read(source)

    assert f"{KEY!r} at redis://127.0.0.1:" in refusal.value.message
    assert refusal.value.hint is not None
    assert not refusal.value.retryable


@pytest.mark.parametrize(("change", "words"), CHANGES)
def test_a_change_during_a_read_is_noticed_before_the_last_piece(
    source: MediaSource,
    client: redis.Redis,
    change: Callable[[redis.Redis], None],
    words: str,
) -> None:
    pieces = source.read(0, SIZE)
    seen = [bytes(next(iter(pieces)))]
    change(client)

    with pytest.raises(MediaError, match=words):
        seen.extend(bytes(piece) for piece in pieces)

    assert CONTENT.startswith(b"".join(seen))
    assert len(seen) < 3


@pytest.mark.parametrize("at", range(0, SIZE, MIB // 3))
def test_a_byte_that_changes_anywhere_is_never_handed_out(
    source: MediaSource, client: redis.Redis, at: int
) -> None:
    source.stat()
    client.setrange(KEY, at, bytes([CONTENT[at] ^ 1]))
    seen: list[bytes] = []
    with pytest.raises(MediaError, match="was written to"):
        seen.extend(bytes(piece) for piece in source.read(0, SIZE))

    assert b"".join(seen) == CONTENT[: at // MIB * MIB]


def test_a_value_that_changes_while_it_is_hashed_is_refused(
    empty_redis: Server, client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.set("a", bytes(9 * MIB))
    source = open_media(empty_redis.url("key=a"))
    server = source._server  # type: ignore[attr-defined] # noqa: SLF001 - to come in between
    run = server.run

    def run_and_grow(*args: object) -> object:
        reply = run(*args)
        client.append("a", b"x")
        return reply

    monkeypatch.setattr(server, "run", run_and_grow)

    with pytest.raises(MediaError, match="its size went from 9437184 to 9437185"):
        source.stat()


@pytest.mark.parametrize(
    ("start", "stop"), [(0, SIZE + 1), (SIZE, SIZE + 1), (SIZE + 5, SIZE + 9), (-1, 1)]
)
def test_a_range_outside_of_the_value_is_refused(
    source: MediaSource, start: int, stop: int
) -> None:
    with pytest.raises(MediaError, match=f"it has {SIZE} bytes, not"):
        read(source, start, stop)


def test_what_is_no_string_is_refused(source: MediaSource, client: redis.Redis) -> None:
    client.delete(KEY)
    client.rpush(KEY, b"a list")

    with pytest.raises(MediaError, match="the key holds something else"):
        source.stat()


def test_a_big_value_needs_no_more_memory_than_a_small_one(
    redis_program: str,
) -> None:
    with running(program=redis_program) as server, server.client() as client:
        client.setrange("big", 64 * MIB - 1, b"x")
        source = open_media(server.url("key=big"))
        source.stat()
        tracemalloc.start()
        try:
            count = sum(map(len, source.read(0, 64 * MIB)))
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert count == 64 * MIB
    assert peak < 6 * MIB


def test_nothing_stays_open_when_a_source_is_dropped(empty_redis: Server) -> None:
    with empty_redis.client() as client:
        client.set("a.mp4", CONTENT)
    before = len(os.listdir("/dev/fd"))  # noqa: PTH208 - as few files as possible
    gc.disable()  # whoever reads ten thousand videos waits for no collection
    try:
        for _ in range(10):
            source = open_media(empty_redis.url("key=a.mp4"))
            next(iter(source.read(0, SIZE)))
        del source
    finally:
        gc.enable()

    assert len(os.listdir("/dev/fd")) == before  # noqa: PTH208 - as above
