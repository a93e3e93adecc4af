"""A key ring grows and shrinks, whole at any moment, and nobody uses an old one."""

from __future__ import annotations

import errno
import fcntl
import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.crashes import before_each_step, die_at, fail_from, steps_of
from tiktok_bridge import BusyError, ConfigError, StoreError
from tiktok_bridge.tokens import keyfile
from tiktok_bridge.tokens.keyring import KeyRing
from tiktok_bridge.tokens.keys import Keys

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "keys.json"


@pytest.fixture
def keys(path: Path) -> Keys:
    keys = Keys(path.as_uri())
    keys.new()
    return keys


def test_a_ring_is_never_replaced_by_a_new_one(keys: Keys, path: Path) -> None:
    before = path.read_bytes()

    with pytest.raises(ConfigError, match="is there already"):
        keys.new()
    assert path.read_bytes() == before


def test_a_new_key_seals_and_the_old_ones_stay(keys: Keys, path: Path) -> None:
    first = keys.ring

    keys.rotate()

    second = Keys(path.as_uri()).ring
    assert second.ids[0] == first.ids[0]
    assert second.key(first.ids[0]) == first.newest[1]
    assert second.newest[0] == second.ids[1] != first.ids[0]
    assert second.newest[1] != first.newest[1]
    assert path.stat().st_mode & 0o7777 == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["keys.json"]


def test_an_old_key_is_dropped_and_the_newest_is_not(keys: Keys) -> None:
    first = keys.ring.ids[0]
    second = keys.rotate().newest[0]

    with pytest.raises(ConfigError, match="is the newest"):
        keys.drop(second)
    with pytest.raises(ConfigError, match=f"which holds {first}, {second}"):
        keys.drop("other")
    assert keys.drop(first).ids == (second,)
    assert keys.ring.ids == (second,)


def test_a_ring_that_another_process_changed_is_read_again(path: Path) -> None:
    ours, theirs = Keys(path.as_uri()), Keys(path.as_uri())
    ours.new()
    before = ours.ring
    assert ours.ring is before, "it is read once"

    changed = theirs.rotate()

    assert ours.ring.ids == changed.ids


def test_a_ring_that_is_gone_or_open_to_others_is_not_used_from_memory(
    keys: Keys, path: Path
) -> None:
    assert keys.ring.ids
    path.chmod(0o640)
    with pytest.raises(StoreError, match="others may read"):
        keys.reread()
    with pytest.raises(StoreError, match="others may read"):
        _ = keys.ring
    path.unlink()
    with pytest.raises(StoreError, match="cannot read the key ring"):
        _ = keys.ring


def test_a_rotation_that_is_killed_at_any_step_leaves_a_whole_ring(
    keys: Keys, path: Path
) -> None:
    first = keys.ring.ids[0]
    seen = set()
    for step in steps_of(keys.rotate):
        before = keys.reread().ids
        die_at(step, keys.rotate)

        seen.add(len(keys.reread().ids) - len(before))
        assert keys.ring.ids[: len(before)] == before
        assert path.stat().st_mode & 0o7777 == 0o600
    keys.rotate()

    assert seen == {0, 1}
    assert keys.ring.ids[0] == first
    assert [one.name for one in path.parent.iterdir()] == ["keys.json"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EIO])
def test_a_disk_that_fails_from_any_step_on_leaves_a_whole_ring(
    keys: Keys, path: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyfile, "CHANGE_TIMEOUT", 0.0)
    for step in steps_of(keys.rotate):
        before = keys.reread().ids
        failing = before_each_step(partial(fail_from, step, number=number))
        with pytest.raises((StoreError, BusyError)), failing:
            keys.rotate()

        assert keys.reread().ids[: len(before)] == before
        assert path.stat().st_mode & 0o7777 == 0o600


def test_a_ring_reaches_the_disk_before_its_name_and_then_the_folder(
    keys: Keys, tmp_path: Path
) -> None:
    made = list(steps_of(partial(keys.new, tmp_path / "new.json")).values())
    changed = list(steps_of(keys.rotate).values())

    for steps, names in ((made, "link"), (changed, "rename")):
        named = steps.index(names)
        assert "fsync" in steps[:named]
        assert "fsync" in steps[named:]


