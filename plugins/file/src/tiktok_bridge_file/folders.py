"""Open folders as descriptors, so that nobody swaps one while it is in use."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tiktok_bridge_file.checks import require_kind, require_private

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def closing(descriptor: int) -> Iterator[int]:
    """Close *descriptor* after the block."""
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def open_folder(path: str) -> int:
    """Open the folder *path*, through links if there are any."""
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY)


def open_private_folder(path: str) -> int:
    """Open the folder *path*, refusing a link and one that others may use."""
    require_kind(os.lstat(path), stat.S_IFDIR, path)
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        require_private(os.fstat(folder), path)
    except BaseException:
        os.close(folder)
        raise
    return folder


def create_folder(path: str) -> None:
    """Create *path* and its missing parents durably, for ourselves alone."""
    here = Path(path)
    if here.is_dir():
        return
    parent = str(here.parent)
    create_folder(parent)
    with suppress(FileExistsError):
        here.mkdir(mode=0o700)
    with closing(open_folder(parent)) as folder:
        os.fsync(folder)
