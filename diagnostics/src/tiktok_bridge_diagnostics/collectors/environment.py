"""Gather what this machine and its Python offer."""

from __future__ import annotations

import errno
import locale
import os
import re
import sys
import tempfile
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from tiktok_bridge import Collector, Fact
from tiktok_bridge_diagnostics import places

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Visit

FLOORS: Final = {"vcrpy": "8.2.1", "filelock": "3.20.3"}
"""The first versions without a known fault that a doctor would meet."""

_NEEDED: Final = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?\s*(?:>=|~=)\s*([0-9.]+)")


def _collect(visit: Visit) -> Iterator[Fact]:
    """Yield facts of kind `python`, `package`, `disk` and `folder`.

    `python`: `version` (numbers), `is_utf8`, `has_time_zones`. `package`, about each
    that we need: `version`, `floor`, `is_too_old`. `disk`, about what is there:
    `free_bytes`, `free_inodes` (None where none are counted). `folder`, likewise:
    `is_there`, `is_written` (a file was made, brought to disk, renamed and removed),
    `errno` (its name).
    """
    yield Fact("python", "", _python())
    for name, floor in sorted(_floors().items()):
        with suppress(metadata.PackageNotFoundError):
            version = metadata.version(name)
            is_too_old = _numbers(version) < _numbers(floor)
            data = {"version": version, "floor": floor, "is_too_old": is_too_old}
            yield Fact("package", name, data)
    for role, folder in _folders(visit):
        yield Fact("disk", role, _room(_nearest(folder)))
        yield Fact("folder", role, _probed(folder))


def _python() -> dict[str, object]:
    encodings = (
        sys.getfilesystemencoding(),
        locale.getpreferredencoding(do_setlocale=False),
    )
    return {
        "version": list(sys.version_info[:3]),
        "is_utf8": {one.lower().replace("-", "") for one in encodings} == {"utf8"},
        "has_time_zones": _has_time_zones(),
    }


def _has_time_zones() -> bool:
    try:
        ZoneInfo("Europe/Berlin")
    except (OSError, ValueError, KeyError):
        return False
    return True


def _floors() -> dict[str, str]:
    """Return the lowest version of each package that we or our parts ask for."""
    floors = dict(FLOORS)
    for distribution in metadata.distributions():
        if not (distribution.name or "").lower().startswith("tiktok-bridge"):
            continue
        for line in distribution.requires or ():
            if needed := _NEEDED.match(line):
                name, floor = needed[1].lower(), needed[2]
                known = floors.get(name, floor)
                floors[name] = max(known, floor, key=_numbers)
    return floors


def _numbers(version: str) -> tuple[int, ...]:
    found = re.match(r"[0-9]+(?:\.[0-9]+)*", version)
    numbers = [int(one) for one in found[0].split(".")] if found else []
    while numbers and not numbers[-1]:
        numbers.pop()  # 8.0 is 8
    return tuple(numbers)


def _folders(visit: Visit) -> Iterator[tuple[str, Path]]:
    yield "temp", Path(tempfile.gettempdir())
    if visit.settings is None:
        return
    if ledger := places.ledger_file(visit.settings):
        yield "ledger", ledger.parent
    if tokens := places.token_folder(visit.settings):
        yield "tokens", tokens


def _nearest(folder: Path) -> Path:
    """Return *folder*, or what is there of the folders above it."""
    return next(one for one in (folder, *folder.parents) if one.exists())


def _room(folder: Path) -> dict[str, object]:
    found = os.statvfs(folder)
    return {
        "free_bytes": found.f_bavail * found.f_frsize,
        "free_inodes": found.f_favail if found.f_files else None,
    }


def _probed(folder: Path) -> dict[str, object]:
    """Tell whether a file can be kept in *folder*; if not there, nothing is made."""
    if not folder.is_dir():
        can = os.access(_nearest(folder), os.W_OK | os.X_OK)
        why = None if can else "EACCES"
        return {"is_there": False, "is_written": can, "errno": why}
    try:
        _write(folder)
    except OSError as error:
        name = errno.errorcode.get(error.errno or 0, "EIO")
        return {"is_there": True, "is_written": False, "errno": name}
    return {"is_there": True, "is_written": True, "errno": None}


def _write(folder: Path) -> None:
    """Do once what keeping a token takes; nothing stays."""
    path, descriptor = places.probe(folder)
    renamed = path.with_name(f"{path.name}.renamed")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(b"probe")
            file.flush()
            os.fsync(file.fileno())
        path.rename(renamed)
        renamed.unlink()
    finally:
        for one in (path, renamed):
            with suppress(OSError):
                one.unlink()


ENVIRONMENT = Collector("environment", _collect)
