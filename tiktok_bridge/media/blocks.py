"""Read a media source as a file, in blocks that are read once."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tiktok_bridge.hookspecs import MediaSource

BLOCK: Final = 64 * 1024
"""Bytes of a block: the start of most videos says all, and fits into one."""

SMALL: Final = 4
"""How many blocks a file may have that is read at once as a whole."""

MOST_AHEAD: Final = 16
"""How many blocks are read at once, at most, by who reads one after the other."""

BUDGET: Final = 16 * 1024 * 1024
"""Most bytes that are read to learn what a file is; ten minutes of video need 1 MB."""


class BudgetError(Exception):
    """Stop: more was asked for than anybody needs to learn what a file is."""


class Blocks(io.RawIOBase):
    """A file over `MediaSource.read`, for libraries that want to read and seek.

    A read that fails is the end of the file: what libraries do with an exception is
    not to be relied on. Who used one asks `require_sound`.

    Attributes:
        size_bytes: Of the whole file.
        total: Bytes that were read from the source.
        failure: What ended a read, or None.
    """

    def __init__(
        self, source: MediaSource, size_bytes: int, *, budget: int = BUDGET
    ) -> None:
        self._source = source
        self.size_bytes = size_bytes
        self._budget = budget
        self._at = 0
        self._blocks: dict[int, bytes] = {}
        self._ahead = 1
        self._next = -1
        self._is_small = size_bytes <= SMALL * BLOCK
        self.total = 0
        self.failure: Exception | None = None

    def allow(self, more: int) -> None:
        """Let *more* bytes be read from here on, whatever was read before."""
        self._budget = max(self._budget, self.total + more)
        self._next = -1
        self.failure = None

    def readable(self) -> bool:
        """See `io.IOBase`."""
        return True

    def seekable(self) -> bool:
        """See `io.IOBase`."""
        return True

    def tell(self) -> int:
        """See `io.IOBase`."""
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """See `io.IOBase`; a place before the start is an error, as in a file."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self.size_bytes}[
            whence
        ]
        if start + offset < 0:
            raise OSError("a place before the start")
        self._at = start + offset
        return self._at

    def require_sound(self) -> None:
        """Raise what ended a read, if something did."""
        if self.failure:
            raise self.failure

    def read(self, size: int | None = -1, /) -> bytes:
        """Return up to *size* bytes; fewer at the end, and after a failure."""
        stop = self.size_bytes
        if size is not None and size >= 0:
            stop = min(stop, self._at + size)
        parts = []
        while self._at < stop and self._has(self._at // BLOCK):
            index, offset = divmod(self._at, BLOCK)
            part = self._blocks[index][offset : offset + stop - self._at]
            parts.append(part)
            self._at += len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _has(self, index: int) -> bool:
        if index not in self._blocks and not self.failure:
            try:
                self._fetch(index)
            except Exception as error:  # noqa: BLE001 - told by `require_sound`
                self.failure = error
        return index in self._blocks

    def _fetch(self, index: int) -> None:
        """Read the block *index*, and more behind it each time when that goes on."""
        self._ahead = min(2 * self._ahead, MOST_AHEAD) if index == self._next else 1
        if self._is_small:
            index, self._ahead = 0, SMALL
        start = index * BLOCK
        stop = min(start + self._ahead * BLOCK, self.size_bytes)
        if self.total + stop - start > self._budget:
            raise BudgetError
        data = bytearray()
        for piece in self._source.read(start, stop):  # a piece lives until the next
            data += piece
        self.total += len(data)
        for at in range(0, len(data), BLOCK):
            self._blocks.setdefault(index + at // BLOCK, bytes(data[at : at + BLOCK]))
        self._next = index + self._ahead
