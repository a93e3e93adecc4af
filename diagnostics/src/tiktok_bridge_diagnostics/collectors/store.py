"""Gather who else may read what is kept on this machine, and what lies about there."""

from __future__ import annotations

import os
import re
import stat
import time
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from tiktok_bridge import Collector, Fact
from tiktok_bridge_diagnostics import places

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tiktok_bridge import Visit

OTHERS: Final = 0o077
SETTLED: Final = 60.0
"""Seconds after which a draft is none of a process that is writing."""

MOST: Final = 20_000
"""Files of the token folder that are looked at."""

KINDS: Final = {
    stat.S_IFDIR: "folder",
    stat.S_IFREG: "file",
    stat.S_IFLNK: "link",
}

_DRAFT: Final = re.compile(r".*\.[0-9a-f]{16}\.tmp|\..*\.(?:new|[0-9a-f]{8})")
_BACKUP: Final = re.compile(
    r".*(?:~|\.(?:bak|orig|old|save|copy|sw[a-p]))|#.*#", re.IGNORECASE
)
_DAMAGED: Final = re.compile(r".*\.damaged")


def _collect(visit: Visit) -> Iterator[Fact]:
    """Yield facts of kind `kept` about `tokens`, `keys` and `ledger`, and of `records`.

    `kept`, of what is there: `type` (folder, file, link, other), `mode` (a number),
    `is_exposed` (the mode lets others in), `is_mine`, `is_below_link` (the folder that
    it is in is a symbolic link). `records`, of the files in the token folder: `files`,
    `exposed`, `not_mine`, `not_files`, `links` (of these, symbolic ones), `linked`
    (they have another name elsewhere).
    `leftovers`, of that folder and beside the key ring: `drafts` (older than a minute),
    `backups`, `damaged` (set aside for a person).
    """
    if visit.settings is None:
        return
    for role, path in places.kept(visit.settings):
        if os.path.lexists(path):
            yield Fact("kept", role, _kept(path))
    folder = places.token_folder(visit.settings)
    found = list(_listed(folder)) if folder else []
    if folder and folder.is_dir():
        yield Fact("records", "tokens", _records(found))
    if (ring := places.key_file(visit.settings)) and ring.parent != folder:
        beside = {".", ring.name}
        found += [
            one
            for one in _listed(ring.parent)
            if ring.name in one[0].strip(".") and one[0] not in beside
        ]
    yield Fact("leftovers", "", _leftovers(found))


def _kept(path: Path) -> dict[str, object]:
    status = path.lstat()
    return {
        "type": KINDS.get(stat.S_IFMT(status.st_mode), "other"),
        "mode": stat.S_IMODE(status.st_mode),
        "is_exposed": bool(status.st_mode & OTHERS),
        "is_mine": status.st_uid == os.geteuid(),
        "is_below_link": path.parent.is_symlink(),
    }


def _listed(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    try:
        with os.scandir(folder) as entries:
            for _, entry in zip(range(MOST), entries, strict=False):
                if not entry.name.startswith(places.PROBE):
                    yield entry.name, entry.stat(follow_symlinks=False)
    except OSError:  # it is not there, or closed to us: its own mode says so
        return


def _records(found: Iterable[tuple[str, os.stat_result]]) -> dict[str, Any]:
    every = [status for _, status in found]
    files = [one for one in every if stat.S_ISREG(one.st_mode)]
    names = Counter(one.st_ino for one in files)
    return {
        "files": len(files),
        "exposed": sum(bool(one.st_mode & OTHERS) for one in files),
        "not_mine": sum(one.st_uid != os.geteuid() for one in every),
        "not_files": len(every) - len(files),
        "links": sum(stat.S_ISLNK(one.st_mode) for one in every),
        "linked": sum(one.st_nlink > names[one.st_ino] for one in files),
    }


def _leftovers(found: Iterable[tuple[str, os.stat_result]]) -> dict[str, Any]:
    old = time.time() - SETTLED
    drafts = [status for name, status in found if _DRAFT.fullmatch(name)]
    names = [name for name, _ in found]
    return {
        "drafts": sum(one.st_mtime < old for one in drafts),
        "backups": sum(_BACKUP.fullmatch(name) is not None for name in names),
        "damaged": sum(_DAMAGED.fullmatch(name) is not None for name in names),
    }


STORE = Collector("store", _collect)
