"""Check that a token store lets a damaged record be named and read back."""
# ruff: noqa: D102, S101 - a test's name is its sentence, and assert is its tool

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tiktok_bridge.errors import StoreError
from tiktok_bridge.testing.faults import BreakIt, error_of
from tiktok_bridge.testing.stores import STRANGE_NAMES, TokenStoreContract

if TYPE_CHECKING:
    from collections.abc import Callable

    from tiktok_bridge.hookspecs import RecoverableStore

    OpenStore = Callable[[], RecoverableStore]


class RecoverableStoreContract(TokenStoreContract):
    """Check a token store that has `where`, `previous` and `set_aside`.

    Define `open_store`, and `break_it` if you can, as for `TokenStoreContract`, whose
    tests are in it.
    """

    def test_the_place_of_a_record_is_one_line_of_its_own(
        self, open_store: OpenStore
    ) -> None:
        store = open_store()
        before = store.where("acme")
        store.save("acme", b"record")

        assert before
        assert before.isprintable()
        assert store.where("acme") == before
        assert open_store().where("other") != before

    def test_the_record_before_the_last_is_kept(self, open_store: OpenStore) -> None:
        store, seen = open_store(), []
        for record in (b"one", b"", b"three", b"three"):
            store.save("acme", record)
            seen.append(open_store().previous("acme"))

        assert seen == [None, b"one", b"", b"three"]

    def test_an_unknown_account_has_nothing_before(self, open_store: OpenStore) -> None:
        assert open_store().previous("acme") is None

    def test_the_record_before_goes_with_the_account(
        self, open_store: OpenStore
    ) -> None:
        store = open_store()
        for record in (b"one", b"two"):
            store.save("acme", record)
        store.set_aside("acme")
        store.delete("acme")

        assert store.previous("acme") is None
        store.save("acme", b"three")
        assert store.previous("acme") is None

    def test_a_lock_changes_neither_record(self, open_store: OpenStore) -> None:
        for record in (b"one", b"two"):
            open_store().save("acme", record)
        with open_store().lock("acme", timeout=0):
            during = open_store().previous("acme")

        assert during == open_store().previous("acme") == b"one"
        assert open_store().load("acme") == b"two"

    def test_what_is_set_aside_stays_as_well(self, open_store: OpenStore) -> None:
        store = open_store()
        for record in (b"one", b"damaged"):
            store.save("acme", record)

        places = [store.set_aside("acme") for _ in range(2)]

        assert all(place and place.isprintable() for place in places)
        assert store.load("acme") == b"damaged"
        assert store.previous("acme") == b"one"
        assert store.accounts() == ["acme"]
        store.delete("acme")
        assert store.accounts() == []

    def test_without_a_record_nothing_is_set_aside(self, open_store: OpenStore) -> None:
        with pytest.raises(StoreError):
            open_store().set_aside("acme")

    def test_what_is_kept_of_strange_names_is_kept_apart(
        self, open_store: OpenStore
    ) -> None:
        store = open_store()
        for name in STRANGE_NAMES:
            store.save(name, f"before {name}".encode())
            store.save(name, f"now {name}".encode())
            store.set_aside(name)

        found = {name: store.previous(name) for name in STRANGE_NAMES}
        assert found == {name: f"before {name}".encode() for name in STRANGE_NAMES}
        assert store.accounts() == sorted(STRANGE_NAMES)
        assert [name for name in STRANGE_NAMES if not store.where(name).strip()] == []
        assert [n for n in STRANGE_NAMES if not store.where(n).isprintable()] == []

    def test_the_record_before_is_never_torn(self, open_store: OpenStore) -> None:
        records = [bytes([number]) * (64 + 20_000 * number) for number in range(3)]
        open_store().save("acme", records[0])
        with ThreadPoolExecutor(len(records)) as threads:
            writers = [threads.submit(_save_often, open_store(), r) for r in records]
            seen = [open_store().previous("acme")]
            while not all(writer.done() for writer in writers):
                seen.append(open_store().previous("acme"))

        assert [writer.exception() for writer in writers] == [None] * len(records)
        assert [one for one in seen if one not in (None, *records)] == []

    @pytest.mark.parametrize("act", ["previous", "set_aside"])
    def test_a_broken_medium_is_told_here_too(
        self, act: str, open_store: OpenStore, break_it: BreakIt
    ) -> None:
        store = open_store()
        for record in (b"one", b"two"):
            store.save("acme", record)
        with break_it():
            error = error_of(partial(getattr(store, act), "acme"))
            where = store.where("acme")

        assert isinstance(error, StoreError)
        assert where == store.where("acme")
        assert (store.load("acme"), store.previous("acme")) == (b"two", b"one")


def _save_often(store: RecoverableStore, record: bytes) -> None:
    for _ in range(8):
        store.save("acme", record)
