"""What a video is, is measured from its headers."""

from __future__ import annotations

import random
import struct
import subprocess
import sys
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from tests.unit.films import FRAMES, Memory, Sparse, film, measure, sound
from tiktok_bridge.errors import MediaError, PluginError
from tiktok_bridge.media import video
from tiktok_bridge.media.probe import sniff

if TYPE_CHECKING:
    from collections.abc import Iterator


FRAGMENTS = (("movflags", "frag_every_frame+empty_moov+default_base_moof"),)
LIVE = (("live", "1"),)
MEGABYTE = 1_000_000


def refusal(data: bytes | Memory) -> str:
    with pytest.raises(MediaError) as caught:
        measure(data)
    assert caught.value.hint
    return caught.value.message


@pytest.mark.parametrize(
    ("container", "codec", "name"),
    [
        ("mp4", "h264", "h264"),
        ("mov", "h264", "h264"),
        ("mp4", "libx265", "hevc"),
        ("mp4", "libvpx-vp9", "vp9"),
        ("webm", "libvpx", "vp8"),
        ("webm", "libvpx-vp9", "vp9"),
    ],
)
def test_each_container_and_codec_of_tiktok_is_told(
    container: str, codec: str, name: str
) -> None:
    facts = measure(film(container, codec))

    assert (facts.container, facts.codec) == (container, name)
    assert (facts.width, facts.height) == (360, 640)
    assert facts.fps == pytest.approx(30)
    assert facts.duration_seconds == pytest.approx(FRAMES / 30, abs=0.001)


@pytest.mark.parametrize(
    "fps", [10, Fraction(24000, 1001), 60, Fraction(6002, 100), 61]
)
def test_the_frames_per_second_are_told_exactly(fps: Fraction | int) -> None:
    assert measure(film(fps=fps)).fps == pytest.approx(float(fps), rel=1e-6)


@pytest.mark.parametrize(("container", "codec"), [("mp4", "h264"), ("webm", "libvpx")])
def test_a_variable_rate_is_seen(container: str, codec: str) -> None:
    times = tuple(time + 10 * (time % 80 == 0) for time in range(0, 1200, 40))

    facts = measure(film(container, codec, times=times))

    assert facts.fps == pytest.approx(25, rel=0.02)
    assert facts.fps_highest == pytest.approx(1 / 0.03)
    assert facts.fps_lowest == pytest.approx(1 / 0.05)


@pytest.mark.parametrize(
    ("rotation", "seen"), [(90, 270), (180, 180), (270, 90), (0, 0)]
)
def test_a_turned_video_has_the_sides_that_people_see(rotation: int, seen: int) -> None:
    facts = measure(film(rotation=rotation, size=(640, 360)))

    sides = (360, 640) if seen in (90, 270) else (640, 360)
    assert (facts.rotation, facts.width, facts.height) == (seen, *sides)


def test_the_longest_track_is_the_duration() -> None:
    facts = measure(film(audio=True, frames=3))

    assert facts.duration_seconds == pytest.approx(0.2, abs=0.01)


@pytest.mark.parametrize(
    "data",
    [film(options=FRAGMENTS), film("webm", "libvpx", options=LIVE)],
    ids=["fragments", "live"],
)
def test_a_video_without_a_table_is_measured_by_its_frames(data: bytes) -> None:
    facts = measure(data)

    assert facts.fps == pytest.approx(30)
    assert facts.duration_seconds == pytest.approx(FRAMES / 30, abs=0.05)


# What is read


def test_a_table_at_the_end_of_500_mb_costs_less_than_2_mb_of_reads() -> None:
    data = film(frames=1500)
    assert data.find(b"mdat") < data.find(b"moov")
    source = stretched(data, 500 * MEGABYTE)

    facts = measure(source)

    assert facts.size_bytes > 500 * MEGABYTE
    assert facts.duration_seconds == pytest.approx(50)
    assert facts.read_bytes <= source.total < 2 * MEGABYTE / 10


