"""The token store on Redis."""

from __future__ import annotations

import os
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from tests.contracts.redis_cells import (
    content_of,
    create_users,
    locked_out,
    login,
    open_store,
)
from tests.redis_server import running
from tiktok_bridge import BusyError, StoreError
from tiktok_bridge.testing import HealthContract, RecoverableStoreContract

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    import redis

    from tests.redis_server import Server
    from tiktok_bridge_redis.store import RedisTokenStore

    BreakIt = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def url(empty_redis: Server) -> str:
    return empty_redis.url()


@pytest.fixture
def store(url: str) -> RedisTokenStore:
    return open_store(url)


@pytest.fixture
def client(empty_redis: Server) -> Iterator[redis.Redis]:
    with empty_redis.client() as client:
        yield client


class TestRedisTokenStore(RecoverableStoreContract):
    """With the rights that the README gives, and no others."""

    @pytest.fixture
    def open_store(self, empty_redis: Server) -> Callable[[], RedisTokenStore]:
        create_users(empty_redis)
        return partial(open_store, empty_redis.url(login=login("tokens")))

    @pytest.fixture
    def break_it(self, empty_redis: Server) -> BreakIt:
        return lambda: locked_out(empty_redis, "tokens")


class TestRedisTokenStoreHealth(HealthContract):
    """With the rights that the README gives, and no others."""

    @pytest.fixture
    def checkable(self, empty_redis: Server) -> RedisTokenStore:
        create_users(empty_redis)
        store = open_store(empty_redis.url(login=login("tokens")))
        store.save("acme", b"record")
        return store

    @pytest.fixture
    def snapshot(self, empty_redis: Server) -> Callable[[], object]:
        return lambda: content_of(empty_redis)

    @pytest.fixture
    def break_it(self, empty_redis: Server) -> BreakIt:
        return lambda: locked_out(empty_redis, "tokens")


def test_what_a_server_keeps_over_a_restart_is_told(redis_program: str) -> None:
    with running("--appendonly", "yes", program=redis_program) as server:
        durable = open_store(server.url()).health()
    with running(program=redis_program) as server:
        forgetful = open_store(server.url()).health()

    assert "master; maxmemory-policy noeviction; appendonly yes; " in durable
    assert re.search(r"its clock is [+-]0\.\d s from ours$", durable)
    assert "appendonly no: a restart loses what was kept since" in forgetful


def test_nothing_is_created_before_the_first_save(
    store: RedisTokenStore, client: redis.Redis
) -> None:
    store.load("acme")
    store.accounts()
    store.delete("acme")

    assert client.dbsize() == 0


def test_what_a_store_keeps_never_expires(
    store: RedisTokenStore, client: redis.Redis
) -> None:
    for account in ("acme", "other"):
        with store.lock(account, timeout=0):
            store.save(account, b"record")
            store.save(account, b"record")
            store.set_aside(account)

            names = list(client.scan_iter())
            assert {b"tiktok-bridge:locks", b"tiktok-bridge:records"} < set(names)
            assert {client.ttl(name) for name in names} == {-1}


def test_two_prefixes_are_two_stores(url: str) -> None:
    one, other = open_store(f"{url}?prefix=a"), open_store(f"{url}?prefix=b")
    one.save("acme", b"of a")

    with one.lock("acme", timeout=0), other.lock("acme", timeout=0):
        assert other.accounts() == []


@pytest.mark.parametrize("account", ["", "\ud800", "a\udcff", "x" * 100_000], ids=len)
def test_even_what_is_no_text_is_a_name(store: RedisTokenStore, account: str) -> None:
    with store.lock(account, timeout=0):
        store.save(account, b"record")

    assert store.load(account) == b"record"
    assert store.accounts() == [account]


def test_what_is_no_name_of_ours_is_no_account(
    store: RedisTokenStore, client: redis.Redis
) -> None:
    client.hset("tiktok-bridge:records", b"\xff", b"of another program")

    assert store.accounts() == []


# What is kept of a record that was replaced or damaged


def test_the_record_before_is_kept_until_the_account_is_deleted(
    store: RedisTokenStore,
) -> None:
    seen = [store.previous("acme")]
    for record in (b"one", b"two", b"two"):
        store.save("acme", record)
        seen.append(store.previous("acme"))
    store.delete("acme")

    assert seen == [None, None, b"one", b"two"]
    assert store.previous("acme") is None


