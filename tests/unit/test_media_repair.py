"""The printed command repairs: it is run, and what it wrote is measured again."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.unit.films import film, measure, photo
from tiktok_bridge.media import inspection, repair
from tiktok_bridge.media.facts import PhotoFacts
from tiktok_bridge.models import MediaStat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge.host import Host
    from tiktok_bridge.media.inspection import Inspection

needs_ffmpeg = pytest.mark.skipif(
    shutil.which("ffmpeg") is None, reason="ffmpeg is not installed"
)
JERKY = tuple(time + 30 * (time % 80 == 0) for time in range(0, 1200, 40))
NAMES = [
    "film.mp4",
    "it's a film.mp4",
    "-vf.mp4",
    'clip: 100% $(true) `x` "y" & z;.mp4',
    "Frühling 🌷.mp4",
    "no-ending",
]


class Disk:
    """A host that opens files without asking anybody."""

    def open_media_source(self, url: str) -> OneFile:
        return OneFile(Path(repair.path_of(url)))


class OneFile:
    def __init__(self, path: Path) -> None:
        self.path = path

    def stat(self) -> MediaStat:
        return MediaStat(self.path.stat().st_size, "1")

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        yield self.path.read_bytes()[start:stop]


@pytest.fixture
def host() -> Host:
    return Disk()  # type: ignore[return-value] # all that an inspection asks of one


def obey(command: str) -> Path:
    """Run *command* in a shell; return what it wrote."""
    run = subprocess.run(  # noqa: S602 - it is for a shell that it is quoted
        command.replace("ffmpeg", "ffmpeg -nostdin -v error", 1),
        shell=True,
        check=False,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, f"{command}\n{run.stderr}"
    return Path(shlex.split(command)[-1])


def inspected(host: Host, path: Path) -> Inspection:
    return inspection.inspect_video(host, str(path), path.parent)


BROKEN = {
    "10 fps": film(fps=10),
    "61 fps": film(fps=61, audio=True),
    "variable": film(times=JERKY, size=(640, 360)),
    "200x200": film(size=(200, 200)),
    "turned": film(size=(1000, 200), rotation=90),
    "too wide": film(size=(4800, 400)),
    "too flat": film(size=(4800, 200)),
    "mpeg4": film(codec="mpeg4", size=(362, 642)),
    "matroska": film("matroska", audio=True),
    "matroska, VP8": film("matroska", "libvpx"),
    "matroska, AV1 of 10 fps": film("matroska", "mpeg4", fps=10),
    "all of it": film("matroska", "mpeg4", fps=10, size=(4800, 200), audio=True),
}


@needs_ffmpeg
@pytest.mark.parametrize("name", BROKEN)
def test_the_command_repairs(name: str, host: Host, tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(BROKEN[name])
    found = inspected(host, path)
    assert found.faults
    assert found.command

    again = inspected(host, obey(found.command))

    assert again.faults == ()


@needs_ffmpeg
@pytest.mark.parametrize("name", NAMES)
def test_the_command_takes_the_name_as_it_is(
    name: str, host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / name
    path.write_bytes(film(fps=10))

    command = inspected(host, path).command

    assert command
    assert shlex.split(command)[2] == str(path)
    assert obey(command).parent == tmp_path


@needs_ffmpeg
@pytest.mark.parametrize(
    ("container", "codec"),
    [("mp4", "h264"), ("mov", "h264"), ("webm", "libvpx"), ("mp4", "libvpx-vp9")],
)
def test_a_video_that_is_too_long_is_cut_without_being_encoded(
    container: str, codec: str, host: Host, tmp_path: Path
) -> None:
    path = tmp_path / "film"
    path.write_bytes(film(container, codec, frames=90, audio=True))
    facts = measure(path.read_bytes())

    written = obey(repair.repair_video(path.as_uri(), facts, {"duration"}, 2))

    cut = measure(written.read_bytes())
    assert 1 < (cut.duration_seconds or 0) <= 2
    assert (cut.codec, cut.container) == (facts.codec, container)
    assert inspected(host, written).faults == ()


@needs_ffmpeg
def test_a_video_that_is_too_large_gets_the_rate_that_fits(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(film(audio=True))
    facts = measure(path.read_bytes())
    large = replace(facts, size_bytes=5 * 1024**3, duration_seconds=900.0)

    command = repair.repair_video(path.as_uri(), large, {"size", "duration"})

    words = shlex.split(command)
    seconds, bits = (float(words[words.index(one) + 1]) for one in ("-t", "-b:v"))
    assert seconds == 599.5
    assert bits * seconds / 8 < 4_000_000_000
    assert obey(command).stat().st_size > 0


@needs_ffmpeg
def test_a_video_that_hides_its_length_is_written_anew(
    host: Host, tmp_path: Path
) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(film(options=(("movflags", "frag_every_frame+empty_moov"),)))
    facts = measure(path.read_bytes())
    hidden = replace(facts, duration_seconds=None)

    written = obey(repair.repair_video(path.as_uri(), hidden, {"duration"}))

    assert inspected(host, written).faults == ()


@needs_ffmpeg
def test_what_is_no_mp4_mov_or_webm_is_made_one(host: Host, tmp_path: Path) -> None:
    path = tmp_path / "film.avi"
    path.write_bytes(film("avi", "mpeg4", size=(363, 641), audio=False))

    written = obey(repair.encode(path.as_uri()))

    assert inspected(host, written).faults == ()


@needs_ffmpeg
@pytest.mark.parametrize(
    ("kind", "size"),
    [
        ("PNG", (300, 200)),
        ("JPEG", (1086, 1448)),
        ("JPEG", (2500, 300)),
        ("WEBP", (1254, 1254)),
        ("GIF", (301, 201)),
    ],
)
@pytest.mark.parametrize("name", ["100%03d it's.jpg", "photo.png"])
def test_the_command_repairs_a_photo(
    kind: str, size: tuple[int, int], name: str, host: Host, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(photo(kind, size))
    found = inspection.inspect_photo(host, name, str(path), tmp_path)
    assert found.faults
    assert found.command

    written = obey(found.command)

    again = inspection.inspect_photo(host, name, str(written), tmp_path)
    assert again.faults == ()


@pytest.mark.parametrize(
    ("sides", "scaled"),
    [
        ((200, 200), (360, 360)),
        ((300, 641), (360, 770)),
        ((361, 641), (360, 640)),
        ((4097, 2161), (4096, 2160)),
        ((8000, 200), (4096, 102)),
        ((1, 9000), (2, 4096)),
    ],
)
def test_the_sides_after_scaling_are_even_and_as_near_as_can_be(
    sides: tuple[int, int], scaled: tuple[int, int]
) -> None:
    assert repair.scaled(*sides) == scaled


def test_every_even_result_lies_inside_of_the_limits() -> None:
    for width in range(37, 9000, 61):
        for height in range(37, 9000, 67):
            sides = repair.scaled(width, height)
            assert max(sides) <= 4096
            assert min(sides) >= 360 or max(sides) == 4096
            assert sides[0] % 2 == sides[1] % 2 == 0


def test_a_video_elsewhere_is_named_as_its_download_would_be() -> None:
    url = "https://media.example.com/a/spring%20%26%20co.mov?signature=secret"

    command = repair.encode(url)

    assert shlex.split(command)[2] == "./spring & co.mov"
    assert "secret" not in command


def test_a_small_photo_is_not_scaled() -> None:
    facts = PhotoFacts(format="png", size_bytes=9, width=300, height=200)

    assert "scale" not in repair.repair_photo("file:///a.png", facts)
