"""Define what was measured of a video or a photo, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoFacts:
    """What a video is; None is what its headers do not tell.

    Attributes:
        container: `mp4`, `mov`, `webm`, or `mkv`, which TikTok does not take.
        codec: As FFmpeg calls it, such as `h264`; empty if it knows none.
        width: In pixels, as it is shown: after the rotation; 0 if no header tells it.
        height: Likewise.
        rotation: Degrees by which players turn it clockwise: 0, 90, 180 or 270.
        fps: Frames per second, on average.
        fps_highest: From the shortest distance between two frames.
        fps_lowest: From the longest distance between two frames.
        duration_seconds: Of its longest track.
        read_bytes: How much was read to learn this.
    """

    container: str
    size_bytes: int
    codec: str
    width: int
    height: int
    rotation: int
    fps: float | None
    fps_highest: float | None
    fps_lowest: float | None
    duration_seconds: float | None
    read_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoFacts:
    """What a photo is.

    Attributes:
        format: `jpeg`, `webp`, or what it is instead, such as `png`.
        width: In pixels; 0 if nothing told.
        height: Likewise.
    """

    format: str
    size_bytes: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Fault:
    """One rule of TikTok that a file breaks.

    Attributes:
        rule: `container`, `codec`, `fps`, `pixels`, `duration`, `size` or `format`.
        message: What was measured, the rule and its source, after the file's name.
        is_certain: Whether TikTok is known to refuse it.
    """

    rule: str
    message: str
    is_certain: bool = True
