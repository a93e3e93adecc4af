"""Refuse files that somebody else could have planted or could read."""

from __future__ import annotations

import os
import shlex
import stat

from tiktok_bridge_file.failures import Refusal

KINDS = {
    stat.S_IFBLK: "a block device",
    stat.S_IFCHR: "a character device",
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFLNK: "a symbolic link",
    stat.S_IFREG: "a file",
    stat.S_IFSOCK: "a socket",
}
"""What a person calls each type of file."""

OTHERS = stat.S_IRWXG | stat.S_IRWXO


def require_kind(status: os.stat_result, kind: int, name: str) -> None:
    """Refuse *name* unless it is of *kind*, one of the `stat.S_IF*` values.

    Raises:
        Refusal: It is something else, which the message names.
    """
    found = stat.S_IFMT(status.st_mode)
    if found != kind:
        what = KINDS.get(found, "a stranger")
        raise Refusal(f"{name!r} is {what}, not {KINDS[kind]}")


def require_private(status: os.stat_result, path: str) -> None:
    """Refuse *path* unless it is ours, for nobody else to read or write.

    Raises:
        Refusal: It has another owner, or permissions for others.
    """
    if status.st_uid != os.geteuid():
        raise Refusal(
            f"it belongs to user {status.st_uid}, and this is user {os.geteuid()}",
            hint="run as its owner, or change the owner with chown",
        )
    if status.st_mode & OTHERS:
        mode = "700" if stat.S_ISDIR(status.st_mode) else "600"
        raise Refusal(
            f"others may use it (mode {stat.S_IMODE(status.st_mode):04o})",
            hint=f"run chmod {mode} {shlex.quote(path)}",
        )