def test_a_table_of_ten_minutes_at_the_end_costs_less_than_2_mb_of_reads() -> None:
    source = stretched(film(frames=10), 500 * MEGABYTE, table_bytes=900_000)

    measure(source)

    assert 900_000 < source.total < 2 * MEGABYTE


def test_a_table_at_the_start_costs_one_block() -> None:
    source = stretched(moved_to_the_start(film()), 500 * MEGABYTE)

    assert measure(source).read_bytes <= 3 * 64 * 1024


def test_many_fragments_are_not_read_one_by_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = film(options=FRAGMENTS, frames=300)
    monkeypatch.setattr(video, "PACKETS_BUDGET", 1024)
    source = Memory(data)

    facts = measure(source, budget=128 * 1024)

    assert facts.codec == "h264"
    assert facts.fps == pytest.approx(30)
    assert facts.duration_seconds is None
    assert source.total < 256 * 1024 < len(data)


def stretched(data: bytes, size_bytes: int, table_bytes: int = 0) -> Sparse:
    """Put nothing into the middle of the frames, and a box into the table."""
    at = data.find(b"mdat") - 4
    mdat = int.from_bytes(data[at : at + 4], "big")
    gap = size_bytes - len(data)
    head = struct.pack(">I4sQ", 1, b"mdat", mdat + 8 + gap)
    grown = data[:at] + head + data[at + 8 :]
    moov = grown.find(b"moov") - 4
    moved = moved_offsets(grown, 8)
    if table_bytes:
        size = int.from_bytes(moved[moov : moov + 4], "big")
        free = struct.pack(">I4s", table_bytes, b"free") + bytes(table_bytes - 8)
        total = (size + table_bytes).to_bytes(4, "big")
        moved = moved[:moov] + total + moved[moov + 4 :] + free
    return Sparse(moved, at + mdat + 8, gap)


def moved_offsets(data: bytes, by: int) -> bytes:
    """Say in the table of chunks that each lies *by* bytes later."""
    at = data.find(b"stco") + 4
    (count,) = struct.unpack_from(">I", data, at + 4)
    numbers = struct.unpack_from(f">{count}I", data, at + 8)
    new = struct.pack(f">{count}I", *(one + by for one in numbers))
    return data[: at + 8] + new + data[at + 8 + len(new) :]


def moved_to_the_start(data: bytes) -> bytes:
    """Put the table before the frames."""
    at, moov = data.find(b"mdat") - 4, data.find(b"moov") - 4
    table = moved_offsets(data[moov:], len(data) - moov)
    return data[:at] + table + data[at:moov]


# What is broken


@pytest.mark.parametrize(
    "data", [film(), film("mov"), film("webm", "libvpx")], ids=["mp4", "mov", "webm"]
)
def test_a_video_that_is_cut_anywhere_is_refused_by_name(data: bytes) -> None:
    for length in range(64, len(data) - 1, 37):
        message = refusal(data[:length])
        assert message.startswith("film.mp4 is cut off")


def test_a_video_with_its_table_at_the_start_is_refused_where_frames_are_missing() -> (
    None
):
    data = moved_to_the_start(film())

    assert refusal(data[:-100]).startswith("film.mp4 is cut off")
    assert measure(data).fps == pytest.approx(30)


def test_a_frame_behind_the_end_is_found_although_every_box_is_whole() -> None:
    data = moved_offsets(film(), 5_000)

    assert "its last frame ends at byte" in refusal(data)


def test_sound_without_a_picture_is_refused() -> None:
    assert refusal(sound()) == "film.mp4 holds no video, only audio"


def test_a_broken_table_is_refused_with_a_reason() -> None:
    data = film()
    at = data.find(b"moov")

    message = refusal(data[:at] + b"what" + data[at + 4 :])

    assert message.startswith("film.mp4 is broken: its container cannot be read (")


