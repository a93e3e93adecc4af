"""Gather whether locks work where tokens are kept, and who holds one."""

from __future__ import annotations

import fcntl
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tiktok_bridge import Collector, Fact
from tiktok_bridge_diagnostics import places

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Visit

TRY: Final = """\
import fcntl, sys
try:
    fcntl.flock(open(sys.argv[1]), fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError:
    sys.exit(3)
"""
"""What another process does: it ends with 3 where a lock excludes it."""

REFUSED: Final = 3
PAUSE: Final = 1.0
"""Seconds after which a lock that is held is looked at again."""

NETWORK: Final = frozenset(
    {"9p", "afs", "ceph", "cifs", "fuse.glusterfs", "fuse.sshfs"}
    | {"nfs", "nfs4", "smb3", "smbfs"}
)
LOCAL: Final = frozenset(
    {"apfs", "bcachefs", "btrfs", "ext2", "ext3", "ext4", "f2fs", "overlay"}
    | {"ramfs", "tmpfs", "xfs", "zfs"}
)

_HELD: Final = re.compile(r"\d+: FLOCK +\S+ +\S+ +(-?\d+) +[0-9a-f]+:[0-9a-f]+:(\d+) ")


def _collect(visit: Visit) -> Iterator[Fact]:
    """Yield a fact of kind `flock` about `tokens` and `ledger`, and of kind `locks`.

    `flock`: `file_system` (its name, `other` for one that we do not know, None where
    it cannot be told), `is_network`, and about tokens `excludes`: whether a lock that
    this process holds keeps another one out; None if that could not be tried. `locks`,
    about tokens: `held` (how many were held for a second by the same process) and
    `pids` (their holders).
    """
    if visit.settings is None:
        return
    ledger = places.ledger_file(visit.settings)
    if ledger and ledger.parent.is_dir():
        yield Fact("flock", "ledger", _file_system(ledger.parent))
    folder = places.token_folder(visit.settings)
    if folder and folder.is_dir():
        tried = {"excludes": _excludes(folder)}
        yield Fact("flock", "tokens", _file_system(folder) | tried)
        held = _held(folder)
        if held:
            time.sleep(PAUSE)
            held &= _held(folder) or set()
        if held is not None:
            pids = sorted({pid for _, pid in held})
            yield Fact("locks", "tokens", {"held": len(held), "pids": pids})


def _excludes(folder: Path) -> bool | None:
    try:
        path, descriptor = places.probe(folder)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        tried = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-I", "-S", "-c", TRY, str(path)],
            capture_output=True,
            timeout=PAUSE * 3,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    finally:
        os.close(descriptor)
        path.unlink(missing_ok=True)
    return {0: False, REFUSED: True}.get(tried.returncode)


def _file_system(folder: Path) -> dict[str, object]:
    """Return what is mounted where *folder* is; only Linux tells."""
    real, best, kind = folder.resolve(), -1, None
    for mount, name in _mounts():
        if real.is_relative_to(mount) and len(mount.parts) >= best:
            best, kind = len(mount.parts), name
    known = kind if kind is None or kind in NETWORK | LOCAL else "other"
    return {"file_system": known, "is_network": kind in NETWORK}


def _mounts() -> Iterator[tuple[Path, str]]:
    try:
        lines = Path("/proc/self/mountinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        return
    for line in lines:
        before, _, after = line.partition(" - ")
        yield Path(before.split()[4].replace("\\040", " ")), after.split()[0]


def _held(folder: Path) -> set[tuple[int, int]] | None:
    """Return inode and holder of each lock file that is held; None if nobody tells."""
    try:
        table = Path("/proc/locks").read_text("ascii", "replace")
        ours = {
            entry.stat().st_ino
            for entry in os.scandir(folder)
            if entry.name.endswith(".lock")
        }
    except OSError:
        return None
    held = ((int(inode), int(pid)) for pid, inode in _HELD.findall(table))
    return {(inode, pid) for inode, pid in held if inode in ours}


FLOCK = Collector("flock", _collect)
