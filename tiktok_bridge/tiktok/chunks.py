"""Cut a video into chunks that TikTok accepts; pure.

Source of every rule: developers.tiktok.com/doc/content-posting-api-media-transfer-guide
(read 2026-09-11). It says MB without saying which, so each limit is taken in the
reading that leaves less room.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tiktok_bridge.errors import MediaError

if TYPE_CHECKING:
    from collections.abc import Iterator

MIN_CHUNK: Final = 5 * 1024 * 1024
"""Smallest chunk in bytes; a video below it is one chunk. 5 MB, read as MiB."""

MAX_CHUNK: Final = 64_000_000
"""Largest chunk in bytes but for the last. 64 MB, read as decimal."""

MAX_LAST_CHUNK: Final = 128_000_000
"""Largest last chunk in bytes. 128 MB, read as decimal."""

MAX_CHUNKS: Final = 1000
"""Most chunks of one video."""

MAX_VIDEO: Final = 4 * 1024**3
"""Largest video in bytes. 4 GB, read as GiB: only TikTok can refuse what lies between
the readings."""

SMALL_TARGET: Final = 10_000_000
"""Chunk of a small video in bytes: little is sent again after a fault."""

LARGE_TARGET: Final = 60_000_000
"""Chunk of a large video in bytes: few requests."""

TARGET_COUNT: Final = 20
"""How many chunks a video has while its chunk grows between the two targets."""


@dataclass(frozen=True, slots=True)
class ChunkPlan:
    """How a video is cut: the numbers of `source_info`.

    Attributes:
        video_size: Bytes of the whole video.
        chunk_size: Bytes of each chunk but the last, which takes the rest.
        total_chunk_count: `video_size // chunk_size`.
    """

    video_size: int
    chunk_size: int
    total_chunk_count: int

    def chunks(self) -> Iterator[tuple[int, int]]:
        """Yield the start and the stop (exclusive) of each chunk, in order."""
        last = self.total_chunk_count - 1
        for index in range(last):
            yield index * self.chunk_size, (index + 1) * self.chunk_size
        yield last * self.chunk_size, self.video_size

    def rest(self, offset: int) -> Iterator[tuple[int, int]]:
        """Yield what is left when the server holds the first *offset* bytes."""
        for start, stop in self.chunks():
            if stop > offset:
                yield max(start, offset), stop


def plan_chunks(video_size: int) -> ChunkPlan:
    """Cut *video_size* bytes so that both readings of MB are met.

    The chunk grows from 10,000,000 to 60,000,000 bytes with the video.

    Raises:
        MediaError: The video is empty or larger than TikTok takes.
    """
    if video_size < 1:
        raise MediaError("the video is empty", hint="export it again")
    if video_size > MAX_VIDEO:
        raise MediaError(
            f"the video has {video_size:,} bytes; TikTok takes at most 4 GB",
            hint="encode it at a lower bit rate",
        )
    target = min(max(video_size // TARGET_COUNT, SMALL_TARGET), LARGE_TARGET)
    count = video_size // target
    if count <= 1:  # one chunk must be declared as large as the video
        return ChunkPlan(video_size, video_size, 1)
    return ChunkPlan(video_size, target, count)
