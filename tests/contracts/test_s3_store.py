"""The token store on S3."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tiktok_bridge import BusyError, StoreError
from tiktok_bridge.testing import HealthContract, RecoverableStoreContract
from tiktok_bridge_s3 import conditions, entries
from tiktok_bridge_s3.store import S3TokenStore
from tiktok_bridge_s3.urls import read_store_url

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from tests.s3 import S3

    BreakIt = Callable[[], AbstractContextManager[None]]

LEASE = 60.0


def open_at(s3: S3, **options: object) -> S3TokenStore:
    url = s3.url("state/tokens/", lease=LEASE, **options)
    return S3TokenStore(read_store_url(url))


@pytest.fixture
def store(s3: S3) -> S3TokenStore:
    """Return a store that holds acme's old record."""
    store = open_at(s3)
    store.save("acme", b"old")
    return store


class TestS3TokenStore(RecoverableStoreContract):
    @pytest.fixture
    def open_store(self, s3: S3) -> Callable[[], S3TokenStore]:
        return partial(open_at, s3)

    @pytest.fixture
    def break_it(self, s3: S3) -> BreakIt:
        return s3.closed


class TestS3TokenStoreHealth(HealthContract):
    @pytest.fixture
    def checkable(self, store: S3TokenStore) -> S3TokenStore:
        return store

    @pytest.fixture
    def snapshot(self, s3: S3) -> Callable[[], object]:
        return s3.content

    @pytest.fixture
    def break_it(self, s3: S3) -> BreakIt:
        return s3.closed


def test_what_is_known_without_writing_is_told(store: S3TokenStore, s3: S3) -> None:
    assert store.health().endswith("conditional writes: taken")
    fresh = open_at(s3).health()
    assert fresh.startswith("the bucket answers")
    assert fresh.endswith("conditional writes: tried before the first save")


def test_a_bucket_that_is_missing_is_not_well(s3: S3) -> None:
    url = s3.url("state/").replace(s3.bucket, "nowhere")

    with pytest.raises(StoreError, match="HeadBucket of 's3://nowhere/state/'"):
        S3TokenStore(read_store_url(url)).health()


# What is kept of a record that was replaced or damaged


def test_the_record_before_is_in_the_same_object_and_outlives_a_cut_off_end(
    store: S3TokenStore, s3: S3
) -> None:
    store.save("acme", b"new")
    key = "state/tokens/acme.account"
    s3.put(key, s3.get(key)[:-2])

    assert store.load("acme") == b"n"
    assert store.previous("acme") == b"old"


def test_an_object_without_a_record_before_is_read(s3: S3) -> None:
    entry = entries.Entry(record=b"record")
    assert b"previous" not in entries.pack("acme", entry)

    s3.put("state/tokens/acme.account", entries.pack("acme", entry))

    assert open_at(s3).load("acme") == b"record"
    assert open_at(s3).previous("acme") is None


def test_what_is_set_aside_is_an_object_until_the_account_is_deleted(
    store: S3TokenStore, s3: S3
) -> None:
    store.save("acmetoo", b"other")
    places = [store.set_aside(name) for name in ("acme", "acme", "acmetoo")]
    store.save("acme", b"new")
    places.append(store.set_aside("acme"))
    kept = [s3.get(place.removeprefix(f"s3://{s3.bucket}/")) for place in places]
    store.delete("acme")

    assert kept == [b"old", b"old", b"other", b"new"]
    left = [name for name in s3.names() if name.endswith(".damaged")]
    assert left == [places[2].removeprefix(f"s3://{s3.bucket}/")]


def test_who_has_lost_the_lock_keeps_what_was_set_aside(
    store: S3TokenStore, s3: S3
) -> None:
    paused = open_at(s3)
    with paused.lock("acme", timeout=0):
        paused.set_aside("acme")
        s3.proxy.seconds_ahead = LEASE + 3
        with store.lock("acme", timeout=0), pytest.raises(StoreError):
            paused.delete("acme")

    assert any(name.endswith(".damaged") for name in s3.names())


@pytest.mark.parametrize("said", ['"x"', "-1", "null", "1.5"])
def test_an_object_whose_lengths_are_wrong_is_damaged(
    said: str, store: S3TokenStore, s3: S3
) -> None:
    content = entries.pack("acme", entries.Entry(record=b"new", previous=b"old"))
    line, rest = content[: entries.LINE], content[entries.LINE :]
    wrong = line.replace(b'"previous_bytes": 3', f'"previous_bytes": {said}'.encode())
    s3.put("state/tokens/acme.account", wrong.rstrip().ljust(511) + b"\n" + rest)

    with pytest.raises(StoreError, match="damaged"):
        store.load("acme")


