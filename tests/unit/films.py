"""Real media, made by PyAV and Pillow in memory: tiny, and made once in a run."""

from __future__ import annotations

import io
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

import av
from PIL import Image

from tiktok_bridge.media import video
from tiktok_bridge.media.blocks import Blocks
from tiktok_bridge.media.probe import sniff
from tiktok_bridge.models import MediaStat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from av.container import OutputContainer

    from tiktok_bridge.media.facts import VideoFacts

FRAMES = 10
MILLISECONDS = Fraction(1, 1000)
FAST: dict[str, dict[str, object]] = {
    "h264": {"preset": "ultrafast", "threads": "1"},
    "libx265": {"preset": "ultrafast", "x265-params": "log-level=none"},
    "libvpx": {"deadline": "realtime", "cpu-used": "8"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8"},
}


@cache
def film(  # noqa: PLR0913 - one for each thing that a rule looks at
    container: str = "mp4",
    codec: str = "h264",
    *,
    size: tuple[int, int] = (360, 640),
    fps: Fraction | int = 30,
    frames: int = FRAMES,
    times: tuple[int, ...] = (),
    rotation: int = 0,
    audio: bool = False,
    options: tuple[tuple[str, str], ...] = (),
) -> bytes:
    """Return a video; *times* of its frames are in milliseconds."""
    out = io.BytesIO()
    with av.open(out, "w", format=container, options=dict(options)) as opened:
        stream = opened.add_stream(codec, rate=fps)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.options = dict(FAST.get(codec, {}))
        if times:
            stream.codec_context.time_base = MILLISECONDS
        if rotation:
            stream.set_display_rotation(rotation)
        if audio:
            opened.add_stream("libopus" if container == "webm" else "aac", rate=48_000)
        for number in range(len(times) or frames):
            opened.mux(stream.encode(_frame(number, size, times)))
        opened.mux(stream.encode())
        if audio:
            _hum(opened)
    return out.getvalue()


@cache
def sound() -> bytes:
    """Return an MP4 without a picture."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as opened:
        opened.add_stream("aac", rate=48_000)
        _hum(opened)
    return out.getvalue()


@cache
def photo(kind: str = "JPEG", size: tuple[int, int] = (320, 240)) -> bytes:
    """Return a grey photo; *kind* is what Pillow calls it."""
    out = io.BytesIO()
    Image.new("RGB", size, (90, 120, 150)).save(out, kind)
    return out.getvalue()


class Memory:
    """A media source that counts what is read from it."""

    def __init__(self, data: bytes, size_bytes: int | None = None) -> None:
        self.data = data
        self.size_bytes = len(data) if size_bytes is None else size_bytes
        self.reads: list[tuple[int, int]] = []

    @property
    def total(self) -> int:
        return sum(stop - start for start, stop in self.reads)

    def stat(self) -> MediaStat:
        return MediaStat(self.size_bytes, "1")

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        assert 0 <= start < stop <= self.size_bytes
        self.reads.append((start, stop))
        yield self.at(start, stop)

    def at(self, start: int, stop: int) -> bytes:
        return self.data[start:stop]

    def public_url(self) -> str | None:
        return "https://media.example.com/file"


class Sparse(Memory):
    """A file whose bytes from *hole* on lie *gap* bytes later; between is nothing."""

    def __init__(self, data: bytes, hole: int, gap: int) -> None:
        super().__init__(data, len(data) + gap)
        self.hole, self.gap = hole, gap

    def at(self, start: int, stop: int) -> bytes:
        front = self.data[start : min(stop, self.hole)]
        zeros = max(0, min(stop, self.hole + self.gap) - max(start, self.hole))
        behind = slice(max(start - self.gap, self.hole), max(stop - self.gap, 0))
        return front + bytes(zeros) + self.data[behind]


def blocks(data: bytes | Memory, **options: int) -> Blocks:
    """Return *data* as a file that is read in blocks."""
    source = Memory(data) if isinstance(data, bytes) else data
    return Blocks(source, source.size_bytes, **options)


def measure(data: bytes | Memory, name: str = "film.mp4", **options: int) -> VideoFacts:
    """Return what the video *data* is."""
    file = blocks(data, **options)
    return video.measure(file, sniff(file.read(64)), name)


def _frame(number: int, size: tuple[int, int], times: tuple[int, ...]) -> av.VideoFrame:
    frame = av.VideoFrame(*size, "yuv420p")
    for plane in frame.planes:
        plane.update(bytes([number * 7 % 256]) * plane.buffer_size)
    frame.pts = times[number] if times else number
    if times:
        frame.time_base = MILLISECONDS
    return frame


def _hum(opened: OutputContainer) -> None:
    stream = opened.streams.audio[0]
    for number in range(10):
        frame = av.AudioFrame(format="s16", layout="stereo", samples=960)
        frame.planes[0].update(bytes(frame.planes[0].buffer_size))
        frame.sample_rate = 48_000
        frame.pts = number * 960
        frame.time_base = Fraction(1, 48_000)
        opened.mux(stream.encode(frame))
    opened.mux(stream.encode())
