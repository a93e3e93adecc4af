"""Which plans for cutting a video TikTok accepts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tiktok_bridge_sandbox.errors import InvalidParamsError

MEGABYTE: Final = {"decimal": 1_000_000, "binary": 1_048_576}
"""Bytes in one MB, by the reading of the size rules."""

MIN_CHUNK_MB: Final = 5
"""Smallest chunk of several, in MB (media transfer guide, 2026-09)."""

MAX_CHUNK_MB: Final = 64
"""Largest chunk but the last, in MB (media transfer guide, 2026-09)."""

MAX_VIDEO_MB: Final = {"decimal": 4_000, "binary": 4_096}
"""Largest video: 4 GB, in MB of the same reading."""

CHUNK_SIZE: Final = "The chunk size is invalid"
CHUNK_COUNT: Final = "The total chunk count is invalid"
VIDEO_SIZE: Final = "The video size is invalid"


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


def check(plan: Plan, reading: str) -> None:
    """Accept a lawful plan.

    The limit of 1,000 chunks needs no line: 4 GB are 800 chunks of 5 MB.

    Raises:
        InvalidParamsError: With the text TikTok was recorded to send.
    """
    megabyte = MEGABYTE[reading]
    if not 0 < plan.video_size <= MAX_VIDEO_MB[reading] * megabyte:
        raise InvalidParamsError(VIDEO_SIZE)
    if not _is_lawful_size(plan, megabyte):
        raise InvalidParamsError(CHUNK_SIZE)
    if plan.total_chunk_count != plan.video_size // plan.chunk_size:
        raise InvalidParamsError(CHUNK_COUNT)
    if plan.total_chunk_count == 1 and plan.chunk_size != plan.video_size:
        raise InvalidParamsError(CHUNK_SIZE)


def _is_lawful_size(plan: Plan, megabyte: int) -> bool:
    if not 0 < plan.chunk_size <= min(plan.video_size, MAX_CHUNK_MB * megabyte):
        return False
    is_whole = plan.chunk_size == plan.video_size
    return is_whole or plan.chunk_size >= MIN_CHUNK_MB * megabyte
