"""Measure a video with PyAV, from its headers: nothing is decoded."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from tiktok_bridge.errors import BridgeError, MediaError
from tiktok_bridge.media import layout
from tiktok_bridge.media.blocks import BUDGET, BudgetError
from tiktok_bridge.media.facts import VideoFacts
from tiktok_bridge.media.layout import BrokenError
from tiktok_bridge.media.timing import rates

if TYPE_CHECKING:
    from av import VideoStream
    from av.container import InputContainer

    from tiktok_bridge.media.blocks import Blocks


CONTAINERS: Final = {
    "video/mp4": ("mp4", "mov"),
    "video/quicktime": ("mov", "mov"),
    "video/webm": ("webm", "matroska"),
    "video/x-matroska": ("mkv", "matroska"),
}
"""Our name and the demuxer of each content type: no other one sees the file."""

OPTIONS: Final = {
    "codec_whitelist": "none",  # no decoder meets a stranger's bytes
    "protocol_whitelist": "none",  # and no reference in them is followed
    "probesize": "262144",
}
"""How FFmpeg opens a file: by its headers alone."""

MOST_TIMES: Final = 100_000
"""How many frames' times are looked at where the headers list them."""

MOST_PACKETS: Final = 2_000
"""How many packets are looked at where they do not."""

REORDERED: Final = 16
"""How many frames may be shown before one that is stored before them."""

PACKETS_BUDGET: Final = 1024 * 1024
"""After how many bytes, all in all, no further packet is looked at."""

ANYWAY: Final = "export the video again"


def is_available() -> bool:
    """Tell whether PyAV is installed."""
    return find_spec("av") is not None


def measure(file: Blocks, content_type: str, name: str) -> VideoFacts:
    """Return what the video *name* is.

    Raises:
        MediaError: It is broken, or holds no video.
        PluginError: Its source broke its promise.
    """
    container, demuxer = CONTAINERS[content_type]
    try:
        turned = 0
        if demuxer == "mov":
            turned = layout.require_whole_movie(file)
        else:
            layout.require_whole_segment(file)
        opened, is_indexed = _open(file, demuxer)
        with opened:
            facts = _facts(opened, file, container, turned)
        if not isinstance(file.failure, BudgetError):  # the first frames are enough
            file.require_sound()
    except Exception as error:  # noqa: BLE001 - a demuxer may raise anything
        raise _failed(file.failure or error, name) from None
    return facts if is_indexed else replace(facts, duration_seconds=None)


def _open(file: Blocks, demuxer: str) -> tuple[InputContainer, bool]:
    """Open the file; return it, and whether every fragment of it was looked at."""
    try:
        file.require_sound()
        return _demuxed(file, demuxer, OPTIONS), True
    except BudgetError:
        file.allow(PACKETS_BUDGET)
    return _demuxed(file, demuxer, OPTIONS | {"fflags": "ignidx"}), False


def _demuxed(file: Blocks, demuxer: str, options: dict[str, str]) -> InputContainer:
    import av  # noqa: PLC0415 - only who has it and looks at a video loads it

    file.seek(0)
    try:
        opened = av.open(
            file, "r", format=demuxer, options=options, metadata_errors="replace"
        )
    except av.FFmpegError:
        file.require_sound()
        raise
    if file.failure:
        opened.close()
        raise file.failure
    return opened


def _facts(
    opened: InputContainer, file: Blocks, container: str, turned: int
) -> VideoFacts:
    stream = _video(opened)
    _require_all_frames(opened, file.size_bytes)
    times, is_all = _times(opened, stream, file)
    fps = (stream.time_base and rates(times, stream.time_base)) or (None,) * 3
    if fps[0] is None and stream.average_rate:
        fps = (float(stream.average_rate),) * 3
    context: Any = stream.codec_context
    width, height = (context.width, context.height) if context else (0, 0)
    if turned in (90, 270):
        width, height = height, width
    return VideoFacts(
        container=container,
        size_bytes=file.size_bytes,
        codec=context.codec.canonical_name if context else "",
        width=width,
        height=height,
        rotation=turned,
        fps=fps[0],
        fps_highest=fps[1],
        fps_lowest=fps[2],
        duration_seconds=_duration(opened, stream, times if is_all else []),
        read_bytes=file.total,
    )


def _video(opened: InputContainer) -> VideoStream:
    """Return the stream that players show; a cover picture is none."""
    from av.stream import Disposition  # noqa: PLC0415 - see `_demuxed`

    for stream in opened.streams.video:
        if not stream.disposition & Disposition.attached_pic:
            return stream
    others = ", ".join(sorted({one.type for one in opened.streams})) or "nothing"
    raise BrokenError(f"holds no video, only {others}")


def _require_all_frames(opened: InputContainer, size: int) -> None:
    """Make sure that the last frame of each table lies inside the file."""
    for stream in opened.streams:
        entries = stream.index_entries
        if len(entries) and entries[-1].pos + entries[-1].size > size:
            stop = entries[-1].pos + entries[-1].size
            raise BrokenError(
                f"is cut off: its last frame ends at byte {stop:,}, the file at"
                f" {size:,}"
            )


def _times(
    opened: InputContainer, stream: VideoStream, file: Blocks
) -> tuple[list[int], bool]:
    """Return the times of the frames, and whether these are all of them."""
    if stream.frames:  # a table lists them
        entries = stream.index_entries
        count = min(len(entries), MOST_TIMES)
        return [entries[n].timestamp for n in range(count)], count == len(entries)
    file.allow(PACKETS_BUDGET)
    times: list[int] = []
    for packet in islice(opened.demux(stream), MOST_PACKETS):
        if packet.size == 0:  # the last one is empty
            return times, file.failure is None
        times += [] if packet.pts is None else [packet.pts]
        if file.total > PACKETS_BUDGET:
            break
    return sorted(times)[:-REORDERED], False


def _duration(
    opened: InputContainer, stream: VideoStream, times: list[int]
) -> float | None:
    """Return the length in seconds; from the frames if no header tells it."""
    unit = float(stream.time_base or 0)
    has_header = stream.duration or opened.format.name.startswith("matroska")
    if has_header and opened.duration and opened.duration > 0:
        return float(opened.duration) / 1_000_000
    if len(times) > 1 and unit:
        length = max(times) - min(times)
        return unit * length * len(times) / (len(times) - 1)
    return None


def _failed(error: Exception, name: str) -> BridgeError:
    """Return what to raise for *error*: it names the video."""
    if isinstance(error, BridgeError):
        return error
    if isinstance(error, BrokenError):
        return MediaError(f"{name} {error}", hint=ANYWAY)
    if isinstance(error, BudgetError):
        return MediaError(
            f"{name} does not tell in {BUDGET:,} bytes what it is", hint=ANYWAY
        )
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return MediaError(
        f"{name} is broken: its container cannot be read ({reason})", hint=ANYWAY
    )