# What is in the bucket


def test_an_account_is_one_object_whose_name_can_be_read(
    store: S3TokenStore, s3: S3
) -> None:
    store.save("Acme.shop", b"other")
    with store.lock("acme", timeout=0):
        store.save("acme", b"new")

    assert s3.names() == [
        "state/tokens/!41cme!2eshop.account",
        "state/tokens/.conditional-writes",
        "state/tokens/acme.account",
    ]
    assert s3.get("state/tokens/acme.account").endswith(b"acme\noldnew")


def test_looking_writes_nothing(s3: S3) -> None:
    store = open_at(s3)

    assert store.load("acme") is None
    assert store.accounts() == []
    assert s3.sent("PUT") == []


def test_deleting_what_is_not_there_writes_nothing(store: S3TokenStore, s3: S3) -> None:
    before = s3.names()

    store.delete("nobody")

    assert s3.names() == before


@pytest.mark.parametrize("account", ["", "\ud800", "a\udcff", "x" * 10_000], ids=ascii)
def test_what_is_no_proper_name_is_one_too(account: str, store: S3TokenStore) -> None:
    store.save(account, b"")

    assert store.load(account) == b""
    assert store.accounts() == sorted([account, "acme"])


def test_objects_of_others_are_no_accounts(store: S3TokenStore, s3: S3) -> None:
    for name in ("README", "Acme.account", "!zz.account", "!ff.account", "a/b.account"):
        s3.put(f"state/tokens/{name}", b"x" * 1000)
    s3.put("state/tokens-old/acme2.account", b"x" * 1000)

    assert store.accounts() == ["acme"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"{}",
        b"[" * 9_000,
        entries.pack("acme", entries.Entry())[:511],
        entries.pack("acme", entries.Entry())[:514],
        entries.pack("other", entries.Entry()),
    ],
)
def test_a_damaged_or_moved_object_is_refused_and_stays(
    content: bytes, store: S3TokenStore, s3: S3
) -> None:
    s3.put("state/tokens/acme.account", content)

    for act in (store.load, store.delete, partial(store.save, record=b"new")):
        with pytest.raises(StoreError, match=r"acme\.account'"):
            act("acme")
    with pytest.raises(StoreError), store.lock("acme", timeout=0):
        pass

    assert s3.get("state/tokens/acme.account") == content


def test_an_object_that_is_too_large_is_not_read(store: S3TokenStore, s3: S3) -> None:
    s3.put("state/tokens/acme.account", b" " * (17 << 20))

    with pytest.raises(StoreError, match="too large"):
        store.load("acme")

    assert s3.proxy.sent_bytes < 16 << 20


def test_a_damaged_long_name_is_told(store: S3TokenStore, s3: S3) -> None:
    store.save("x" * 300, b"")
    key = next(key for key in s3.names() if "xxx" in key)
    s3.put(key, b"x" * 900)

    with pytest.raises(StoreError, match="damaged"):
        store.accounts()


# Locks that end, and fencing


def test_a_dead_holder_is_waited_for_until_its_lease_ends(s3: S3) -> None:
    dead = open_at(s3).lock("acme", timeout=0)
    dead.__enter__()

    s3.proxy.seconds_ahead = LEASE
    with (
        pytest.raises(BusyError, match=r"held by process \d+ on .* UTC"),
        open_at(s3).lock("acme", timeout=0),
    ):
        pass

    s3.proxy.seconds_ahead = LEASE + 3
    with open_at(s3).lock("acme", timeout=0):
        open_at(s3).save("acme", b"new")

    assert open_at(s3).load("acme") == b"new"


