"""Remember the passwords that no URL shows; it imports next to nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tiktok_bridge_redis.urls import Address

SHORTEST: Final = 8  #: characters of a value that is looked for

_met: set[str] = set()


def remember(address: Address) -> None:
    """Remember the passwords of *address*, that of its file as it is now, too."""
    given = (address.password, address.options["sentinel_password"])
    _met.update(secret.reveal() for secret in given if secret)
    if address.options["password_file"]:
        _met.add(_in_file(address.options["password_file"]))


def _in_file(path: str) -> str:
    """Return the password in the file at *path*; a pipe can be read only once."""
    file = Path(path)
    try:
        content = file.read_bytes() if file.is_file() else b""
    except OSError:
        return ""  # whoever needs it says so
    return content.decode("utf-8", "replace").rstrip("\r\n")


def known() -> list[str]:
    """Return what no output may contain."""
    return sorted(value for value in _met if len(value) >= SHORTEST)
