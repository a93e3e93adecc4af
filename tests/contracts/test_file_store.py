"""The token store on files."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tiktok_bridge import StoreError
from tiktok_bridge.testing import HealthContract, RecoverableStoreContract
from tiktok_bridge_file.store import FileTokenStore

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    BreakIt = Callable[[], AbstractContextManager[None]]
    TakeAway = Callable[[Path], AbstractContextManager[None]]
    FilesIn = Callable[[Path], object]

OLD, NEW = b"old " * 5_000, b"new " * 10_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state" / "tokens"


@pytest.fixture
def store(folder: Path) -> FileTokenStore:
    """Return a store that holds acme's old record."""
    store = FileTokenStore(str(folder))
    store.save("acme", OLD)
    return store


class TestFileTokenStore(RecoverableStoreContract):
    @pytest.fixture
    def open_store(self, folder: Path) -> Callable[[], FileTokenStore]:
        return partial(FileTokenStore, str(folder))

    @pytest.fixture
    def break_it(self, folder: Path, take_away: TakeAway) -> BreakIt:
        return lambda: take_away(folder)


class TestFileTokenStoreHealth(HealthContract):
    @pytest.fixture
    def checkable(self, store: FileTokenStore) -> FileTokenStore:
        return store

    @pytest.fixture
    def snapshot(self, folder: Path, files_in: FilesIn) -> Callable[[], object]:
        return lambda: files_in(folder)

    @pytest.fixture
    def break_it(self, folder: Path, take_away: TakeAway) -> BreakIt:
        return lambda: take_away(folder)


def test_a_folder_that_is_not_there_yet_can_be_made(
    folder: Path, tmp_path: Path
) -> None:
    words = FileTokenStore(str(folder)).health()

    assert words == f"not there yet; it can be made in {str(tmp_path)!r}"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_others_may_use_is_not_well(
    store: FileTokenStore, folder: Path
) -> None:
    assert store.health().endswith("writable; accounts: 1")

    folder.chmod(0o750)
    with pytest.raises(StoreError, match=r"others may use it \(mode 0750\)") as refusal:
        store.health()
    assert "chmod 700" in str(refusal.value.hint)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_a_folder_that_cannot_be_written_is_not_well(
    store: FileTokenStore, folder: Path
) -> None:
    folder.chmod(0o500)

    with pytest.raises(StoreError, match="Permission denied"):
        store.health()


def test_what_cannot_be_written_is_told_before_it_is_tried(
    store: FileTokenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)

    with pytest.raises(StoreError, match="Permission denied"):
        store.health()


def modes(folder: Path) -> set[int]:
    return {path.lstat().st_mode & 0o7777 for path in folder.iterdir()}


def drafts(folder: Path) -> list[Path]:
    return list(folder.glob("*.tmp"))


