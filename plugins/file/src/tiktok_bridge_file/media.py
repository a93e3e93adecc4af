"""Read a local file as media, pinned to what it was when it was first seen."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import PurePath
from typing import TYPE_CHECKING

from tiktok_bridge import MediaError, MediaStat
from tiktok_bridge_file.failures import Refusal, reported
from tiktok_bridge_file.folders import closing
from tiktok_bridge_file.pins import Pin
from tiktok_bridge_file.walk import open_by_walking

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import FileIO

PIECE = 1 << 20
"""Bytes of the one buffer that serves every piece of a read."""

CONTENT_TYPES = {
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".mov": "video/quicktime",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".webp": "image/webp",
}
"""What the ending of a name claims, for the formats that TikTok takes."""


class FileMedia:
    """Read one regular file through no symbolic link."""

    def __init__(self, path: str) -> None:
        self._path = path

    def stat(self) -> MediaStat:
        """See `MediaSource.stat`."""
        ending = PurePath(self._path).suffix.lower()
        return MediaStat(
            size_bytes=self._pin.size_bytes,
            version=self._pin.version,
            content_type=CONTENT_TYPES.get(ending),
        )

    def read(self, start: int, stop: int) -> Iterator[memoryview]:
        """See `MediaSource.read`; the pieces share one buffer.

        The pin is checked before the first piece, and again before the last one is
        handed out.
        """
        if start >= stop:
            return
        pin = self._pin
        with (
            reported("read", self._path, MediaError),
            os.fdopen(open_by_walking(self._path), "rb", buffering=0) as file,
        ):
            _require_unchanged(pin, file)
            buffer = memoryview(bytearray(min(PIECE, stop - start)))
            file.seek(start)
            for offset in range(start, stop, PIECE):
                piece = buffer[: stop - offset]
                _fill(piece, file, pin)
                if offset + PIECE >= stop:
                    _require_unchanged(pin, file)
                yield piece

    def health(self) -> str:
        """See `Checkable.health`."""
        next(self.read(0, 1) if self._pin.size_bytes else iter(()), None)
        return f"readable; {self._pin.size_bytes:,} bytes"

    @cached_property
    def _pin(self) -> Pin:
        with (
            reported("read", self._path, MediaError),
            closing(open_by_walking(self._path)) as descriptor,
        ):
            return Pin.from_stat(os.fstat(descriptor))


def _fill(piece: memoryview, file: FileIO, pin: Pin) -> None:
    while piece:
        count = file.readinto(piece)
        if not count:
            _require_unchanged(pin, file)
            raise Refusal(f"it ends after {file.tell()} bytes, and more were asked for")
        piece = piece[count:]


def _require_unchanged(pin: Pin, file: FileIO) -> None:
    if changes := pin.changes(Pin.from_stat(os.fstat(file.fileno()))):
        raise Refusal(
            f"it has changed since it was first looked at: {changes}",
            hint="leave the file alone until it is published, then run this again",
        )
