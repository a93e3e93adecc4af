"""Events in a file."""

from __future__ import annotations

import fcntl
import json
import os
from concurrent.futures import ThreadPoolExecutor
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest

from tiktok_bridge import BridgeError, BusyError
from tiktok_bridge.testing import BatchNotifierContract, HealthContract, make_event
from tiktok_bridge_file import notifier as module
from tiktok_bridge_file.notifier import FileNotifier

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tiktok_bridge import Event

    BreakIt = Callable[[], AbstractContextManager[None]]
    TakeAway = Callable[[Path], AbstractContextManager[None]]
    FilesIn = Callable[[Path], object]
    Limit = Callable[[int], AbstractContextManager[None]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "out" / "events.jsonl"


@pytest.fixture
def notifier(path: Path) -> FileNotifier:
    return FileNotifier(str(path))


def events_in(path: Path) -> list[Event]:
    return [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1]]


class TestFileNotifier(BatchNotifierContract):
    @pytest.fixture
    def received(self, path: Path) -> Callable[[], list[Event]]:
        return lambda: events_in(path)

    @pytest.fixture
    def break_it(self, path: Path, take_away: TakeAway) -> BreakIt:
        return lambda: take_away(path.parent)


class TestFileNotifierHealth(HealthContract):
    @pytest.fixture
    def checkable(self, notifier: FileNotifier) -> FileNotifier:
        notifier.notify(make_event(1))
        return notifier

    @pytest.fixture
    def snapshot(self, path: Path, files_in: FilesIn) -> Callable[[], object]:
        return lambda: files_in(path.parent)

    @pytest.fixture
    def break_it(self, path: Path, take_away: TakeAway) -> BreakIt:
        return lambda: take_away(path.parent)


def test_a_file_that_is_not_there_yet_is_not_made_to_find_out(
    notifier: FileNotifier, tmp_path: Path
) -> None:
    words = notifier.health()

    assert words == f"not there yet; it can be made in {str(tmp_path)!r}"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_its_place_is_not_well(path: Path, notifier: FileNotifier) -> None:
    path.mkdir(parents=True)

    with pytest.raises(BridgeError, match="is a folder, not a file"):
        notifier.health()


def test_an_event_is_one_compact_line_in_utf_8(
    notifier: FileNotifier, path: Path
) -> None:
    notifier.notify(make_event(1, title="café\n\ud83c"))

    line = path.read_bytes()
    assert line.startswith(b'{"specversion":"1.0","id":"event-1",')
    assert line.endswith('"title":"café\\n\\ud83c"}}\n'.encode())
    assert line.count(b"\n") == 1


def test_data_may_be_any_mapping(notifier: FileNotifier, path: Path) -> None:
    event = make_event(1)
    event["data"] = MappingProxyType({"inner": MappingProxyType({"number": 1})})

    notifier.notify(event)

    assert events_in(path)[0]["data"] == {"inner": {"number": 1}}


def test_nobody_else_may_use_what_is_created(
    notifier: FileNotifier, path: Path
) -> None:
    before = os.umask(0)
    try:
        notifier.notify(make_event(1))
    finally:
        os.umask(before)

    assert path.stat().st_mode & 0o7777 == 0o600
    assert path.parent.stat().st_mode & 0o7777 == 0o700
    assert path.parent.parent.stat().st_mode & 0o7777 == 0o700


def test_what_was_in_the_file_stays(notifier: FileNotifier, path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_text('{"id":"of another program"}\n')

    notifier.notify(make_event(1))

    assert [event["id"] for event in events_in(path)] == [
        "of another program",
        "event-1",
    ]


def test_half_a_line_of_a_power_cut_does_not_spoil_the_next(
    notifier: FileNotifier, path: Path
) -> None:
    path.parent.mkdir(parents=True)
    path.write_text('{"id":"torn')

    notifier.notify(make_event(1))

    lines = path.read_text().splitlines()
    assert lines[0] == '{"id":"torn'
    assert json.loads(lines[1]) == make_event(1)


def test_an_event_and_its_file_reach_the_disk(
    notifier: FileNotifier, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda file: synced.append(os.fstat(file).st_ino))

    notifier.notify(make_event(1))

    assert synced[-2:] == [path.stat().st_ino, path.parent.stat().st_ino]


def test_lines_of_several_writers_stay_whole(path: Path) -> None:
    events = [make_event(number, title="x" * 9_000) for number in range(40)]

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda event: FileNotifier(str(path)).notify(event), events))

    arrived = {event["id"]: event for event in events_in(path)}
    assert arrived == {event["id"]: event for event in events}


@pytest.mark.parametrize("room", [0, 1, 100])
def test_an_event_for_which_there_is_no_room_leaves_no_trace(
    notifier: FileNotifier, path: Path, room: int, file_size_limit: Limit
) -> None:
    notifier.notify(make_event(1))
    size = path.stat().st_size

    with (
        pytest.raises(BridgeError, match=r"events\.jsonl"),
        file_size_limit(size + room),
    ):
        notifier.notify(make_event(2))
    notifier.notify(make_event(3))

    assert events_in(path) == [make_event(1), make_event(3)]


def test_a_file_that_somebody_else_holds_is_busy(
    notifier: FileNotifier, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    notifier.notify(make_event(1))

    with path.open() as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(BusyError):
            notifier.notify(make_event(2))

    assert events_in(path) == [make_event(1)]


def test_a_symbolic_link_is_not_written_through(
    notifier: FileNotifier, path: Path, tmp_path: Path
) -> None:
    path.parent.mkdir(parents=True)
    path.symlink_to(tmp_path / "outside")

    with pytest.raises(BridgeError, match="is a symbolic link"):
        notifier.notify(make_event(1))

    assert not (tmp_path / "outside").exists()


def test_a_named_pipe_is_refused_without_waiting(
    notifier: FileNotifier, path: Path
) -> None:
    path.parent.mkdir(parents=True)
    os.mkfifo(path)

    with pytest.raises(BridgeError, match="is a named pipe"):
        notifier.notify(make_event(1))


def test_a_folder_is_refused(path: Path) -> None:
    for folder in (str(path.parent), "/"):
        path.parent.mkdir(parents=True, exist_ok=True)

        with pytest.raises(BridgeError, match="is a folder, not a file"):
            FileNotifier(folder).notify(make_event(1))


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "state").touch()

    with pytest.raises(BridgeError, match="Not a directory"):
        FileNotifier(str(tmp_path / "state" / "events.jsonl")).notify(make_event(1))


def test_several_events_are_appended_at_once_or_not_at_all(
    notifier: FileNotifier, path: Path, file_size_limit: Limit
) -> None:
    events = [make_event(number) for number in range(5)]
    notifier.notify_all(events[:2])

    with file_size_limit(path.stat().st_size + 300), pytest.raises(BridgeError):
        notifier.notify_all(events[2:])

    assert events_in(path) == events[:2]
    notifier.notify_all(events[2:])
    assert events_in(path) == events
