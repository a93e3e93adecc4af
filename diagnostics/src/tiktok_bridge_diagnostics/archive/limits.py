"""Say how large a bundle may be, and what its files may be called."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

MAX_ENTRIES: Final = 2_000
"""Files of a bundle."""

MAX_BYTES: Final = 64 << 20
"""Bytes of a bundle, and of all its files together."""

MAX_FILE: Final = 16 << 20
"""Bytes of one file."""

MAX_RATIO: Final = 100
"""How many times larger a file may be than it is in the archive."""

MAX_NAME: Final = 255
"""Bytes of a name."""

_DRIVE: Final = re.compile(r"[A-Za-z]:")
_HIDDEN: Final = ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp")
_CONTAINERS: Final = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"PK\x07\x08",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ\0",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!\x1a\x07",
    b"\x28\xb5\x2f\xfd",
    b"\x04\x22\x4d\x18",
)
_TAR: Final = slice(257, 262)


def name_fault(name: str) -> str | None:
    """Return what is wrong with *name* as that of a file in a bundle, or None."""
    if not name or len(name.encode("utf-8", "surrogatepass")) > MAX_NAME:
        return "a name that is empty or too long"
    if any(unicodedata.category(one) in _HIDDEN for one in name):
        return "a name with signs that are not seen"
    if "\\" in name:
        return "a name with a backslash"
    if name.startswith("/") or _DRIVE.match(name) or ":" in name:
        return "a name that begins at a root, or with a drive"
    return _path_fault(name.split("/"))


def _path_fault(parts: list[str]) -> str | None:
    if any(part in ("", ".", "..") for part in parts):
        return "a name that is a folder's or leads out of one"
    if any(part != part.strip(" ").rstrip(".") for part in parts):
        return "a name with a blank or a dot at its end"
    return None


def folded(name: str) -> str:
    """Return what *name* has in common with those that a file system takes for it."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def is_container(data: bytes) -> bool:
    """Tell whether *data* begins like another archive."""
    return data.startswith(_CONTAINERS) or data[_TAR] == b"ustar"
