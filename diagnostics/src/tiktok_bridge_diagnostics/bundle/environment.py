"""Tell what the doctor ran on, without a name that a customer chose."""

from __future__ import annotations

import locale
import platform
import re
import sys
import zlib
from importlib import metadata
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

OURS: Final = "tiktok-bridge"
"""What the names of our distributions begin with."""

_NAME: Final = re.compile(r"[A-Za-z0-9._-]+")


def files() -> dict[str, Any]:
    """Return what stands in `env/` of a bundle, by the names of the files."""
    return {"platform": _platform(), "packages": packages()}


def packages() -> dict[str, str]:
    """Return the versions of our distributions, and of those that they ask for."""
    known: dict[str, str] = {}
    for one in _ours():
        known[one.name] = one.version
        for name in _required(one):
            try:
                known[name] = metadata.version(name)
            except metadata.PackageNotFoundError:
                continue
    return dict(sorted(known.items()))


def _ours() -> Iterator[metadata.Distribution]:
    for name in (OURS, *(f"{OURS}-{one}" for one in _PARTS)):
        try:
            yield metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue


_PARTS: Final = ("diagnostics", "file", "redis", "s3", "sandbox", "webhook")


def _required(one: metadata.Distribution) -> list[str]:
    found = (_NAME.match(line) for line in one.requires or ())
    return [name[0] for name in found if name]


def _platform() -> dict[str, Any]:
    return {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "system": platform.system(),
        "machine": platform.machine(),
        "is_64_bit": sys.maxsize > 2**32,
        "utf8_mode": bool(sys.flags.utf8_mode),
        "encoding": locale.getpreferredencoding(do_setlocale=False),
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
    }
