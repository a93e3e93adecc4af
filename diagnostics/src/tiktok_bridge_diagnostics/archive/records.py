"""Take the records of a zip archive apart, which have to lie side by side."""

from __future__ import annotations

from struct import Struct
from typing import Final, NamedTuple

from tiktok_bridge_diagnostics.archive.errors import BundleError
from tiktok_bridge_diagnostics.archive.limits import MAX_ENTRIES
from tiktok_bridge_diagnostics.printable import shortened

LOCAL: Final = Struct("<4sHHHHHIIIHH")
CENTRAL: Final = Struct("<4sHHHHHHIIIHHHHHII")
END: Final = Struct("<4sHHHHIIH")

LOCAL_MAGIC: Final = b"PK\x03\x04"
CENTRAL_MAGIC: Final = b"PK\x01\x02"
END_MAGIC: Final = b"PK\x05\x06"

UTF_8: Final = 1 << 11
ENCRYPTED: Final = 1 << 0 | 1 << 6 | 1 << 13
STREAMED: Final = 1 << 3
FOLDER: Final = 0x10
FILE_TYPES: Final = (0, 0o100000)
_TYPE: Final = 0o170000
_WIDE: Final = 0xFFFFFFFF


class Entry(NamedTuple):
    """What the central directory says of one file."""

    name: str
    method: int
    crc: int
    packed: int
    size: int
    offset: int
    common: tuple[int, ...]


def entries(data: bytes) -> tuple[list[Entry], int]:
    """Return the files of *data* as the directory has them, and where it begins.

    Raises:
        BundleError: It is no zip archive, or one with more in it than its files.
    """
    start, size, count = _end(data)
    found, at = [], start
    for _ in range(count):
        entry, at = _entry(data, at, start + size)
        found.append(entry)
    if at != start + size:
        raise BundleError("the archive's directory does not end where it says")
    return found, start


def content(data: bytes, entry: Entry) -> tuple[int, int]:
    """Return where what *entry* holds begins in *data*, and where it ends.

    Raises:
        BundleError: What stands there says something else than the directory.
    """
    where = shortened(entry.name)
    begin = entry.offset + LOCAL.size
    if begin > len(data):
        raise BundleError(f"{where}: lies outside the archive")
    magic, *common, name_size, extra_size = LOCAL.unpack_from(data, entry.offset)
    if magic != LOCAL_MAGIC:
        raise BundleError(f"{where}: no file begins where the directory says")
    name = data[begin : begin + name_size]
    if tuple(common) != entry.common or name != entry.name.encode() or extra_size:
        raise BundleError(f"{where}: its two headers say different things")
    begin += name_size
    return begin, begin + entry.packed


def _end(data: bytes) -> tuple[int, int, int]:
    """Return where the directory begins, its bytes, and its entries."""
    at = len(data) - END.size
    if at < 0 or data[at : at + 4] != END_MAGIC:
        raise BundleError("no zip archive, or one with something after its end")
    _, disk, first, here, count, size, start, _ = END.unpack_from(data, at)
    if disk or first or here != count:
        raise BundleError("the archive is one of several parts")
    if count > MAX_ENTRIES:
        raise BundleError(f"more than {MAX_ENTRIES} files")
    if _WIDE in (start, size):
        raise BundleError("a zip64 archive")
    if start + size != at:
        raise BundleError("the archive's directory is not where it says")
    return start, size, count


def _entry(data: bytes, at: int, end: int) -> tuple[Entry, int]:
    """Return the entry of the directory at *at*, and where the next begins."""
    if at + CENTRAL.size > end or data[at : at + 4] != CENTRAL_MAGIC:
        raise BundleError("the archive's directory has fewer files than it says")
    _, _, *fields = CENTRAL.unpack_from(data, at)
    common = tuple(fields[:8])
    _, flags, method, _, _, crc, packed, size = common
    name_size, extra_size, comment_size, disk, _, attributes, offset = fields[8:]
    begin = at + CENTRAL.size
    raw = data[begin : begin + name_size]
    if begin + name_size > end:
        raise BundleError("the archive's directory is cut off")
    name = _name(raw, flags)
    _check(name, flags, (packed, size, offset), disk)
    if extra_size or comment_size:
        raise BundleError(f"{shortened(name)}: has more headers than we write")
    _check_type(name, attributes)
    return (
        Entry(name, method, crc, packed, size, offset, common),
        begin + name_size,
    )


def _name(raw: bytes, flags: int) -> str:
    try:
        return raw.decode("utf-8" if flags & UTF_8 else "ascii")
    except UnicodeDecodeError:
        said = shortened(raw.decode("latin-1"))
        raise BundleError(f"{said}: a name in no encoding that is said") from None


def _check(name: str, flags: int, sizes: tuple[int, ...], disk: int) -> None:
    where = shortened(name)
    if flags & ENCRYPTED:
        raise BundleError(f"{where}: is encrypted")
    if flags & ~UTF_8:
        raise BundleError(f"{where}: has a size that nobody knew before")
    if _WIDE in sizes:
        raise BundleError(f"{where}: is a zip64 file")
    if disk:
        raise BundleError(f"{where}: is on another disk")


def _check_type(name: str, attributes: int) -> None:
    """Refuse all but plain files, whatever system is said to have made it."""
    if attributes & FOLDER or (attributes >> 16) & _TYPE not in FILE_TYPES:
        raise BundleError(f"{shortened(name)}: is a link, a folder or no plain file")
