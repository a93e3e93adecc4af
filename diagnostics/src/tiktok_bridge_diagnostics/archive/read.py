"""Read a bundle that a stranger may have made, without writing anything."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from tiktok_bridge_diagnostics.archive.errors import BundleError
from tiktok_bridge_diagnostics.archive.limits import (
    MAX_BYTES,
    MAX_FILE,
    MAX_RATIO,
    folded,
    is_container,
    name_fault,
)
from tiktok_bridge_diagnostics.archive.records import content, entries
from tiktok_bridge_diagnostics.printable import shortened

if TYPE_CHECKING:
    from tiktok_bridge_diagnostics.archive.records import Entry

STORED = 0
DEFLATED = 8


def read(data: bytes) -> dict[str, bytes]:
    """Return the files of the bundle *data* by their names, sorted.

    Only what `write` makes is taken: plain files side by side, with nothing before,
    between or after them. Another program's archive of the same files is refused.

    Raises:
        BundleError: Anything else, or beyond a limit; it names the file.
    """
    if len(data) > MAX_BYTES:
        raise BundleError(f"more than {MAX_BYTES >> 20} MiB")
    found, end = entries(data)
    _check_names([entry.name for entry in found])
    for entry in found:
        _check_size(entry)
    if sum(entry.size for entry in found) > MAX_BYTES:
        raise BundleError(f"files of more than {MAX_BYTES >> 20} MiB together")
    places = _places(data, found, end)
    return {
        entry.name: _content(data, entry, *places[entry.name])
        for entry in sorted(found, key=lambda one: one.name)
    }


def _check_names(names: list[str]) -> None:
    seen: dict[str, str] = {}
    for name in names:
        if fault := name_fault(name):
            raise BundleError(f"{shortened(name)}: {fault}")
        if folded(name) in seen:
            raise BundleError(f"{shortened(name)}: is there twice, or nearly")
        seen[folded(name)] = name
    for name in names:
        parts = folded(name).split("/")
        if any("/".join(parts[:end]) in seen for end in range(1, len(parts))):
            raise BundleError(f"{shortened(name)}: lies in a file")


def _check_size(entry: Entry) -> None:
    where = shortened(entry.name)
    if entry.method not in (STORED, DEFLATED):
        raise BundleError(f"{where}: is packed in a way that we do not write")
    if entry.size > MAX_FILE:
        raise BundleError(f"{where}: more than {MAX_FILE >> 20} MiB")
    if entry.size > MAX_RATIO * max(entry.packed, 1):
        raise BundleError(f"{where}: more than {MAX_RATIO} times larger than packed")
    if entry.method == STORED and entry.size != entry.packed:
        raise BundleError(f"{where}: is not packed, but has two sizes")


def _places(data: bytes, found: list[Entry], end: int) -> dict[str, tuple[int, int]]:
    """Return where each file's content is; all lie side by side, up to *end*."""
    places = {}
    at = 0
    for entry in sorted(found, key=lambda one: one.offset):
        if entry.offset != at:
            raise BundleError(
                f"{shortened(entry.name)}: does not follow the file before it"
            )
        places[entry.name] = content(data, entry)
        at = places[entry.name][1]
    if not found or at != end:
        raise BundleError("the archive has no file, or something between its parts")
    return places


def _content(data: bytes, entry: Entry, begin: int, end: int) -> bytes:
    packed = data[begin:end]
    said = packed if entry.method == STORED else _inflated(packed, entry)
    where = shortened(entry.name)
    if len(said) != entry.size or zlib.crc32(said) != entry.crc:
        raise BundleError(f"{where}: is damaged: its checksum or its size is another")
    if is_container(said):
        raise BundleError(f"{where}: is an archive itself")
    return said


def _inflated(packed: bytes, entry: Entry) -> bytes:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    where = shortened(entry.name)
    try:
        said = inflater.decompress(packed, entry.size + 1)
    except zlib.error:
        raise BundleError(f"{where}: is damaged: it cannot be inflated") from None
    if len(said) > entry.size or not inflater.eof or inflater.unused_data:
        raise BundleError(f"{where}: inflates to another size than it says")
    return said
