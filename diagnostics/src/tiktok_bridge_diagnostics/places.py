"""Find on this machine what the settings name."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Settings


PROBE: Final = ".doctor-"
"""How the name of every file begins that the doctor makes and removes again."""


def probe(folder: Path) -> tuple[Path, int]:
    """Make an empty file in *folder*, for this user alone; return its open descriptor.

    Raises:
        OSError: No file can be made there.
    """
    path = folder / f"{PROBE}{secrets.token_hex(8)}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    return path, os.open(path, flags, 0o600)


def ledger_file(settings: Settings) -> Path | None:
    """Return the file of the ledger, None if it is on a server."""
    scheme, found, path = settings.ledger.partition(":///")
    if not found or not scheme.startswith("sqlite"):
        return None
    return Path(path.partition("?")[0])


def token_folder(settings: Settings) -> Path | None:
    """Return the folder of the tokens, None if they are kept elsewhere."""
    return _path(settings.tokens)


def key_file(settings: Settings) -> Path | None:
    """Return the file of the key ring, None if it is in the environment."""
    return _path(settings.keys)


def kept(settings: Settings) -> Iterator[tuple[str, Path]]:
    """Yield the role and the path of all that is kept on this machine."""
    places = {
        "tokens": token_folder(settings),
        "keys": key_file(settings),
        "ledger": ledger_file(settings),
    }
    for role, path in places.items():
        if path is not None:
            yield role, path


def _path(url: str) -> Path | None:
    scheme, _, _ = url.partition(":")
    return Path(unquote(urlsplit(url).path)) if scheme.lower() == "file" else None
