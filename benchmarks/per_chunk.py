"""Publish one video as publisher.py does, but with a GET for each chunk; a control.

Usage: per_chunk.py whole|streamed FOLDER BASE_URL VIDEO

`whole` has all of a chunk before it sends the first byte of it; `streamed` hands it
through while it comes.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import publisher
from tiktok_bridge_s3 import media

if TYPE_CHECKING:
    from collections.abc import Iterator

go_on = media.S3Media.read


def read_streamed(
    source: media.S3Media, start: int, stop: int
) -> Iterator[bytes | memoryview]:
    """Read through a GET that ends with the chunk."""
    media.STREAMED = sys.maxsize
    return go_on(source, start, stop)


def read_whole(
    source: media.S3Media, start: int, stop: int
) -> Iterator[bytes | memoryview]:
    """Read everything, and then hand it out."""
    data = memoryview(b"".join(map(bytes, read_streamed(source, start, stop))))
    for at in range(0, len(data), media.PIECE):
        yield data[at : at + media.PIECE]


WAYS = {"whole": read_whole, "streamed": read_streamed}

if __name__ == "__main__":
    media.S3Media.read = WAYS[sys.argv[1]]  # type: ignore[assignment,method-assign] # the control
    publisher.main(Path(sys.argv[2]), sys.argv[3], sys.argv[4])
