"""Open a file by walking down from the root, through no symbolic link."""

from __future__ import annotations

import os
import stat

from tiktok_bridge_file.checks import require_kind
from tiktok_bridge_file.files import open_file

STEP = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_NOFOLLOW
"""How a folder on the way is opened; O_PATH needs no permission to list it."""


def open_by_walking(path: str) -> int:
    """Open the regular file at the absolute *path* for reading.

    Raises:
        OSError: Something on the way is missing, forbidden or a symbolic link, or
            what is there is no regular file.
    """
    way, _, name = path.rpartition("/")
    folder = os.open("/", STEP)
    try:
        for part in filter(None, way.split("/")):
            folder = _step_into(part, folder)
        return open_file(name or ".", os.O_RDONLY, folder=folder)
    finally:
        os.close(folder)


def _step_into(part: str, folder: int) -> int:
    before = os.stat(part, dir_fd=folder, follow_symlinks=False)
    require_kind(before, stat.S_IFDIR, part)
    below = os.open(part, STEP, dir_fd=folder)
    os.close(folder)
    return below