def test_nothing_is_created_before_the_first_save(folder: Path) -> None:
    store = FileTokenStore(str(folder))

    store.load("acme")
    store.accounts()
    store.delete("acme")

    assert not folder.parent.exists()


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_nobody_else_may_use_what_is_created(folder: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        store = FileTokenStore(str(folder))
        with store.lock("acme", timeout=0):
            store.save("acme", OLD)
            store.save("acme", NEW)
    finally:
        os.umask(before)

    assert modes(folder) == {0o600}
    assert folder.stat().st_mode & 0o7777 == 0o700
    assert folder.parent.stat().st_mode & 0o7777 == 0o700


def test_the_record_before_is_kept_for_a_person(
    store: FileTokenStore, folder: Path
) -> None:
    store.save("acme", NEW)

    assert (folder / "acme.prev").read_bytes() == OLD
    assert (folder / "acme.record").read_bytes() == NEW
    assert store.previous("acme") == OLD


def test_what_was_never_saved_has_no_record_before_it(store: FileTokenStore) -> None:
    assert store.previous("acme") is None
    assert store.previous("nobody") is None


def test_a_record_that_is_set_aside_stays_and_is_kept_once(
    store: FileTokenStore, folder: Path
) -> None:
    place = store.set_aside("acme")

    assert store.set_aside("acme") == place
    assert [path.name for path in folder.glob("*.damaged")] == [Path(place).name]
    assert Path(place).read_bytes() == OLD == store.load("acme")
    assert store.accounts() == ["acme"]
    assert modes(folder) == {0o600}


def test_the_place_of_a_record_is_its_path(store: FileTokenStore) -> None:
    assert Path(store.where("acme")).read_bytes() == OLD


def test_a_copy_that_others_may_use_is_refused(
    store: FileTokenStore, folder: Path
) -> None:
    store.save("acme", NEW)
    (folder / "acme.prev").chmod(0o644)

    with pytest.raises(StoreError, match=r"acme\.prev"):
        store.previous("acme")


def test_a_deleted_account_leaves_only_its_lock(
    store: FileTokenStore, folder: Path
) -> None:
    store.save("acme", NEW)
    (folder / "acme.record.0123.tmp").write_bytes(b"of a killed process")
    store.set_aside("acme")
    with store.lock("acme", timeout=0):
        store.delete("acme")

    assert [path.name for path in folder.iterdir()] == ["acme.lock"]


def test_files_of_others_are_no_accounts(store: FileTokenStore, folder: Path) -> None:
    for name in ("README", "Acme.record", "%zz.record", "%ff.record", "x~y.record"):
        (folder / name).touch()

    assert store.accounts() == ["acme"]


def test_a_damaged_name_is_refused(store: FileTokenStore, folder: Path) -> None:
    store.save("x" * 300, OLD)
    next(folder.glob("*.name")).write_bytes(b"\xff")

    with pytest.raises(StoreError, match="x' is damaged"):
        store.accounts()


def test_a_long_name_without_its_record_is_no_account(
    store: FileTokenStore, folder: Path
) -> None:
    store.save("x" * 300, OLD)
    next(folder.glob("*.name")).unlink()

    assert store.accounts() == ["acme"]


@pytest.mark.parametrize("account", ["", "\ud800", "a\udcff", "x" * 10_000], ids=ascii)
def test_even_an_impossible_name_is_kept(store: FileTokenStore, account: str) -> None:
    store.save(account, NEW)

    assert store.load(account) == NEW
    assert store.accounts() == sorted([account, "acme"])


def test_no_name_reaches_another_folder(folder: Path) -> None:
    store = FileTokenStore(str(folder))
    for account in ("../x", "..", "/x", "a/../../x", "x" * 300 + "/../../x"):
        with store.lock(account, timeout=0):
            store.save(account, NEW)

    assert list(folder.parent.iterdir()) == [folder]
    assert [path for path in folder.iterdir() if not path.is_file()] == []


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o610])
def test_a_record_that_others_may_use_is_refused(
    store: FileTokenStore, folder: Path, mode: int
) -> None:
    (folder / "acme.record").chmod(mode)

    with pytest.raises(StoreError, match=f"mode {mode:04o}") as refusal:
        store.load("acme")

    assert refusal.value.hint == f"run chmod 600 {folder}/acme.record"


def test_a_folder_that_others_may_use_is_refused(
    store: FileTokenStore, folder: Path
) -> None:
    folder.chmod(0o750)

    for use in (store.accounts, partial(store.save, "acme", NEW)):
        with pytest.raises(StoreError, match="others may use it") as refusal:
            use()

        assert refusal.value.hint == f"run chmod 700 {folder}"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
@pytest.mark.parametrize("name", ["acme.record", ""])
def test_what_belongs_to_another_user_is_refused(
    store: FileTokenStore, folder: Path, name: str
) -> None:
    os.chown(folder / name, 12345, -1)

    with pytest.raises(StoreError, match="belongs to user 12345"):
        store.load("acme")


def test_a_symbolic_link_is_not_read(
    store: FileTokenStore, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "outside").write_bytes(b"not a record")
    (tmp_path / "outside").chmod(0o600)
    (folder / "acme.record").unlink()
    (folder / "acme.record").symlink_to(tmp_path / "outside")

    with pytest.raises(StoreError, match="is a symbolic link"):
        store.load("acme")


