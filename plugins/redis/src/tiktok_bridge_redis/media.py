"""Read the value of a key as media, pinned to what it was when it was first seen."""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import PurePath
from typing import TYPE_CHECKING, Final, NamedTuple

from tiktok_bridge import MediaStat

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tiktok_bridge import BridgeError
    from tiktok_bridge_redis.server import Server

PIECE: Final = 1 << 20
"""Bytes that are read, and compared with the pin, at once."""

BATCH: Final = 4
"""Pieces that the server hashes at once: others wait some 20 ms meanwhile."""

DIGESTS: Final = """
local size = redis.call('STRLEN', KEYS[1])
if redis.call('EXISTS', KEYS[1]) == 0 then size = -1 end
local found = {size}
local stop = math.min(size, ARGV[2] + 0)
for start = ARGV[1] + 0, stop - 1, ARGV[3] + 0 do
  local last = math.min(start + ARGV[3], stop) - 1
  found[#found + 1] = redis.sha1hex(redis.call('GETRANGE', KEYS[1], start, last))
end
return found
"""
"""Arguments: start, stop and size of a piece. Answers the size of the value, -1 without
one, and the SHA-1 of each piece from the start up to the stop."""

CONTENT_TYPES: Final = {
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".mov": "video/quicktime",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".webp": "image/webp",
}
"""What the ending of a key claims, for the formats that TikTok takes."""

UNCHANGED: Final = "leave the key alone until it is published, then run this again"


class Pin(NamedTuple):
    """Identify the content of a key.

    Attributes:
        digests: SHA-1 of each piece, in order.
    """

    size_bytes: int
    digests: tuple[bytes, ...]

    @property
    def version(self) -> str:
        """The pin in one word."""
        digest = hashlib.sha256(b"".join(self.digests)).hexdigest()
        return f"{self.size_bytes:x}-{digest}"


class _Latest:
    """Remember the block that was asked for last: two pieces may share it."""

    def __init__(self, block: Callable[[int], memoryview]) -> None:
        self._block = block
        self._number = -1
        self._content = memoryview(b"")

    def __call__(self, number: int) -> memoryview:
        if number != self._number:
            self._content, self._number = self._block(number), number
        return self._content


class RedisMedia:
    """Read one string."""

    def __init__(self, server: Server, key: bytes) -> None:
        self._server = server
        self._key = key
        self._name = key.decode("utf-8", "backslashreplace")
        self._act = f"read {self._name!a}"

    def stat(self) -> MediaStat:
        """See `MediaSource.stat`; the server reads the whole value for it."""
        ending = PurePath(self._name).suffix.lower()
        return MediaStat(
            size_bytes=self._pin.size_bytes,
            version=self._pin.version,
            content_type=CONTENT_TYPES.get(ending),
        )

    def read(self, start: int, stop: int) -> Iterator[memoryview]:
        """See `MediaSource.read`; every piece is what it was, or is not handed out."""
        pin = self._pin
        if start < 0 or stop > pin.size_bytes:
            raise self._server.refusal(
                self._act, f"it has {pin.size_bytes} bytes, not {stop}", hint=None
            )
        block = _Latest(self._block)
        for begin in range(start, stop, PIECE):
            end = min(begin + PIECE, stop)
            number, skipped = divmod(begin, PIECE)
            piece = block(number)[skipped : skipped + end - begin]
            if missing := end - begin - len(piece):  # it goes on in the next block
                piece = memoryview(b"".join((piece, block(number + 1)[:missing])))
            yield piece

    def health(self) -> str:
        """See `Checkable.health`; nothing is hashed."""
        is_there, size = self._server.run(
            self._act, ("EXISTS", self._key), ("STRLEN", self._key)
        )
        if not is_there:
            raise self._missing()
        return f"readable; {size:,} bytes"

    @cached_property
    def _pin(self) -> Pin:
        size, digests = self._digests(0)
        while len(digests) * PIECE < size:
            now, more = self._digests(len(digests) * PIECE)
            self._require_size(now, size)
            digests += more
        return Pin(size, tuple(digests))

    def _digests(self, start: int) -> tuple[int, list[bytes]]:
        stop = start + BATCH * PIECE
        command = ("EVAL", DIGESTS, 1, self._key, start, stop, PIECE)
        size, *digests = self._server.run(self._act, command)[0]
        if size < 0:
            raise self._missing()
        return size, digests

    def _block(self, number: int) -> memoryview:
        """Return the piece of that number as it is pinned, or refuse it."""
        first = number * PIECE
        last = min(first + PIECE, self._pin.size_bytes) - 1
        size, content = self._server.run(
            self._act,
            ("STRLEN", self._key),
            ("GETRANGE", self._key, first, last),
        )
        self._require_size(size, self._pin.size_bytes)
        digest = hashlib.sha1(content, usedforsecurity=False).hexdigest()
        if digest.encode() != self._pin.digests[number]:
            raise self._changed("it was written to")
        return memoryview(content)

    def _require_size(self, now: int, pinned: int) -> None:
        if now != pinned:
            raise self._changed(f"its size went from {pinned} to {now}")

    def _missing(self) -> BridgeError:
        hint = "check the key in the URL"
        return self._server.refusal(self._act, "there is no such key", hint=hint)

    def _changed(self, what: str) -> BridgeError:
        reason = f"it has changed since it was first looked at: {what}"
        return self._server.refusal(self._act, reason, hint=UNCHANGED)