def test_rotations_at_once_lose_no_key(keys: Keys, path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        done = [threads.submit(Keys(path.as_uri()).rotate) for _ in range(16)]

    assert set(keys.ring.ids[1:]) == {one.result().newest[0] for one in done}


def test_control_without_the_lock_keys_are_lost(
    keys: Keys, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fcntl, "flock", lambda *_: None)
    for _ in range(50):
        before = len(keys.reread().ids)
        with ThreadPoolExecutor(8) as threads:
            done = [threads.submit(Keys(path.as_uri()).rotate) for _ in range(16)]
        won = sum(one.exception() is None for one in done)
        if len(keys.reread().ids) - before < won:
            return

    pytest.fail("no key was lost in 50 rounds")


def test_the_ring_waits_for_who_seals(
    keys: Keys, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyfile, "CHANGE_TIMEOUT", 0.05)
    before = keys.ring.ids
    with keys.sealing() as ring, keys.sealing():  # who seals does not wait for others
        with pytest.raises(BusyError, match="is in use"):
            Keys(path.as_uri()).rotate()
        assert ring.ids == before

    keys.rotate()
    with keys.sealing() as ring:
        assert ring.ids == keys.ring.ids


def test_who_seals_does_not_wait_for_ever(
    keys: Keys, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyfile, "SEALING_TIMEOUT", 0.05)
    with keyfile.changing(path), keys.sealing() as ring:
        assert ring.ids == keys.ring.ids


def test_a_ring_that_is_replaced_just_before_it_is_locked_is_not_lost(
    keys: Keys, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lock on a file that has lost its name keeps nobody out."""
    flock, races = fcntl.flock, [True]

    def race_and_lock(descriptor: int, kind: int) -> None:
        if races and races.pop():
            Keys(path.as_uri()).rotate()
        flock(descriptor, kind)

    monkeypatch.setattr(fcntl, "flock", race_and_lock)
    keys.rotate()

    assert len(keys.ring.ids) == 3


def test_the_draft_of_who_comes_next_is_left_alone(
    keys: Keys, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once the new ring has the name, another process may hold it and write."""
    rename, draft = os.rename, path.with_name(".keys.json.new")

    def rename_and_race(*paths: str) -> None:
        rename(*paths)
        draft.touch()

    monkeypatch.setattr(os, "rename", rename_and_race)
    keys.rotate()

    assert draft.exists()


@pytest.mark.parametrize("plant", ["link", "pipe", "folder"])
def test_what_is_no_file_is_no_ring(keys: Keys, path: Path, plant: str) -> None:
    path.rename(path.with_name("outside"))
    if plant == "link":
        path.symlink_to("outside")
    elif plant == "pipe":
        os.mkfifo(path, 0o600)
    else:
        path.mkdir(mode=0o700)

    with pytest.raises(StoreError, match=r"keys\.json"):
        keys.reread()
    with pytest.raises(StoreError, match=r"keys\.json"):
        keys.rotate()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_ring_of_another_user_is_refused(keys: Keys, path: Path) -> None:
    os.chown(path, 12345, -1)

    with pytest.raises(StoreError, match="belongs to user 12345"):
        keys.reread()


@pytest.mark.parametrize("draft", ["file", "link"])
def test_what_a_killed_rotation_left_is_not_written_through(
    keys: Keys, path: Path, draft: str
) -> None:
    left, outside = path.with_name(".keys.json.new"), path.with_name("outside")
    outside.write_text("stays")
    if draft == "file":
        left.hardlink_to(outside)
    else:
        left.symlink_to(outside)

    keys.rotate()

    assert outside.read_text() == "stays"
    assert not left.exists()


def test_a_variable_is_not_written_but_another_file_is(
    keys: Keys, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RING", path.read_text())
    variable, file = Keys("env:RING"), tmp_path / "ring.json"

    for change in (variable.new, variable.rotate):
        with pytest.raises(ConfigError, match="env:RING is in the environment") as told:
            change()
        assert told.value.hint
        assert "--to FILE" in told.value.hint
    changed = variable.rotate(file)

    assert changed.ids[0] == keys.ring.ids[0]
    assert Keys(file.as_uri()).ring.ids == changed.ids
    assert file.stat().st_mode & 0o7777 == 0o600
    assert variable.ring.ids == keys.ring.ids
    with pytest.raises(ConfigError, match="is there already"):
        variable.rotate(file)
    assert Keys(file.as_uri()).ring.ids == changed.ids


def test_a_variable_that_changes_is_another_ring(
    keys: Keys, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RING", path.read_text())
    variable = Keys("env:RING")
    assert variable.ring is variable.ring
    keys.rotate()

    monkeypatch.setenv("RING", path.read_text())

    assert variable.ring.ids == keys.ring.ids


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"keys": [{"id": "a", "key": "AAAA"}]}',
        '{"keys": {"id": 1}}',
        '{"keys": "ring"}',
        '{"keys": 5}',
        "\xff",
    ],
    ids=range(6),
)
def test_rubbish_is_no_ring(text: str) -> None:
    with pytest.raises(StoreError, match="here: is no key ring"):
        KeyRing.from_text(text, "here")


def test_a_ring_with_one_id_twice_is_none() -> None:
    text = KeyRing.new().to_text()
    entry = text[text.index("{", 1) : text.index("}") + 1]

    with pytest.raises(StoreError, match="is no key ring"):
        KeyRing.from_text(text.replace(entry, f"{entry}, {entry}"), "here")


def test_a_ring_shows_no_key() -> None:
    ring = KeyRing({"k1": b"1" * 32})

    assert "1111" not in f"{ring} {ring!r} {ring.ids} {[ring]}"
