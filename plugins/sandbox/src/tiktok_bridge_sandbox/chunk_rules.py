"""Which plans for cutting a video TikTok accepts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tiktok_bridge_sandbox.errors import InvalidParamsError

if TYPE_CHECKING:
    from tiktok_bridge_sandbox.switches import Switches

MEGABYTE: Final = {"decimal": 1_000_000, "binary": 1_048_576}
"""Bytes in one MB, by the reading of the size rules."""

MIN_CHUNK_MB: Final = 5
"""Smallest chunk of several, in MB (media transfer guide, 2026-09)."""

MAX_CHUNK_MB: Final = 64
"""Largest chunk but the last, in MB (media transfer guide, 2026-09)."""

MAX_VIDEO_MB: Final = {
    "4GB": {"decimal": 4_000, "binary": 4_096},
    "10GB": {"decimal": 10_000, "binary": 10_240},
    "128MB": {"decimal": 128, "binary": 128},
}
"""Largest video in MB of the same reading, by the switch ``max_video``."""

MAX_CHUNKS: Final = 1_000
"""Most chunks of a video (media transfer guide, 2026-09)."""

CHUNK_SIZE: Final = "The chunk size is invalid"
CHUNK_COUNT: Final = "The total chunk count is invalid"
VIDEO_SIZE: Final = "The video size is invalid"

SINGLE_CHUNK: Final = {
    "size-message": CHUNK_SIZE,
    "count-message": CHUNK_COUNT,
    "accept": "",
}
"""What is said to one chunk that is smaller than the video, by the switch."""


@dataclass(frozen=True)
class Plan:
    """How a client announced that it will cut the video."""

    video_size: int
    chunk_size: int
    total_chunk_count: int

    def end_of(self, first: int) -> int:
        """Return the last byte's index of the chunk that starts at *first*."""
        if first // self.chunk_size >= self.total_chunk_count - 1:
            return self.video_size - 1
        return first + self.chunk_size - 1


def largest_video(switches: Switches) -> int:
    """Return the bytes of the largest video."""
    reading = switches.megabyte
    return MAX_VIDEO_MB[switches.max_video][reading] * MEGABYTE[reading]


def check(plan: Plan, switches: Switches) -> None:
    """Accept a lawful plan.

    Raises:
        InvalidParamsError: With the text TikTok was recorded to send.
    """
    megabyte = MEGABYTE[switches.megabyte]
    if not 0 < plan.video_size <= largest_video(switches):
        raise InvalidParamsError(VIDEO_SIZE)
    if not _is_lawful_size(plan, megabyte):
        raise InvalidParamsError(CHUNK_SIZE)
    count = plan.total_chunk_count
    if count != plan.video_size // plan.chunk_size or count > MAX_CHUNKS:
        raise InvalidParamsError(CHUNK_COUNT)
    text = SINGLE_CHUNK[switches.single_chunk]
    if text and count == 1 and plan.chunk_size != plan.video_size:
        raise InvalidParamsError(text)


def _is_lawful_size(plan: Plan, megabyte: int) -> bool:
    if not 0 < plan.chunk_size <= min(plan.video_size, MAX_CHUNK_MB * megabyte):
        return False
    is_whole = plan.chunk_size == plan.video_size
    return is_whole or plan.chunk_size >= MIN_CHUNK_MB * megabyte
