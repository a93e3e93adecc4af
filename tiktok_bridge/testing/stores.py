"""Check that a token store keeps its promises."""
# ruff: noqa: D102, S101 - a test's name is its sentence, and assert is its tool

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from hashlib import shake_256
from typing import TYPE_CHECKING

import pytest

from tiktok_bridge.errors import BusyError, StoreError
from tiktok_bridge.testing.faults import UNDEFINED, BreakIt, error_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tiktok_bridge.hookspecs import TokenStore

    OpenStore = Callable[[], TokenStore]

SHORT = 0.1  #: seconds to wait for a lock that stays busy
LONG = 30.0  #: seconds to wait for a lock that becomes free

RECORDS = {
    "empty": b"",
    "every byte": bytes(range(256)) * 2,
    "line ends": b"one\r\ntwo\nthree\r",
    "one MiB": shake_256(b"record").digest(1 << 20),
}

STRANGE_NAMES = (
    *(".", "..", "../x", "/etc/passwd", "a/b", "a%2fb", "a\\b", "-rf", "~", "$HOME"),
    *("acme.lock", "acme.prev", "acme.tmp", "acme:lock", "{acme}", "acme*", "?", " "),
    *("ACME", "CON", "nul", "a b", "a\nb", "a\tb", "a\0b", "\xe9", "e\u0301"),
    *("\U0001f3ac", "\u202ex", "x" * 300, "x" * 299 + "y", "\U0001f3ac" * 90),
)
"""Account names that a medium could confuse, cut, or take for a path."""

ACTS: dict[str, Callable[[TokenStore], object]] = {
    "load": lambda store: store.load("acme"),
    "save": lambda store: store.save("acme", b"new"),
    "delete": lambda store: store.delete("acme"),
    "list": lambda store: store.accounts(),
    "lock": lambda store: _hold(store, 0),
}
"""What may be done with a store, once each."""


