"""Open the containers in a layer: zip, tar, gzip, zlib, deflate, bzip2, xz.

Nothing that a container says about itself is believed but where a member begins: what
it holds is what can be inflated from there.
"""

from __future__ import annotations

import bz2
import io
import lzma
import re
import tarfile
import zlib
from struct import Struct
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

STREAMED: Final = 1 << 3
ENCRYPTED: Final = 1 << 0

_MAGIC: Final = re.compile(
    rb"PK\x03\x04|\x1f\x8b\x08[\x00-\x1f]|x[\x01\x5e\x9c\xda]|BZh[1-9]1AY&SY"
    rb"|\xfd7zXZ\0"
)
_FOREIGN: Final = (
    b"\x28\xb5\x2f\xfd",  # Zstandard
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!\x1a\x07",
    b"\x04\x22\x4d\x18",  # LZ4
)
_LOCAL: Final = Struct("<4xHHHHHIIIHH")
_STEP: Final = 1 << 16
_TAR: Final = slice(257, 262)


class Member(NamedTuple):
    """What one member of a container holds.

    Attributes:
        kind: Name of the container.
        name: The member's name as it stands there, or nothing.
        data: What could be read of it.
        fault: Why that is not all, or nothing.
    """

    kind: str
    name: str
    data: bytes
    fault: str = ""


class _Inflater(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int = ..., /) -> bytes: ...


def begins(data: bytes) -> bool:
    """Tell whether *data* begins like a container."""
    return bool(_MAGIC.match(data)) or is_tar(data) or data.startswith(_FOREIGN)


def is_tar(data: bytes) -> bool:
    """Tell whether *data* begins like a tar archive."""
    return data[_TAR] == b"ustar"


def members(data: bytes, limit: int) -> Iterator[Member]:
    """Yield what the containers in *data* hold, up to *limit* bytes of each member."""
    if is_tar(data):
        yield from _of_tar(data, limit)
    if data.startswith(_FOREIGN):
        yield Member("foreign", "", b"", "unreadable")
    at = 0
    while found := _MAGIC.search(data, at):
        at = found.start()
        if found[0][:2] == b"PK":
            member, at = _of_zip(data, at, limit)
        else:
            member, at = _of_stream(data, at, limit)
        if member:
            yield member


def deflated(data: bytes, limit: int) -> Member | None:
    """Return what *data* holds if all of it is one raw deflate stream."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    said, fault, used = _inflate(inflater, memoryview(data), limit)
    if fault == "too-large" or (not fault and used == len(data)):
        return Member("deflate", "", said, fault)
    return None


def _of_stream(data: bytes, at: int, limit: int) -> tuple[Member | None, int]:
    """Return what begins at *at*, if anything, and where to look on."""
    kind, inflater = _stream(data, at)
    said, fault, used = _inflate(inflater, memoryview(data)[at:], limit)
    begun = at == 0 and kind != "zlib"
    if fault == "unreadable" and not begun:
        fault = ""  # two bytes that happen to look like it
    end = at + (used if inflater.eof else 1)
    if not said and not fault:
        return None, end
    return Member(kind, "", said, fault), end


def _stream(data: bytes, at: int) -> tuple[str, _Inflater]:
    if data[at] == 0x1F:  # noqa: PLR2004 - the first byte of gzip
        return "gzip", zlib.decompressobj(zlib.MAX_WBITS | 16)
    if data[at : at + 1] == b"x":
        return "zlib", zlib.decompressobj()
    if data[at : at + 1] == b"B":
        return "bzip2", bz2.BZ2Decompressor()
    return "xz", lzma.LZMADecompressor()


def _of_zip(data: bytes, at: int, limit: int) -> tuple[Member | None, int]:
    """Return the member whose local header is at *at*, and where to look on."""
    if len(data) < at + _LOCAL.size:
        return Member("zip", "", b"", "unreadable"), len(data)
    _, flags, method, _, _, _, packed, _, name_size, extra_size = _LOCAL.unpack_from(
        data, at
    )
    begin = at + _LOCAL.size + name_size
    name = data[at + _LOCAL.size : begin].decode("utf-8", "replace")
    begin += extra_size
    if flags & ENCRYPTED or method not in (0, 8):
        return Member("zip", name, b"", "unreadable"), begin
    if method == 0:
        end = begin if flags & STREAMED else begin + packed
        return Member("zip", name, data[begin:end]), max(end, begin)
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    said, fault, used = _inflate(inflater, memoryview(data)[begin:], limit)
    end = begin + (used if inflater.eof else 0)
    return Member("zip", name, said, fault), end


def _of_tar(data: bytes, limit: int) -> Iterator[Member]:
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
            for one in archive:
                held = archive.extractfile(one) if one.isfile() else None
                said = held.read(limit) if held else b""
                fault = "too-large" if one.size > limit else ""
                yield Member("tar", one.name, said, fault)
    except (tarfile.TarError, OSError, EOFError, ValueError):
        yield Member("tar", "", b"", "unreadable")


def _inflate(
    inflater: _Inflater, data: memoryview, limit: int
) -> tuple[bytes, str, int]:
    """Return what *data* inflates to, why that is not all, and the bytes it took."""
    parts: list[bytes] = []
    size = used = 0
    try:
        while used < len(data) and size < limit and not inflater.eof:
            fed = bytes(data[used : used + _STEP])
            parts.append(inflater.decompress(fed, limit - size))
            size += len(parts[-1])
            used += len(fed)
    except (zlib.error, OSError, lzma.LZMAError, EOFError):
        return b"".join(parts), "unreadable", used
    if size >= limit:
        return b"".join(parts), "too-large", used
    fault = "" if inflater.eof else "unreadable"
    return b"".join(parts), fault, used - len(inflater.unused_data)