def test_the_clock_of_this_machine_ends_no_lease(
    s3: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_at(s3).lock("acme", timeout=0):
        monkeypatch.setattr("time.time", lambda: 4e9)

        with pytest.raises(BusyError), open_at(s3).lock("acme", timeout=0):
            pass


def test_who_was_paused_beyond_the_lease_writes_nothing(
    store: S3TokenStore, s3: S3
) -> None:
    paused = open_at(s3)
    with paused.lock("acme", timeout=0):
        assert paused.load("acme") == b"old"
        s3.proxy.seconds_ahead = LEASE + 3
        with store.lock("acme", timeout=0):
            for act in (
                paused.load,
                paused.delete,
                partial(paused.save, record=b"stale"),
            ):
                with pytest.raises(StoreError, match="somebody else has taken it"):
                    act("acme")
            store.save("acme", b"new")
        with pytest.raises(StoreError, match="nothing was written"):
            paused.save("acme", b"stale")

    assert store.load("acme") == b"new"


def test_who_was_paused_does_not_free_the_lock_of_the_next(
    store: S3TokenStore, s3: S3
) -> None:
    paused = open_at(s3).lock("acme", timeout=0)
    paused.__enter__()
    s3.proxy.seconds_ahead = LEASE + 3
    with store.lock("acme", timeout=0):
        paused.__exit__(None, None, None)

        with pytest.raises(BusyError), open_at(s3).lock("acme", timeout=0):
            pass


def test_a_lock_that_ended_and_nobody_took_is_still_good(
    store: S3TokenStore, s3: S3
) -> None:
    with store.lock("acme", timeout=0):
        s3.proxy.seconds_ahead = 10 * LEASE
        store.save("acme", b"new")

    assert store.load("acme") == b"new"


def test_a_thread_that_lost_its_lock_does_not_use_that_of_another(
    store: S3TokenStore, s3: S3
) -> None:
    errors: list[str] = []
    first, second = threading.Event(), threading.Event()

    def lose() -> None:
        with store.lock("acme", timeout=0):
            first.set()
            second.wait(20)
            try:
                store.save("acme", b"stale")
            except StoreError as error:
                errors.append(error.message)

    thread = threading.Thread(target=lose)
    thread.start()
    assert first.wait(20)
    s3.proxy.seconds_ahead = LEASE + 3
    with store.lock("acme", timeout=0):
        second.set()
        thread.join()
        store.save("acme", b"new")

    assert len(errors) == 1
    assert store.load("acme") == b"new"


def test_the_fence_only_grows(store: S3TokenStore, s3: S3) -> None:
    fences = []
    for _ in range(3):
        with store.lock("acme", timeout=0):
            store.delete("acme")
        content = s3.get("state/tokens/acme.account")
        fences.append(entries.unpack("acme", content).fence)

    assert fences == [1, 2, 3]


def test_the_same_record_again_is_another_object(store: S3TokenStore, s3: S3) -> None:
    key = "state/tokens/acme.account"
    etag = s3.client.head_object(Bucket=s3.bucket, Key=key)["ETag"]

    store.save("acme", b"old")

    assert s3.client.head_object(Bucket=s3.bucket, Key=key)["ETag"] != etag


def test_a_write_without_the_lock_leaves_it_to_its_holder(
    store: S3TokenStore, s3: S3
) -> None:
    with store.lock("acme", timeout=0):
        open_at(s3).save("acme", b"of another")
        store.save("acme", b"new")

        with pytest.raises(BusyError), open_at(s3).lock("acme", timeout=0):
            pass

    assert store.load("acme") == b"new"


# Answers that are lost


@pytest.mark.parametrize("act", ["save", "lock"])
def test_a_write_whose_answer_was_lost_counts_as_ours(
    act: str, store: S3TokenStore, s3: S3
) -> None:
    s3.fail("PUT", lose=True)
    if act == "save":
        store.save("acme", b"new")
    else:
        with store.lock("acme", timeout=0):
            store.save("acme", b"new")

    assert store.load("acme") == b"new"
    with open_at(s3).lock("acme", timeout=0):
        pass


def test_who_holds_the_lock_waits_for_a_server_that_comes_back(s3: S3) -> None:
    slept: list[float] = []
    store = open_at(s3)
    store.save("acme", b"old")
    store = S3TokenStore(
        read_store_url(s3.url("state/tokens/")), clock=lambda: 0, sleep=slept.append
    )
    with store.lock("acme", timeout=0):
        s3.fail("PUT", times=10, status=503, code="SlowDown")
        store.save("acme", b"renewed")

    assert open_at(s3).load("acme") == b"renewed"
    assert slept == [1.0]


def test_who_holds_the_lock_waits_for_half_the_lease(s3: S3) -> None:
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += 10 * seconds

    place = read_store_url(s3.url("state/tokens/", lease=40, timeout=1))
    store = S3TokenStore(place, clock=lambda: now[0], sleep=sleep)
    with store.lock("acme", timeout=0):
        s3.proxy.forbidden = "PUT"
        s3.proxy.forbidden_status = 503
        with pytest.raises(StoreError, match="busy or broken"):
            store.save("acme", b"renewed")
        s3.proxy.forbidden = ""

    assert now == [20.0]


@pytest.mark.parametrize("code", ["ConditionalRequestConflict", "PreconditionFailed"])
def test_a_write_that_meets_another_is_tried_again(
    code: str, store: S3TokenStore, s3: S3
) -> None:
    s3.fail("PUT", status=409, code=code)

    store.save("acme", b"new")

    assert store.load("acme") == b"new"


def test_an_unlock_that_fails_is_left_to_the_lease(store: S3TokenStore, s3: S3) -> None:
    with store.lock("acme", timeout=0):
        store.save("acme", b"new")
        s3.fail("PUT", status=403, code="AccessDenied")

    assert store.load("acme") == b"new"
    with pytest.raises(BusyError), open_at(s3).lock("acme", timeout=0):
        pass


def test_who_could_not_unlock_does_so_before_locking_again(
    store: S3TokenStore, s3: S3
) -> None:
    with store.lock("acme", timeout=0):
        s3.fail("PUT", status=403, code="AccessDenied")

    with store.lock("acme", timeout=0):
        pass
    with open_at(s3).lock("acme", timeout=0):
        pass


def test_a_bucket_that_is_gone_is_no_empty_store(s3: S3) -> None:
    s3.client.delete_bucket(Bucket=s3.bucket)
    store = open_at(s3)

    for act in (store.accounts, partial(store.load, "acme")):
        with pytest.raises(StoreError, match="the bucket is not there"):
            act()


# Servers without conditional writes


def test_a_server_that_ignores_conditions_is_refused_before_anything_is_kept(
    s3: S3,
) -> None:
    s3.proxy.has_conditions = False
    store = open_at(s3)

    for _ in range(2):
        with pytest.raises(StoreError, match="conditional writes") as refusal:
            store.save("acme", b"new")
        with pytest.raises(StoreError), store.lock("acme", timeout=0):
            pass

    assert "file:state/tokens" in str(refusal.value.hint)
    assert s3.names() == ["state/tokens/" + conditions.MARKER]


def test_a_server_that_does_half_of_it_is_refused(s3: S3) -> None:
    store = open_at(s3)
    store.save("acme", b"old")
    store = open_at(s3)
    s3.fail("PUT", status=412, code="PreconditionFailed")
    s3.fail("PUT", status=200)

    with pytest.raises(StoreError, match="If-Match"):
        store.save("acme", b"new")

    assert store.load("acme") == b"old"


@pytest.mark.parametrize("status", [400, 501])
def test_a_server_that_does_not_know_conditions_is_refused(status: int, s3: S3) -> None:
    s3.fail("PUT", status=status, code="NotImplemented")

    with pytest.raises(StoreError, match="conditional writes"):
        open_at(s3).save("acme", b"new")


def test_a_store_asks_once(s3: S3) -> None:
    open_at(s3).save("acme", b"old")
    s3.proxy.requests.clear()
    store = open_at(s3)
    for _ in range(3):
        store.save("acme", b"new")

    marked = [one for one in s3.sent("PUT") if conditions.MARKER in one.path]
    assert len(marked) == 3


def test_a_server_that_wants_etags_without_quotes_gets_them(s3: S3) -> None:
    store = open_at(s3)
    s3.proxy.has_quotes = False
    store.save("acme", b"old")
    store.save("acme", b"new")

    assert store.load("acme") == b"new"
    assert '"' not in s3.sent("PUT")[-1].headers["If-Match"]


def test_a_server_that_refuses_what_holds_is_given_up(
    store: S3TokenStore, s3: S3
) -> None:
    s3.fail("PUT", times=3, status=412, code="PreconditionFailed")

    with pytest.raises(StoreError, match="PreconditionFailed"):
        store.save("acme", b"new")


def test_a_server_whose_every_write_fails_is_given_up(
    store: S3TokenStore, s3: S3
) -> None:
    s3.fail("PUT", times=9, status=500, code="UnknownError")

    with pytest.raises(StoreError, match="busy or broken") as error:
        store.save("acme", b"new")

    assert error.value.retryable


def test_a_fault_of_the_server_that_was_a_lost_race_is_one(
    store: S3TokenStore, s3: S3
) -> None:
    other = open_at(s3)
    other.save("zoe", b"to be ready")
    s3.fail("PUT", times=2, status=500, code="UnknownError")
    s3.fail("PUT", status=500, first=lambda: other.save("acme", b"of another"))

    store.save("acme", b"new")

    assert store.load("acme") == b"new"
