"""Read a video's outermost structure: whether it is whole, and how it is turned.

Neither is told by the library that reads the rest. Source: ISO/IEC 14496-12 (boxes of
MP4 and MOV), RFC 8794 (elements of WebM).
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge.media.blocks import Blocks

MOST_OUTER: Final = 100_000
"""How many outermost boxes a file may have; ten minutes, two per frame, have less."""

MOST_FRAMES: Final = 5_000_000
"""A table of more frames is a trap for memory: ten minutes have 36,000."""

MOST_ALIKE: Final = 100_000
"""How many samples a fragment may have that takes no byte to list them."""

TRUN_FIELDS: Final = (0x100, 0x200, 0x400, 0x800)
"""Flags of a run: each stands for four bytes of every sample."""

KNOWN: Final = (b"ftyp", b"moov", b"mdat", b"moof", b"free", b"skip", b"wide")
"""Boxes that must be whole; what else follows may be rubbish behind the end."""

SEGMENT: Final = b"\x18\x53\x80\x67"
"""Id of the element that holds all of a WebM but its first line."""

_BOX: Final = struct.Struct(">I4s")
_LARGE: Final = struct.Struct(">Q")
_PAIR: Final = struct.Struct(">ii")
_SIZES: Final = struct.Struct(">II")


class BrokenError(Exception):
    """Say what is wrong with a file, in words that follow its name."""


def require_whole_movie(file: Blocks) -> int:
    """Return by how many degrees players turn an MP4 or MOV, clockwise.

    Raises:
        BrokenError: It ends before what it announces, or a table of it is a trap.
    """
    degrees, start, size_bytes = 0, 0, file.size_bytes
    for _ in range(MOST_OUTER):
        file.seek(start)
        box = _box(file.read(16), 0, size_bytes - start)
        if box is None:
            return degrees
        kind, body, stop = box
        if start + stop > size_bytes and kind in KNOWN:
            raise _cut_off(start + stop, size_bytes)
        if kind == b"moov":
            file.seek(start + body)
            data = file.read(stop - body)
            file.require_sound()
            degrees = _movie(data, size_bytes)
        elif kind == b"moof":
            file.seek(start + body)
            _fragment(file.read(stop - body))
        start += stop
    raise BrokenError(f"has more than {MOST_OUTER:,} boxes")


def require_whole_segment(file: Blocks) -> None:
    """Compare the size that a WebM announces with what is there.

    Raises:
        BrokenError: It ends before what it announces.
    """
    file.seek(0)
    head = file.read(4096)
    at = head.find(SEGMENT) + len(SEGMENT)
    if not len(SEGMENT) <= at < len(head):
        raise BrokenError("is cut off: its content is missing")
    width = 9 - head[at].bit_length()
    unknown = (1 << 7 * width) - 1
    size = int.from_bytes(head[at : at + width], "big") & unknown
    if size != unknown and at + width + size > file.size_bytes:
        raise _cut_off(at + width + size, file.size_bytes)


def _movie(data: bytes, size_bytes: int) -> int:
    degrees = 0
    for kind, start, stop in _boxes(data, 0, len(data)):
        if kind == b"trak":
            found = _contents(data, start, stop)
            is_video = data[slice(*found.get(b"hdlr", (0, 0)))][8:12] == b"vide"
            table = data[slice(*found.get(b"stsz", (0, 0)))][4:12]
            _require_possible(table, size_bytes, is_video=is_video)
            header = data[slice(*found.get(b"tkhd", (0, 0)))]
            _require_number(header)
            if is_video:
                degrees = _degrees(header)
    return degrees


def _fragment(data: bytes) -> None:
    """Refuse a fragment that announces more than it lists."""
    for kind, start, stop in _boxes(data, 0, len(data)):
        if kind == b"traf":
            for inner, body, end in _boxes(data, start, stop):
                if inner == b"trun":
                    _require_listed(data[body:end])


def _require_listed(run: bytes) -> None:
    if len(run) >= _SIZES.size:
        flags, count = _SIZES.unpack_from(run)
        listed = 4 * sum(bool(flags & field) for field in TRUN_FIELDS) * count
        if listed > len(run) or (not listed and count > MOST_ALIKE):
            raise BrokenError(f"announces {count:,} frames, which it cannot have")


def _contents(data: bytes, start: int, stop: int) -> dict[bytes, tuple[int, int]]:
    """Return where the boxes of a track lie, those in the ones that matter too."""
    found: dict[bytes, tuple[int, int]] = {}
    for kind, body, end in _boxes(data, start, stop):
        found.setdefault(kind, (body, end))
        if kind in (b"mdia", b"minf", b"stbl"):
            found = _contents(data, body, end) | found
    return found


def _boxes(data: bytes, start: int, stop: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield the kind of each box, and where its content starts and stops."""
    while box := _box(data[start : start + 16], start, stop - start):
        if box[2] > stop:
            return
        yield box
        start = box[2]


def _box(head: bytes, start: int, room: int) -> tuple[bytes, int, int] | None:
    """Return the kind, and where the content lies, of the box that begins so."""
    if len(head) < _BOX.size:
        return None
    size, kind = _BOX.unpack_from(head)
    body = _BOX.size
    if size == 1 and len(head) == _BOX.size + _LARGE.size:
        body += _LARGE.size
        (size,) = _LARGE.unpack_from(head, _BOX.size)
    elif size == 0:  # up to the end
        size = room
    return None if size < body else (kind, start + body, start + size)


def _require_possible(table: bytes, size_bytes: int, *, is_video: bool) -> None:
    """Refuse a table of frames that could not be, before memory is taken for it."""
    if len(table) == _SIZES.size:
        size, count = _SIZES.unpack(table)
        if size * count > size_bytes or (is_video and count > MOST_FRAMES):
            raise BrokenError(f"announces {count:,} frames, which it cannot have")


def _require_number(header: bytes) -> None:
    """Refuse a number that FFmpeg takes for a negative one, and is busy with."""
    at = 20 if header[:1] == b"\x01" else 12
    number = int.from_bytes(header[at : at + 4], "big")
    if number >= 1 << 31:
        raise BrokenError(f"has a track of the number {number:,}")


def _degrees(header: bytes) -> int:
    """Return the rotation that a track header tells."""
    at = 52 if header[:1] == b"\x01" else 40
    if len(header) < at + _PAIR.size:
        return 0
    a, b = _PAIR.unpack_from(header, at)
    if abs(a) >= abs(b):
        return 0 if a >= 0 else 180
    return 90 if b > 0 else 270


def _cut_off(announced: int, size_bytes: int) -> BrokenError:
    return BrokenError(
        f"is cut off: it announces {announced:,} bytes or more, and has {size_bytes:,}"
    )
