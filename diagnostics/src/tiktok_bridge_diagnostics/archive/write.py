"""Write a bundle: same files, same bytes."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

from tiktok_bridge_diagnostics.archive.errors import BundleError
from tiktok_bridge_diagnostics.archive.limits import (
    MAX_BYTES,
    MAX_ENTRIES,
    MAX_FILE,
    MAX_RATIO,
    folded,
    is_container,
    name_fault,
)
from tiktok_bridge_diagnostics.archive.records import (
    CENTRAL,
    CENTRAL_MAGIC,
    END,
    END_MAGIC,
    LOCAL,
    LOCAL_MAGIC,
    UTF_8,
)
from tiktok_bridge_diagnostics.printable import shortened

if TYPE_CHECKING:
    from collections.abc import Mapping

LEVEL: Final = 6
"""Effort of zlib."""

_VERSION: Final = 20
_UNIX: Final = 3 << 8
_MODE: Final = 0o100600 << 16
_TIME: Final = 0
_DATE: Final = 1 << 5 | 1
"""The first of January 1980, with which the calendar of zip begins."""


def write(entries: Mapping[str, bytes]) -> bytes:
    """Return a zip archive of *entries*, which `read` takes.

    The files are sorted and have the same date and the same mode (0600): the same
    *entries* give the same bytes, with the same zlib.

    Raises:
        BundleError: There is no file, a name that is none of a bundle's, or more than
            the limits allow.
    """
    _check(entries)
    files, directory = bytearray(), bytearray()
    for name in sorted(entries):
        method, packed = _packed(entries[name])
        raw = name.encode()
        common = (
            _VERSION,
            0 if name.isascii() else UTF_8,
            method,
            _TIME,
            _DATE,
            zlib.crc32(entries[name]),
            len(packed),
            len(entries[name]),
            len(raw),
            0,
        )
        directory += CENTRAL.pack(
            CENTRAL_MAGIC, _UNIX | _VERSION, *common, 0, 0, 0, _MODE, len(files)
        )
        directory += raw
        files += LOCAL.pack(LOCAL_MAGIC, *common) + raw + packed
    count = len(entries)
    end = END.pack(END_MAGIC, 0, 0, count, count, len(directory), len(files), 0)
    whole = bytes(files + directory + end)
    if len(whole) > MAX_BYTES:
        raise BundleError(_TOO_LARGE, hint=_FEWER)
    return whole


def _packed(data: bytes) -> tuple[int, bytes]:
    """Return the method and what is written; what packs too well is left as it is."""
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(data) + packer.flush()
    is_better = len(packed) < len(data) <= MAX_RATIO * len(packed)
    return (8, packed) if is_better else (0, data)


_TOO_LARGE: Final = f"the bundle would be larger than {MAX_BYTES >> 20} MiB"
_FEWER: Final = "leave something out of the bundle"


def _check(entries: Mapping[str, bytes]) -> None:
    if not 0 < len(entries) <= MAX_ENTRIES:
        raise BundleError(f"a bundle has 1 to {MAX_ENTRIES} files", hint=_FEWER)
    if sum(map(len, entries.values())) > MAX_BYTES:
        raise BundleError(_TOO_LARGE, hint=_FEWER)
    seen = set()
    for name, data in entries.items():
        fault = name_fault(name)
        if folded(name) in seen:
            fault = "is there twice, or nearly"
        if len(data) > MAX_FILE:
            fault = f"more than {MAX_FILE >> 20} MiB"
        if is_container(data):
            fault = "is an archive itself"
        if fault:
            raise BundleError(f"{shortened(name)}: {fault}", hint=_FEWER)
        seen.add(folded(name))
