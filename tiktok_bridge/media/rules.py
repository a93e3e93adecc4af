"""Hold what was measured against what TikTok takes; pure.

Source of every rule: developers.tiktok.com/doc/content-posting-api-media-transfer-guide
(read 2026-09-11).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge.media.facts import Fault
from tiktok_bridge.tiktok.chunks import MAX_VIDEO

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge.media.facts import PhotoFacts, VideoFacts

SOURCE: Final = "developers.tiktok.com/doc/content-posting-api-media-transfer-guide"
"""The page that has all these rules."""

CONTAINERS: Final = ("mp4", "mov", "webm")
"""Containers that TikTok takes; the first is the one that it recommends."""

CODECS: Final = {"h264": "H.264", "hevc": "H.265", "vp8": "VP8", "vp9": "VP9"}
"""Codecs that TikTok takes; the first is the one that it recommends."""

FPS: Final = (23, 60)
"""Fewest and most frames per second."""

PIXELS: Final = (360, 4096)
"""Smallest and largest side of a video."""

MAX_SECONDS: Final = 600.0
"""Longest video that comes through the API; many creators have less: creator_info."""

STEADY: Final = 1.5
"""By how much the distances between frames may differ in a video of one rate.

A container that counts in milliseconds has distances of 16 and 17."""

PHOTO_FORMATS: Final = {"jpeg": "JPEG", "webp": "WebP"}
"""Formats of photos that TikTok takes; PNG was refused where it was tried."""

PHOTO_SIDES: Final = (1920, 1080)
"""Longest and shorter side of a photo in pixels.

The page says no more than "max 1080p". It is read as the picture of that name, upright
or lying."""

PHOTO_BYTES: Final = 20_000_000
"""Largest photo. 20 MB, read as decimal: what both readings allow."""


def check_video(facts: VideoFacts) -> list[Fault]:
    """Return every rule that the video breaks."""
    return [
        *_container(facts),
        *_codec(facts),
        *_fps(facts),
        *_pixels(facts),
        *_duration(facts),
        *check_size(facts.size_bytes),
    ]


def check_photo(facts: PhotoFacts) -> list[Fault]:
    """Return every rule that the photo breaks."""
    return [*_format(facts), *_sides(facts), *_photo_size(facts)]


def check_size(size_bytes: int) -> Iterator[Fault]:
    """Yield the fault of a video that is too large."""
    if size_bytes > MAX_VIDEO:
        yield Fault(
            "size", f"has {size_bytes:,} bytes; TikTok takes at most 4 GB ({SOURCE})"
        )


def _container(facts: VideoFacts) -> Iterator[Fault]:
    if facts.container not in CONTAINERS:
        yield Fault(
            "container",
            "is no MP4, MOV or WebM video but Matroska, whatever its name says"
            f" ({SOURCE})",
        )


def _codec(facts: VideoFacts) -> Iterator[Fault]:
    if facts.codec not in CODECS:
        yield Fault(
            "codec",
            f"is encoded as {facts.codec or 'something unknown'}; TikTok takes"
            f" {', '.join(CODECS.values())} ({SOURCE})",
        )


def _fps(facts: VideoFacts) -> Iterator[Fault]:
    least, most = FPS
    takes = f"TikTok takes {least} to {most} ({SOURCE})"
    if facts.fps is None:
        yield Fault(
            "fps", f"does not say its frames per second; {takes}", is_certain=False
        )
    elif not least <= round(facts.fps, 2) <= most:
        yield Fault("fps", f"has {facts.fps:.5g} frames per second; {takes}")
    elif facts.fps_highest and facts.fps_lowest and _varies_too_much(facts):
        yield Fault(
            "fps",
            f"has a variable rate: {facts.fps:.4g} frames per second on average,"
            f" {facts.fps_lowest:.4g} to {facts.fps_highest:.4g} from one frame to the"
            f" next; {takes}, and has refused such recordings",
            is_certain=False,
        )


def _varies_too_much(facts: VideoFacts) -> bool:
    least, most = FPS
    highest, lowest = facts.fps_highest or 0.0, facts.fps_lowest or 0.0
    return highest > STEADY * lowest and not (least <= lowest and highest <= most)


def _pixels(facts: VideoFacts) -> Iterator[Fault]:
    least, most = PIXELS
    sides = (facts.width, facts.height)
    if 0 in sides:  # of a codec that TikTok does not take
        return
    if min(sides) < least or max(sides) > most:
        turned = f" (turned by {facts.rotation}°)" if facts.rotation else ""
        yield Fault(
            "pixels",
            f"has {facts.width}x{facts.height} pixels{turned}; TikTok takes {least} to"
            f" {most} on each side ({SOURCE})",
        )


def _duration(facts: VideoFacts) -> Iterator[Fault]:
    takes = f"TikTok takes at most {MAX_SECONDS:g} s ({SOURCE})"
    if facts.duration_seconds is None:
        message = f"does not say how long it is; {takes}"
        yield Fault("duration", message, is_certain=False)
    elif facts.duration_seconds > MAX_SECONDS:
        yield Fault("duration", f"lasts {facts.duration_seconds:.2f} s; {takes}")


def _format(facts: PhotoFacts) -> Iterator[Fault]:
    if facts.format not in PHOTO_FORMATS:
        yield Fault(
            "format",
            f"is {facts.format.upper()}; TikTok takes JPEG and WebP, whatever the name"
            f" says ({SOURCE})",
        )


def _sides(facts: PhotoFacts) -> Iterator[Fault]:
    sides = facts.width, facts.height
    longest, shorter = PHOTO_SIDES
    if max(sides) > longest or min(sides) > shorter:
        yield Fault(
            "pixels",
            f"has {facts.width}x{facts.height} pixels; TikTok takes at most 1080p,"
            f" which is {longest} on the longer side and {shorter} on the other"
            f" ({SOURCE})",
        )


def _photo_size(facts: PhotoFacts) -> Iterator[Fault]:
    if facts.size_bytes > PHOTO_BYTES:
        yield Fault(
            "size",
            f"has {facts.size_bytes:,} bytes; TikTok takes at most 20 MB ({SOURCE})",
        )
