"""Tell whether a path could be written, without writing."""

from __future__ import annotations

import errno
import os
from pathlib import Path


def require_writable(path: str) -> str:
    """Return what there is to write to: *path*, or the nearest folder above it.

    Raises:
        OSError: It is none that this user may write to, or no folder.
    """
    found = next(one for one in (Path(path), *Path(path).parents) if one.exists())
    is_above = str(found) != path
    if is_above and not found.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    wanted = os.W_OK | (os.X_OK if found.is_dir() else 0)
    if not os.access(found, wanted):
        code = errno.EROFS if _is_read_only(found) else errno.EACCES
        raise OSError(code, f"{os.strerror(code)} ({found})")
    return str(found)


def _is_read_only(path: Path) -> bool:
    return bool(os.statvfs(path).f_flag & os.ST_RDONLY)