class TokenStoreContract:
    """Check a token store.

    Define `open_store`: a function that opens the same store anew at each call, as
    another process would. The store is empty when a test begins. Define `break_it` if
    you can: a function that returns a block in which nobody can use the medium, as when
    a server is away.
    """

    @pytest.fixture
    def break_it(self) -> BreakIt:
        pytest.skip(UNDEFINED)

    @pytest.fixture
    def store(self, open_store: OpenStore) -> TokenStore:
        return open_store()

    @pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS)
    def test_a_record_comes_back(self, record: bytes, store: TokenStore) -> None:
        store.save("acme", record)

        assert store.load("acme") == record

    def test_a_record_outlives_its_store(self, open_store: OpenStore) -> None:
        open_store().save("acme", b"record")

        assert open_store().load("acme") == b"record"

    def test_an_unknown_account_has_no_record(self, store: TokenStore) -> None:
        assert store.load("acme") is None

    def test_the_last_record_wins(self, store: TokenStore) -> None:
        for record in (b"the first, which is longer", b"second", b""):
            store.save("acme", record)

            assert store.load("acme") == record

    def test_only_the_deleted_account_is_gone(self, store: TokenStore) -> None:
        store.save("acme", b"record")
        store.save("other", b"stays")

        store.delete("acme")

        assert store.load("acme") is None
        assert store.accounts() == ["other"]

    def test_deleting_what_is_not_there_is_fine(self, store: TokenStore) -> None:
        store.delete("acme")
        store.save("acme", b"record")
        store.delete("acme")
        store.delete("acme")

        assert store.accounts() == []

    def test_a_deleted_account_can_come_back(self, store: TokenStore) -> None:
        for record in (b"old", b"new"):
            store.save("acme", record)

            assert store.load("acme") == record
            store.delete("acme")

    def test_accounts_are_sorted_and_named_once(self, store: TokenStore) -> None:
        assert store.accounts() == []

        for account in ("zoe", "acme", "Zoe", "mid-2", "mid-10", "acme"):
            store.save(account, b"record")

        assert store.accounts() == ["Zoe", "acme", "mid-10", "mid-2", "zoe"]

    @pytest.mark.parametrize("name", STRANGE_NAMES, ids=ascii)
    def test_a_strange_name_is_any_name(self, name: str, store: TokenStore) -> None:
        store.save("acme", b"acme's")
        with store.lock(name, timeout=LONG):
            store.save(name, b"its own")

        assert store.load(name) == b"its own"
        assert store.load("acme") == b"acme's"
        assert store.accounts() == sorted(["acme", name])

    def test_strange_names_are_kept_apart(self, store: TokenStore) -> None:
        records = {name: name.encode() for name in STRANGE_NAMES}
        for name, record in records.items():
            store.save(name, record)

        assert {name: store.load(name) for name in records} == records
        assert store.accounts() == sorted(records)

        for name in STRANGE_NAMES[::2]:
            store.delete(name)

        assert store.accounts() == sorted(STRANGE_NAMES[1::2])

    def test_a_lock_excludes_another_thread(self, store: TokenStore) -> None:
        with store.lock("acme", timeout=LONG), ThreadPoolExecutor(1) as thread:
            attempt = thread.submit(_hold, store, SHORT)

            assert isinstance(attempt.exception(), BusyError)

    @pytest.mark.parametrize("timeout", [SHORT, 0])
    def test_a_lock_excludes_another_opener_each_time(
        self, timeout: float, open_store: OpenStore
    ) -> None:
        with open_store().lock("acme", timeout=LONG):
            for _ in range(2):
                with pytest.raises(BusyError):
                    _hold(open_store(), timeout)

    def test_a_lock_is_free_after_use(self, open_store: OpenStore) -> None:
        for store in (one := open_store(), one, open_store()):
            with pytest.raises(LookupError), store.lock("acme", timeout=0):
                raise LookupError

    def test_a_lock_leaves_other_accounts_alone(self, store: TokenStore) -> None:
        with store.lock("acme", timeout=LONG), store.lock("other", timeout=SHORT):
            store.save("third", b"record")

        assert store.accounts() == ["third"]

    def test_a_locked_account_can_be_used(self, open_store: OpenStore) -> None:
        with open_store().lock("acme", timeout=LONG):
            open_store().save("acme", b"record")

            assert open_store().load("acme") == b"record"

    def test_a_deleted_account_stays_locked(self, open_store: OpenStore) -> None:
        open_store().save("acme", b"record")
        with open_store().lock("acme", timeout=LONG):
            open_store().delete("acme")

            with pytest.raises(BusyError):
                _hold(open_store(), 0)

    def test_no_update_is_lost_under_the_lock(self, open_store: OpenStore) -> None:
        open_store().save("acme", b"0")
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(_count_up, [open_store() for _ in range(20)]))

        assert open_store().load("acme") == b"20"

    def test_a_record_is_never_torn_by_its_writers(self, open_store: OpenStore) -> None:
        records = [bytes([number]) * (64 + 30_000 * number) for number in range(4)]
        open_store().save("acme", records[0])
        with ThreadPoolExecutor(len(records)) as threads:
            writers = [threads.submit(_save_often, open_store(), r) for r in records]
            seen = [open_store().load("acme")]
            while not all(writer.done() for writer in writers):
                seen.append(open_store().load("acme"))

        assert [writer.exception() for writer in writers] == [None] * len(records)
        assert [record for record in seen if record not in records] == []
        assert open_store().accounts() == ["acme"]

    @pytest.mark.parametrize("act", ACTS)
    def test_a_broken_medium_is_told_and_harms_no_record(
        self, act: str, open_store: OpenStore, break_it: BreakIt
    ) -> None:
        store = open_store()
        store.save("acme", b"old")
        with break_it():
            errors = [
                error_of(partial(ACTS[act], store)),
                error_of(lambda: ACTS[act](open_store())),
            ]
        left = {"save": (b"old", b"new"), "delete": (b"old", None)}

        assert [one for one in errors if not isinstance(one, StoreError)] == []
        assert open_store().load("acme") in left.get(act, (b"old",))
        with open_store().lock("acme", timeout=LONG):
            store.save("acme", b"newer")
        assert open_store().load("acme") == b"newer"


def _hold(store: TokenStore, timeout: float) -> None:
    with store.lock("acme", timeout=timeout):
        pass


def _count_up(store: TokenStore) -> None:
    with store.lock("acme", timeout=LONG):
        count = int(store.load("acme") or b"")
        store.save("acme", str(count + 1).encode())


def _save_often(store: TokenStore, record: bytes) -> None:
    for _ in range(10):
        store.save("acme", record)