@pytest.mark.parametrize("size", [1, 4, 0])
def test_a_table_that_would_take_all_memory_is_refused(size: int) -> None:
    data = film()
    at = data.find(b"stsz") + 8
    trap = data[:at] + struct.pack(">II", size, 170_000_000) + data[at + 8 :]

    assert "announces 170,000,000 frames" in refusal(trap)


@pytest.mark.parametrize("flags", [0x000, 0x301])
def test_a_fragment_that_would_take_all_memory_is_refused(flags: int) -> None:
    data = film(options=FRAGMENTS)
    at = data.rfind(b"trun") + 4
    trap = data[:at] + struct.pack(">II", flags, 170_000_000) + data[at + 8 :]

    assert "announces 170,000,000 frames" in refusal(trap)


def test_a_track_number_that_would_take_all_time_is_refused() -> None:
    data = film(options=FRAGMENTS)
    at = data.find(b"tkhd") + 16
    trap = data[:at] + b"\xff\xff\xff\xff" + data[at + 4 :]

    assert "has a track of the number 4,294,967,295" in refusal(trap)


def test_more_boxes_than_ten_minutes_need_are_refused() -> None:
    boxes = film() + struct.pack(">I4s", 8, b"free") * 110_000

    assert refusal(boxes) == "film.mp4 has more than 100,000 boxes"


def test_a_header_without_end_is_refused_after_16_mb() -> None:
    data = film()
    moov = data.find(b"moov") - 4
    head = struct.pack(">I4s", 900 * MEGABYTE, b"moov") + data[moov + 8 :]
    source = Sparse(data[:moov] + head, len(data), 900 * MEGABYTE)

    assert "does not tell in 16,777,216 bytes" in refusal(source)
    assert source.total <= 16 * 1024 * 1024


def test_no_damage_ends_otherwise_than_in_facts_or_in_a_refusal() -> None:
    chance = random.Random(4)  # noqa: S311 - the same damage each time
    whole = [film(), film("webm", "libvpx"), film(options=FRAGMENTS, audio=True)]
    ends = {"facts": 0, "refusal": 0}
    for number in range(600):
        data = bytearray(whole[number % 3])
        for _ in range(1 + number % 8):
            data[chance.randrange(12, len(data))] = chance.choice((0, 1, 127, 255))
        ends["facts" if survives(bytes(data)) else "refusal"] += 1

    assert min(ends.values()) > 20


def survives(data: bytes) -> bool:
    if not sniff(data[:64]):
        return False
    try:
        measure(data)
    except MediaError as error:
        assert error.message.startswith("film.mp4 ")  # noqa: PT017 - facts are fine, too
        return False
    return True


def test_a_source_that_fails_is_what_is_told() -> None:
    class Failing(Memory):
        def read(self, start: int, stop: int) -> Iterator[bytes]:
            if start:
                raise PluginError("the plugin x failed to read a video")
            yield from super().read(start, stop)

    source = Failing(film(frames=1500) + bytes(200_000))
    assert len(source.data) > 64 * 1024 * 2

    with pytest.raises(PluginError, match="the plugin x failed"):
        measure(source)


# What is loaded


def test_the_command_line_loads_neither_pyav_nor_pillow() -> None:
    code = (
        "import sys; from tiktok_bridge import cli, Bridge;"
        " import tiktok_bridge.media.inspection; cli.run(['--help']);"
        " sys.exit(bool({'av', 'PIL'} & set(sys.modules)))"
    )

    run = subprocess.run([sys.executable, "-c", code], check=False)  # noqa: S603 - ours

    assert run.returncode == 0


def test_no_decoder_is_opened_even_where_only_one_could_tell_the_pixels() -> None:
    facts = measure(film(codec="mpeg4"))

    assert (facts.codec, facts.width, facts.height) == ("mpeg4", 0, 0)


def test_nothing_is_decoded() -> None:
    data = film("mov")
    at, size = (
        data.find(b"mdat") + 4,
        int.from_bytes(data[data.find(b"mdat") - 4 :][:4]),
    )
    blank = data[:at] + bytes(size - 8) + data[at + size - 8 :]

    assert measure(blank) == measure(data)