def test_what_is_set_aside_stays_until_the_account_is_deleted(
    store: RedisTokenStore, client: redis.Redis
) -> None:
    places = []
    for record in (b"one", b"two", b"two"):
        store.save("acme", record)
        places.append(store.set_aside("acme"))
    kept: Any = client.hgetall("tiktok-bridge:aside:acme")
    accounts = store.accounts()
    store.delete("acme")

    assert sorted(kept.values()) == [b"one", b"two"]
    assert len(set(places)) == 2
    assert places[0].startswith("'tiktok-bridge:aside:acme' ")
    assert accounts == ["acme"]
    assert [key for key in client.scan_iter() if b"lock" not in key] == []


def test_without_a_record_nothing_is_set_aside(store: RedisTokenStore) -> None:
    with pytest.raises(StoreError, match="it has no record"):
        store.set_aside("acme")


def test_the_place_of_a_record_is_named_without_a_password(url: str) -> None:
    store = open_store(url.replace("//", "//me:hunter2@"))

    assert store.where("acme") == f"tiktok-bridge:records 'acme' at {url}"


# The lock


def test_a_lock_is_free_when_the_lease_of_its_holder_has_ended(url: str) -> None:
    dead = open_store(f"{url}?lease=0.3")
    lock = dead.lock("acme", timeout=0)
    lock.__enter__()
    store = open_store(url)

    with pytest.raises(BusyError) as busy, store.lock("acme", timeout=0):
        pytest.fail("the lock was given")
    with store.lock("acme", timeout=5):
        pass

    assert "it is free in 0 s" in str(busy.value.hint)


def test_a_busy_lock_says_when_it_is_free_at_the_latest(url: str) -> None:
    with (
        open_store(f"{url}?lease=50").lock("acme", timeout=0),
        pytest.raises(BusyError, match="'acme' at redis://127") as busy,
        open_store(url).lock("acme", timeout=0),
    ):
        pytest.fail("the lock was given")

    assert "it is free in 50 s" in str(busy.value.hint)


def test_a_save_begins_the_lease_anew(url: str, client: redis.Redis) -> None:
    def ends() -> int:
        text = client.hget("tiktok-bridge:locks", "acme")
        assert isinstance(text, bytes)
        return int(text.rpartition(b":")[2])

    store = open_store(f"{url}?lease=50")
    with store.lock("acme", timeout=0):
        before = ends()
        threading.Event().wait(0.02)
        store.save("acme", b"record")

        assert before < ends() < before + 50_000
    assert ends() == 0


def test_the_number_of_a_lock_only_grows(
    store: RedisTokenStore, client: redis.Redis
) -> None:
    numbers = []
    for is_used in (True, False, False, True):
        with store.lock("acme", timeout=0):
            if is_used:
                store.save("acme", b"record")
                store.delete("acme")
        text = client.hget("tiktok-bridge:locks", "acme")
        assert isinstance(text, bytes)
        numbers.append(int(text.partition(b":")[0]))

    assert numbers == [1, 2, 3, 4]


@pytest.mark.parametrize("is_over", [True, False], ids=["over", "still held"])
@pytest.mark.parametrize("act", ["save", "delete"])
def test_who_has_lost_the_lock_changes_nothing(
    url: str, act: str, *, is_over: bool
) -> None:
    late, other = open_store(f"{url}?lease=0.05"), open_store(url)
    with late.lock("acme", timeout=0):
        rival = other.lock("acme", timeout=5)
        rival.__enter__()
        other.save("acme", b"newer")
        if is_over:
            rival.__exit__(None, None, None)

        with pytest.raises(StoreError, match="given the lock meanwhile") as refusal:
            late.save("acme", b"stale") if act == "save" else late.delete("acme")

    assert other.load("acme") == b"newer"
    assert refusal.value.retryable
    assert "nothing was changed" in str(refusal.value.hint)
    if not is_over:
        with pytest.raises(BusyError), open_store(url).lock("acme", timeout=0):
            pytest.fail("the late one has unlocked what is not its own")


def test_a_lease_that_has_ended_is_no_loss_if_nobody_came(url: str) -> None:
    store = open_store(f"{url}?lease=0.05")
    with store.lock("acme", timeout=0):
        threading.Event().wait(0.1)
        store.save("acme", b"record")

    assert store.load("acme") == b"record"


def test_a_save_by_a_thread_that_holds_nothing_is_no_save_of_the_holder(
    url: str,
) -> None:
    late, other = open_store(f"{url}?lease=0.05"), open_store(url)
    with late.lock("acme", timeout=0), other.lock("acme", timeout=5):
        with ThreadPoolExecutor(1) as thread:
            thread.submit(late.save, "acme", b"without a lock").result()

        with pytest.raises(StoreError):
            late.save("acme", b"stale")

    assert other.load("acme") == b"without a lock"


