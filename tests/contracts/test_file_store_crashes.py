"""The token store on files, when its disk fails or its process dies."""

from __future__ import annotations

import errno
import os
import signal
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.crashes import (
    before_each_step,
    die_at,
    fail_at,
    fail_from,
    forked,
    steps_of,
)
from tiktok_bridge import BusyError, StoreError
from tiktok_bridge_file.store import FileTokenStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    Limit = Callable[[int], AbstractContextManager[None]]

OLD, NEW = b"old " * 5_000, b"new " * 10_000
FAILURES = (errno.ENOSPC, errno.EROFS, errno.EIO)
"""A full disk, one that became read-only, and one that breaks."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state" / "tokens"


@pytest.fixture
def store(folder: Path) -> FileTokenStore:
    """Return a store that holds acme's old record."""
    store = FileTokenStore(str(folder))
    store.save("acme", OLD)
    return store


def modes(folder: Path) -> set[int]:
    return {path.lstat().st_mode & 0o7777 for path in folder.iterdir()}


def drafts(folder: Path) -> list[Path]:
    return list(folder.glob("*.tmp"))


def save_in_place(folder: Path, record: bytes) -> None:
    """Save as one should not: what the tests below have to notice."""
    file = os.open(folder / "acme.record", os.O_WRONLY | os.O_TRUNC)
    os.write(file, record)
    os.close(file)


def test_a_save_reaches_the_disk_before_its_name_and_then_the_folder(
    store: FileTokenStore,
) -> None:
    steps = list(steps_of(partial(store.save, "acme", NEW)).values())

    assert steps[-7:] == ["open", "write", "fsync", "unlink", "link", "rename", "fsync"]


def test_a_folder_that_is_created_reaches_the_disk(tmp_path: Path) -> None:
    store = FileTokenStore(str(tmp_path / "a" / "b"))
    steps = list(steps_of(partial(store.save, "acme", NEW)).values())

    created = [steps[at : at + 3] for at, step in enumerate(steps) if step == "mkdir"]
    assert created == [["mkdir", "open", "fsync"]] * 2


@pytest.mark.parametrize("number", FAILURES, ids=errno.errorcode.get)
@pytest.mark.parametrize("account", ["acme", "x" * 300], ids=len)
def test_a_save_that_fails_at_any_step_leaves_a_whole_record_and_no_draft(
    store: FileTokenStore, folder: Path, account: str, number: int
) -> None:
    store.save(account, OLD)
    for step in steps_of(partial(store.save, account, OLD)):
        with (
            pytest.raises(StoreError, match=os.strerror(number)),
            before_each_step(partial(fail_at, step, number=number)),
        ):
            store.save(account, NEW)

        assert store.load(account) in {OLD, NEW}
        assert drafts(folder) == []


def test_a_first_save_that_fails_at_any_step_can_be_repeated(tmp_path: Path) -> None:
    first = FileTokenStore(str(tmp_path / "first" / "tokens"))
    for step in steps_of(partial(first.save, "acme", NEW)):
        store = FileTokenStore(str(tmp_path / f"{step}" / "tokens"))
        with pytest.raises(StoreError), before_each_step(partial(fail_at, step)):
            store.save("acme", NEW)

        assert store.load("acme") in {None, NEW}
        store.save("acme", NEW)
        assert store.load("acme") == NEW


@pytest.mark.parametrize("number", FAILURES, ids=errno.errorcode.get)
def test_a_disk_that_fails_for_good_at_any_step_leaves_a_whole_record(
    store: FileTokenStore, folder: Path, number: int
) -> None:
    for step in steps_of(partial(store.save, "acme", OLD)):
        broken = before_each_step(partial(fail_from, step, number=number))
        with pytest.raises(StoreError), broken:
            store.save("acme", NEW)

        assert store.load("acme") in {OLD, NEW}
        assert modes(folder) == {0o600}


def test_a_save_that_is_killed_at_any_step_leaves_a_whole_record(
    store: FileTokenStore, folder: Path
) -> None:
    for step in steps_of(partial(store.save, "acme", OLD)):
        die_at(step, partial(store.save, "acme", NEW))

        assert store.load("acme") in {OLD, NEW}
        assert store.accounts() == ["acme"]
        assert modes(folder) == {0o600}
        store.save("acme", OLD)


@pytest.mark.parametrize("use", ["load", "accounts", "previous"])
def test_a_read_that_fails_at_any_step_is_not_taken_for_an_empty_store(
    store: FileTokenStore, folder: Path, use: str
) -> None:
    store.save("acme", OLD)
    read = (
        getattr(store, use)
        if use == "accounts"
        else partial(getattr(store, use), "acme")
    )
    for step in steps_of(read):
        failing = before_each_step(partial(fail_at, step, number=errno.EIO))
        with pytest.raises(StoreError, match=str(folder)), failing:
            read()


def test_setting_aside_that_is_killed_at_any_step_leaves_the_record(
    store: FileTokenStore, folder: Path
) -> None:
    for step in steps_of(partial(store.set_aside, "acme")):
        die_at(step, partial(store.set_aside, "acme"))

        assert store.load("acme") == OLD
        assert store.accounts() == ["acme"]
        assert all(aside.read_bytes() == OLD for aside in folder.glob("*.damaged"))


def test_control_a_kill_tears_a_record_that_is_written_in_place(
    store: FileTokenStore, folder: Path
) -> None:
    seen = []
    for step in steps_of(partial(save_in_place, folder, OLD)):
        die_at(step, partial(save_in_place, folder, NEW))
        seen.append(store.load("acme"))

    assert not {OLD, NEW}.issuperset(seen)


def test_a_delete_that_is_killed_at_any_step_can_be_repeated(
    store: FileTokenStore,
) -> None:
    account = "x" * 300
    store.save(account, OLD)
    store.save(account, OLD)
    for step in steps_of(partial(store.delete, account)):
        store.save(account, OLD)
        store.save(account, NEW)
        die_at(step, partial(store.delete, account))

        kept = store.load(account)
        assert kept in {NEW, None}
        assert store.accounts() == ["acme", account][: 1 if kept is None else 2]
        store.delete(account)
        assert store.accounts() == ["acme"]


def test_a_write_that_breaks_off_leaves_the_old_record_and_no_draft(
    store: FileTokenStore, folder: Path, file_size_limit: Limit
) -> None:
    with pytest.raises(StoreError, match="File too large"), file_size_limit(4096):
        store.save("acme", NEW)

    assert store.load("acme") == OLD
    assert drafts(folder) == []


def hold(store: FileTokenStore, ready: int) -> None:
    with store.lock("acme", timeout=0):
        os.write(ready, b"!")
        signal.pause()


def test_a_lock_is_free_after_its_holder_was_killed(store: FileTokenStore) -> None:
    held, ready = os.pipe()
    with forked(partial(hold, store, ready)):
        os.read(held, 1)

        with pytest.raises(BusyError), store.lock("acme", timeout=0.05):
            pytest.fail("the lock was given")

    with store.lock("acme", timeout=0):
        os.close(held)
        os.close(ready)


def test_a_lock_is_free_after_use_though_a_forked_child_lives_on(
    store: FileTokenStore,
) -> None:
    with store.lock("acme", timeout=0):
        child = forked(signal.pause)
        child.__enter__()

    with store.lock("acme", timeout=0):
        child.__exit__(None, None, None)
