"""Keep the key that surrogates are made with, one for each installation.

One key for all bundles of an installation lets two of them be compared; nobody who has
only a bundle can try out which value a surrogate stands for.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from tiktok_bridge import BridgeError, Settings

NAME: Final = "doctor.key"
"""The file, beside the ledger; mode 0600."""

SIZE: Final = 32
"""Bytes of a key."""

_HEX: Final = re.compile(rf"[0-9a-f]{{{2 * SIZE}}}\n?")


def of(config: Path, *, make: bool = True) -> bytes:
    """Return the key of the installation at *config*, made on first use if *make*.

    Otherwise, and where none can be kept, as before the first login when there is no
    folder for it, or where others may read it, it is a new one, good for this run only.
    """
    path = folder(config) / NAME
    with suppress(OSError):
        if make and not path.exists():
            _make(path)
        return _read(path)
    return secrets.token_bytes(SIZE)


def folder(config: Path) -> Path:
    """Return where the installation at *config* keeps its state."""
    try:
        settings = Settings.from_file(config)
    except BridgeError:
        return config.parent / "state"
    if settings.ledger.startswith("sqlite"):
        return Path(settings.ledger.partition(":///")[2].partition("?")[0]).parent
    if settings.tokens.startswith("file:"):
        return Path(unquote(urlsplit(settings.tokens).path)).parent
    return settings.folder / "state"


def _make(path: Path) -> None:
    """Write a new key to *path*, whole, unless another one did meanwhile."""
    draft = path.with_name(f".{NAME}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(SIZE) + "\n")
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def _read(path: Path) -> bytes:
    """Return the key at *path*.

    Raises:
        OSError: It is none that only its owner may read.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        is_private = stat.S_ISREG(found.st_mode) and not found.st_mode & 0o077
        text = file.read(1024).decode("latin-1") if is_private else ""
    if not _HEX.fullmatch(text):
        raise OSError(f"{NAME} is no key")
    return bytes.fromhex(text)
