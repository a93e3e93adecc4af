"""Write the `ffmpeg` command that repairs a file; pure."""

from __future__ import annotations

import os
import shlex
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_to_bytes, urlsplit

from tiktok_bridge.media.rules import (
    MAX_SECONDS,
    PHOTO_SIDES,
    PIXELS,
)
from tiktok_bridge.tiktok.chunks import MAX_VIDEO

if TYPE_CHECKING:
    from collections.abc import Collection

    from tiktok_bridge.media.facts import PhotoFacts, VideoFacts

GOOD_FPS: Final = 30
"""The rate of a video that is encoded again because of its rate."""

MARGIN_SECONDS: Final = 0.5
"""How much shorter than allowed a cut is: audio ends up to a frame later."""

MOST_BITS: Final = 50_000_000
"""Highest bit rate that is asked for, per second."""

ROOM: Final = 0.9
"""The share of the allowed size that an encoder is told to fill."""

H264: Final = ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac")
PHOTO_READERS: Final = {
    "jpeg": "jpeg_pipe",
    "webp": "webp_pipe",
    "png": "png_pipe",
    "bmp": "bmp_pipe",
    "tiff": "tiff_pipe",
    "gif": "gif",
}
NEEDS_ENCODER: Final = frozenset({"codec", "fps", "pixels", "size"})
KEEPS_WEBM: Final = frozenset({"vp8", "vp9"})


def encode(url: str) -> str:
    """Return the command for a video of which nothing is known."""
    even = "scale=trunc(iw/2)*2:trunc(ih/2)*2"
    return _command(url, ("-vf", even, *H264, "-movflags", "+faststart"), "mp4")


def repair_video(
    url: str,
    facts: VideoFacts,
    rules: Collection[str],
    max_seconds: float = MAX_SECONDS,
) -> str:
    """Return the command after which the video breaks none of *rules* any more.

    Args:
        url: Where it lies.
        facts: What it is.
        rules: What it breaks; see `Fault`.
        max_seconds: How long it may be.
    """
    words: list[str] = []
    seconds = facts.duration_seconds
    if "duration" in rules and seconds and seconds > max_seconds:
        seconds = max_seconds - MARGIN_SECONDS
        words += ["-t", f"{seconds:g}"]
    if NEEDS_ENCODER.isdisjoint(rules):
        return _command(url, (*words, *_copied(facts)), _copy_ending(facts))
    if filters := _filters(facts, rules):
        words += ["-vf", ",".join(filters)]
    words += H264
    if "size" in rules:
        words += ["-b:v", str(_bits(seconds))]
    return _command(url, (*words, "-movflags", "+faststart"), "mp4")


def repair_photo(url: str, facts: PhotoFacts) -> str:
    """Return the command that makes a JPEG of allowed size of the photo."""
    words = ["-frames:v", "1"]
    if facts.width and facts.height:
        factor = _photo_factor(facts.width, facts.height)
        if factor < 1:
            sides = int(facts.width * factor), int(facts.height * factor)
            words += ["-vf", f"scale={max(sides[0], 1)}:{max(sides[1], 1)}"]
    words += ["-q:v", "3", "-f", "image2", "-update", "1"]
    reader = PHOTO_READERS.get(facts.format)  # else the name's ending would choose
    return _command(url, words, "jpg", ("-f", reader) if reader else ())


def scaled(width: int, height: int) -> tuple[int, int]:
    """Return even sides of the same shape, as near to the limits as can be.

    Where the shape itself allows none, the shorter side stays too short: it is padded.
    """
    least, most = PIXELS
    factor = max(least / min(width, height), 1.0)
    factor = min(factor, most / max(width, height))
    return _even(width * factor), _even(height * factor)


def _filters(facts: VideoFacts, rules: Collection[str]) -> list[str]:
    filters = [f"fps={GOOD_FPS}"] if "fps" in rules else []
    if not (facts.width and facts.height):
        return [*filters, "scale=trunc(iw/2)*2:trunc(ih/2)*2"]
    width, height = scaled(facts.width, facts.height)
    if (width, height) != (facts.width, facts.height):
        filters += [f"scale={width}:{height}", "setsar=1"]
    least = PIXELS[0]
    if min(width, height) < least:
        padded = f"{max(width, least)}:{max(height, least)}"
        filters.append(f"pad={padded}:(ow-iw)/2:(oh-ih)/2")
    return filters


def _copied(facts: VideoFacts) -> tuple[str, ...]:
    """Return how a video keeps its codec: only what is around it is new."""
    if facts.container == "mkv" and facts.codec not in KEEPS_WEBM:
        return ("-c:v", "copy", "-c:a", "aac", "-movflags", "+faststart")
    if facts.codec in KEEPS_WEBM and facts.container == "mkv":
        return ("-c:v", "copy", "-c:a", "libopus")
    return ("-c", "copy")


def _copy_ending(facts: VideoFacts) -> str:
    if facts.container == "mkv":
        return "webm" if facts.codec in KEEPS_WEBM else "mp4"
    return facts.container


def _even(side: float) -> int:
    return max(2, min(2 * round(side / 2), PIXELS[1]))


def _bits(seconds: float | None) -> int:
    if not seconds:
        return MOST_BITS // 10
    return min(MOST_BITS, int(ROOM * 8 * MAX_VIDEO / seconds))


def _photo_factor(width: int, height: int) -> float:
    longest, shorter = PHOTO_SIDES
    return min(longest / max(width, height), shorter / min(width, height))


def _command(
    url: str, words: Collection[str], ending: str, before: Collection[str] = ()
) -> str:
    """Return the whole command; what it writes lies beside what it reads."""
    path = path_of(url)
    target = path.with_name(f"{path.stem}-tiktok.{ending}")
    names = [_argument(one) for one in (path, target)]
    return shlex.join(["ffmpeg", *before, "-i", names[0], *words, names[1]])


def path_of(url: str) -> PurePosixPath:
    """Return the path of a file, or the name that a download of *url* would have."""
    parts = urlsplit(url)
    path = PurePosixPath(os.fsdecode(unquote_to_bytes(parts.path)))
    if parts.scheme == "file":
        return path
    return PurePosixPath(path.name or "media")


def _argument(path: PurePosixPath) -> str:
    """Return *path* so that ffmpeg takes it for no option and no protocol."""
    text = str(path)
    return text if path.is_absolute() else f"./{text}"