def test_a_symbolic_link_is_replaced_and_not_written_through(
    store: FileTokenStore, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "outside").write_bytes(b"stays")
    (folder / "acme.record").unlink()
    (folder / "acme.record").symlink_to(tmp_path / "outside")

    store.save("acme", NEW)

    assert store.load("acme") == NEW
    assert (tmp_path / "outside").read_bytes() == b"stays"
    assert (tmp_path / "outside").stat().st_nlink == 1


def test_a_draft_that_somebody_planted_is_not_written_through(
    store: FileTokenStore,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "urandom", bytes)
    (tmp_path / "outside").write_bytes(b"stays")
    (folder / f"acme.record.{'00' * 8}.tmp").hardlink_to(tmp_path / "outside")

    with pytest.raises(StoreError, match="File exists"):
        store.save("acme", NEW)

    assert (tmp_path / "outside").read_bytes() == b"stays"


def test_a_lock_file_that_others_may_use_is_refused(
    store: FileTokenStore, folder: Path
) -> None:
    (folder / "acme.lock").touch(mode=0o644)

    with pytest.raises(StoreError, match="mode 0644"), store.lock("acme", timeout=0):
        pytest.fail("the lock was given")


def test_a_lock_file_that_is_a_symbolic_link_is_refused(
    store: FileTokenStore, folder: Path, tmp_path: Path
) -> None:
    (folder / "acme.lock").symlink_to(tmp_path / "outside")

    with pytest.raises(StoreError, match="link"), store.lock("acme", timeout=0):
        pytest.fail("the lock was given")

    assert not (tmp_path / "outside").exists()


def test_a_folder_that_is_a_symbolic_link_is_refused(
    store: FileTokenStore, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to(folder)
    through = FileTokenStore(str(tmp_path / "link"))

    for use in (partial(through.load, "acme"), partial(through.save, "acme", NEW)):
        with pytest.raises(StoreError, match="is a symbolic link"):
            use()

    assert store.load("acme") == OLD


@pytest.mark.parametrize("name", ["acme.record", "acme.lock"])
def test_a_pipe_is_refused_without_waiting_for_its_writer(
    store: FileTokenStore, folder: Path, name: str
) -> None:
    (folder / name).unlink(missing_ok=True)
    os.mkfifo(folder / name, 0o600)

    with (
        pytest.raises(StoreError, match="is a named pipe"),
        store.lock("acme", timeout=0),
    ):
        store.load("acme")


def test_a_folder_in_the_place_of_a_record_is_named(
    store: FileTokenStore, folder: Path
) -> None:
    (folder / "other.record").mkdir(mode=0o700)

    for use in (partial(store.load, "other"), partial(store.save, "other", NEW)):
        with pytest.raises(StoreError, match=r"other\.record"):
            use()

    assert drafts(folder) == []


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "tokens").touch()

    with pytest.raises(StoreError, match="is a file, not a folder"):
        FileTokenStore(str(tmp_path / "tokens")).save("acme", NEW)


def put_link(path: Path) -> None:
    path.symlink_to("outside")


PLANTS = [put_link, partial(os.mkfifo, mode=0o600), Path.mkdir]


@pytest.mark.parametrize("plant", PLANTS)
def test_what_is_planted_after_the_first_look_is_refused(
    store: FileTokenStore,
    folder: Path,
    plant: Callable[[Path], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (folder / "outside").write_bytes(b"not a record")
    (folder / "outside").chmod(0o600)
    system_open = os.open

    def plant_and_open(path: str, *args: int, **kwargs: int) -> int:
        if path == "acme.record":
            (folder / path).unlink()
            plant(folder / path)
        return system_open(path, *args, **kwargs)

    monkeypatch.setattr(os, "open", plant_and_open)

    with pytest.raises(StoreError, match=r"acme\.record"):
        store.load("acme")


def test_a_record_that_is_swapped_for_a_link_is_never_read_through_it(
    store: FileTokenStore,
    folder: Path,
    tmp_path: Path,
    while_swapping: Callable[..., Counter[object]],
) -> None:
    (tmp_path / "outside").write_bytes(b"not a record")
    (tmp_path / "outside").chmod(0o600)

    results = while_swapping(
        folder / "acme.record", tmp_path / "outside", partial(store.load, "acme")
    )

    assert results.keys() - {None} == {OLD, StoreError}
