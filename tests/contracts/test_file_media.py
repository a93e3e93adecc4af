"""Media from files."""

from __future__ import annotations

import os
import socket
import tracemalloc
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tiktok_bridge import MediaError
from tiktok_bridge.testing import (
    CONTENT,
    MIB,
    SIZE,
    HealthContract,
    MediaSourceContract,
)
from tiktok_bridge_file.media import FileMedia

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    BreakIt = Callable[[], AbstractContextManager[None]]
    TakeAway = Callable[[Path], AbstractContextManager[None]]
    FilesIn = Callable[[Path], object]


class FilePlace:
    """Replace a file as an exporting program does: write another and rename it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def put(self, content: bytes) -> None:
        draft = self.path.with_name("draft")
        self.path.parent.mkdir(exist_ok=True)
        draft.write_bytes(content)
        draft.replace(self.path)

    def remove(self) -> None:
        self.path.unlink()

    def open(self) -> FileMedia:
        return FileMedia(str(self.path))


class TestFileMedia(MediaSourceContract):
    @pytest.fixture
    def place(self, tmp_path: Path) -> FilePlace:
        return FilePlace(tmp_path / "media" / "clip.mp4")

    @pytest.fixture
    def place_of(self, tmp_path: Path) -> Callable[[str], FilePlace]:
        return lambda name: FilePlace(tmp_path / "media" / name)

    @pytest.fixture
    def break_it(self, tmp_path: Path, take_away: TakeAway) -> BreakIt:
        return lambda: take_away(tmp_path / "media")


class TestFileMediaHealth(HealthContract):
    @pytest.fixture
    def checkable(self, clip: Path) -> FileMedia:
        return FileMedia(str(clip))

    @pytest.fixture
    def snapshot(self, clip: Path, files_in: FilesIn) -> Callable[[], object]:
        return lambda: files_in(clip.parent)

    @pytest.fixture
    def break_it(self, clip: Path, take_away: TakeAway) -> BreakIt:
        return lambda: take_away(clip.parent)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "media" / "clip.mp4"
    path.parent.mkdir()
    path.write_bytes(CONTENT)
    return path


def read(source: FileMedia, start: int = 0, stop: int = SIZE) -> bytes:
    return b"".join(map(bytes, source.read(start, stop)))


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("a.mp4", "video/mp4"),
        ("a.b.MOV", "video/quicktime"),
        ("a.webm", "video/webm"),
        ("a.jpeg", "image/jpeg"),
        ("a.txt", None),
        ("mp4", None),
    ],
)
def test_the_type_is_what_the_name_claims(
    tmp_path: Path, name: str, content_type: str | None
) -> None:
    (tmp_path / name).touch()

    assert FileMedia(str(tmp_path / name)).stat().content_type == content_type


def test_the_pieces_share_one_buffer_of_one_mebibyte(clip: Path) -> None:
    pieces = list(FileMedia(str(clip)).read(0, SIZE))

    assert [len(piece) for piece in pieces] == [MIB, MIB, SIZE - 2 * MIB]
    assert len({id(piece.obj) for piece in pieces}) == 1


def test_a_big_file_needs_no_more_memory_than_a_small_one(tmp_path: Path) -> None:
    big = tmp_path / "big.mp4"
    big.touch()
    os.truncate(big, 128 * MIB)

    tracemalloc.start()
    try:
        count = sum(map(len, FileMedia(str(big)).read(0, 128 * MIB)))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert count == 128 * MIB
    assert peak < 2 * MIB


def test_nothing_stays_open_after_a_read_that_ends_fails_or_is_abandoned(
    clip: Path,
) -> None:
    source = FileMedia(str(clip))
    before = sorted(Path("/dev/fd").iterdir())

    read(source)
    next(source.read(0, SIZE))
    with pytest.raises(MediaError):
        read(source, 0, SIZE + 1)
    with pytest.raises(MediaError):
        read(FileMedia(str(clip.parent)))

    assert sorted(Path("/dev/fd").iterdir()) == before


@pytest.mark.parametrize(
    ("start", "stop"), [(0, SIZE + 1), (SIZE, SIZE + 1), (SIZE + 5, SIZE + 9), (-1, 1)]
)
def test_a_range_outside_of_the_file_is_refused(
    clip: Path, start: int, stop: int
) -> None:
    with pytest.raises(MediaError, match=r"clip\.mp4"):
        read(FileMedia(str(clip)), start, stop)


def grow(clip: Path) -> None:
    with clip.open("ab") as file:
        file.write(b"x")


def shrink(clip: Path) -> None:
    os.truncate(clip, SIZE - 1)


def overwrite(clip: Path) -> None:
    status = clip.stat()
    with clip.open("r+b") as file:
        file.write(b"x")
    os.utime(clip, ns=(status.st_atime_ns, status.st_mtime_ns + 1))


def replace_by_a_twin(clip: Path) -> None:
    status = clip.stat()
    twin = clip.with_name("twin")
    twin.write_bytes(CONTENT[::-1])
    os.utime(twin, ns=(status.st_atime_ns, status.st_mtime_ns))
    twin.replace(clip)


CHANGES = [
    (grow, f"its size went from {SIZE} to {SIZE + 1}"),
    (shrink, f"its size went from {SIZE} to {SIZE - 1}"),
    (overwrite, "it was written to"),
    (replace_by_a_twin, "another file has taken its place"),
]


@pytest.mark.parametrize(("change", "words"), CHANGES)
def test_what_has_changed_since_stat_is_named(
    clip: Path, change: Callable[[Path], None], words: str
) -> None:
    source = FileMedia(str(clip))
    source.stat()
    change(clip)

    with pytest.raises(MediaError, match=words) as refusal:
        next(source.read(0, SIZE))

    assert str(clip) in refusal.value.message
    assert refusal.value.hint is not None


@pytest.mark.parametrize(("change", "words"), CHANGES[:3])
def test_a_change_during_a_read_is_noticed_before_the_last_piece(
    clip: Path, change: Callable[[Path], None], words: str
) -> None:
    pieces = FileMedia(str(clip)).read(0, SIZE)
    seen = [len(next(pieces))]
    change(clip)

    with pytest.raises(MediaError, match=words):
        seen.extend(len(piece) for piece in pieces)

    assert seen == [MIB, MIB]


def test_a_file_that_is_cut_short_during_a_read_is_refused(clip: Path) -> None:
    pieces = FileMedia(str(clip)).read(0, SIZE)
    next(pieces)
    os.truncate(clip, MIB + 1)

    with pytest.raises(MediaError, match=f"from {SIZE} to {MIB + 1}"):
        next(pieces)


def test_touching_nothing_but_the_name_or_the_mode_is_no_change(clip: Path) -> None:
    source = FileMedia(str(clip))
    source.stat()
    (clip.parent / "second name").hardlink_to(clip)
    clip.chmod(0o600)

    assert read(source) == CONTENT


def test_a_symbolic_link_is_refused(clip: Path) -> None:
    link = clip.with_name("link.mp4")
    link.symlink_to(clip)

    with pytest.raises(MediaError, match=r"'link\.mp4' is a symbolic link"):
        FileMedia(str(link)).stat()


def test_a_symbolic_link_on_the_way_is_refused(clip: Path, tmp_path: Path) -> None:
    (tmp_path / "short").symlink_to(clip.parent)

    with pytest.raises(MediaError, match="'short' is a symbolic link, not a folder"):
        FileMedia(str(tmp_path / "short" / "clip.mp4")).stat()


def test_a_file_on_the_way_is_refused(clip: Path) -> None:
    with pytest.raises(MediaError, match=r"'clip\.mp4' is a file, not a folder"):
        FileMedia(str(clip / "inside.mp4")).stat()


def test_a_named_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")

    with pytest.raises(MediaError, match="is a named pipe"):
        FileMedia(str(tmp_path / "pipe.mp4")).stat()


def test_a_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.mp4")  # relative, because its length is limited

        with pytest.raises(MediaError, match="is a socket"):
            FileMedia(str(tmp_path / "socket.mp4")).stat()


@pytest.mark.parametrize(
    ("path", "words"),
    [("/dev/null", "a character device"), ("/dev", "a folder"), ("/", "a folder")],
)
def test_what_is_no_file_is_refused_by_its_name(path: str, words: str) -> None:
    with pytest.raises(MediaError, match=f"is {words}, not a file"):
        FileMedia(path).stat()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused_with_a_hint(clip: Path) -> None:
    clip.chmod(0)

    with pytest.raises(MediaError, match="Permission denied") as refusal:
        FileMedia(str(clip)).stat()

    assert "permissions" in str(refusal.value.hint)


def test_a_folder_on_the_way_need_not_be_listable(clip: Path) -> None:
    clip.parent.chmod(0o300)
    try:
        assert read(FileMedia(str(clip))) == CONTENT
    finally:
        clip.parent.chmod(0o700)


@pytest.mark.parametrize("part", ["media", "media/clip.mp4"])
def test_a_link_that_is_planted_after_the_first_look_is_refused(
    clip: Path, tmp_path: Path, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted, aside = tmp_path / part, tmp_path / "aside"
    system_open = os.open

    def plant_and_open(path: str, flags: int, *args: int, **kwargs: int) -> int:
        if path == planted.name and not aside.exists():
            planted.rename(aside)
            planted.symlink_to(aside)
        return system_open(path, flags, *args, **kwargs)

    monkeypatch.setattr(os, "open", plant_and_open)

    with pytest.raises(MediaError, match=r"clip\.mp4"):
        FileMedia(str(clip)).stat()

    assert aside.exists()


@pytest.mark.parametrize("swapped", ["media", "media/clip.mp4"])
def test_nothing_is_read_through_a_link_that_is_swapped_in(
    clip: Path,
    tmp_path: Path,
    swapped: str,
    while_swapping: Callable[..., Counter[object]],
) -> None:
    outside = tmp_path / "outside" / "clip.mp4"
    outside.parent.mkdir()
    outside.write_bytes(b"secret")

    results = while_swapping(
        tmp_path / swapped,
        tmp_path / swapped.replace("media", "outside"),
        lambda: read(FileMedia(str(clip)), 0, 6),
    )

    assert results.keys() == {CONTENT[:6], MediaError}