def test_a_thread_that_locks_twice_is_told_at_once(store: RedisTokenStore) -> None:
    with store.lock("acme", timeout=0):
        with (
            pytest.raises(BusyError, match="this thread has locked"),
            store.lock("acme", timeout=30),
        ):
            pytest.fail("the lock was given twice")
        store.save("acme", b"record")

    with store.lock("acme", timeout=0):
        pass


def test_a_lock_that_was_asked_for_twice_is_the_same(
    store: RedisTokenStore, client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer to the first request was lost, so the library asks again."""
    server = store._server  # noqa: SLF001 - nothing else can lose an answer
    ask = server.write

    def ask_twice(*args: object, **kwargs: object) -> object:
        ask(*args, **kwargs)  # type: ignore[arg-type] # as they came
        return ask(*args, **kwargs)  # type: ignore[arg-type] # as they came

    monkeypatch.setattr(server, "write", ask_twice)
    with store.lock("acme", timeout=0):
        store.save("acme", b"record")

    text = client.hget("tiktok-bridge:locks", "acme")
    assert isinstance(text, bytes)
    assert text.startswith(b"1:")


def test_a_damaged_lock_is_refused(store: RedisTokenStore, client: redis.Redis) -> None:
    client.hset("tiktok-bridge:locks", "acme", "of another program")

    with (
        pytest.raises(StoreError, match=r"the lock of the account is damaged$"),
        store.lock("acme", timeout=0),
    ):
        pytest.fail("the lock was given")


def test_a_holder_that_is_stopped_overwrites_nothing(url: str) -> None:
    """The system stops its whole process: nothing of it can renew the lease."""
    held, ready = os.pipe()
    child = os.fork()
    if not child:
        status = 1
        try:
            status = hold_and_be_stopped(f"{url}?lease=0.2", ready)
        finally:
            os._exit(status)
    os.read(held, 1)
    os.kill(child, 19)
    store = open_store(url)
    with store.lock("acme", timeout=5):
        store.save("acme", b"newer")
    os.kill(child, 18)
    ended = os.waitpid(child, 0)[1]
    os.close(held)
    os.close(ready)

    assert os.waitstatus_to_exitcode(ended) == 7, "its save was refused"
    assert store.load("acme") == b"newer"


def hold_and_be_stopped(url: str, ready: int) -> int:
    store = open_store(url)
    with store.lock("acme", timeout=0):
        os.write(ready, b"!")
        threading.Event().wait(0.5)
        try:
            store.save("acme", b"stale")
        except StoreError:
            return 7
    return 1


# What the server is


@pytest.mark.parametrize("policy", ["allkeys-lru", "allkeys-random"])
def test_a_server_that_may_delete_tokens_is_refused(
    redis_program: str, policy: str
) -> None:
    options = ("--maxmemory", "100mb", "--maxmemory-policy", policy)
    with running(*options, program=redis_program) as server:
        store = open_store(server.url())

        with pytest.raises(StoreError, match=policy) as refusal:
            store.save("acme", b"record")
        with pytest.raises(StoreError), store.lock("acme", timeout=0):
            pytest.fail("the lock was given")
        with pytest.raises(StoreError, match=policy):
            open_store(server.url()).health()

    assert not refusal.value.retryable


def test_a_server_that_evicts_only_what_expires_keeps_tokens(
    redis_program: str,
) -> None:
    options = ("--maxmemory", "100mb", "--maxmemory-policy", "volatile-lru")
    with running(*options, program=redis_program) as server:
        open_store(server.url()).save("acme", b"record")


def test_without_the_replicas_that_are_asked_for_nothing_is_locked_or_kept(
    empty_redis: Server, client: redis.Redis
) -> None:
    store = open_store(empty_redis.url("wait=1&timeout=1.2"), patience=0)

    with (
        pytest.raises(StoreError, match="only 0 of 1 replicas have confirmed") as few,
        store.lock("acme", timeout=0),
    ):
        pytest.fail("the lock was given")
    with pytest.raises(StoreError, match="only 0 of 1 replicas"):
        store.save("acme", b"record")

    assert few.value.retryable
    text = client.hget("tiktok-bridge:locks", "acme")
    assert isinstance(text, bytes)
    assert text.endswith(b":0"), "it was unlocked again"


def test_a_save_that_a_replica_has_confirmed_is_there(redis_program: str) -> None:
    with running(program=redis_program) as server:
        replicaof = ("--replicaof", "127.0.0.1", str(server.port))
        with running(*replicaof, program=redis_program) as replica:
            store = open_store(server.url("wait=1"))
            with store.lock("acme", timeout=20):
                store.save("acme", b"record")
            server.kill()

            assert open_store(replica.url()).load("acme") == b"record"
