"""Read and replace files by their name in an open folder."""

from __future__ import annotations

import os
import stat
from contextlib import suppress

from tiktok_bridge_file.checks import require_kind, require_private
from tiktok_bridge_file.folders import closing


def open_file(name: str, flags: int, *, folder: int) -> int:
    """Open the regular file *name* in *folder*: follow no link, wait for no pipe.

    It is looked at before it is opened, because opening a device may do something,
    and again afterwards, because it may have been swapped in between.
    """
    with suppress(FileNotFoundError):
        before = os.stat(name, dir_fd=folder, follow_symlinks=False)
        require_kind(before, stat.S_IFREG, name)
    flags |= os.O_NOFOLLOW | os.O_NONBLOCK
    descriptor = os.open(name, flags, 0o600, dir_fd=folder)
    try:
        require_kind(os.fstat(descriptor), stat.S_IFREG, name)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def read_private(name: str, path: str, *, folder: int) -> bytes:
    """Return the content of *name*; *path* is what a refusal calls it."""
    descriptor = open_file(name, os.O_RDONLY, folder=folder)
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        require_private(os.fstat(descriptor), path)
        return file.readall()


def replace_file(
    name: str, content: bytes, *, folder: int, previous: str | None = None
) -> None:
    """Replace *name* by *content* at once, keeping what it was as *previous*.

    At any moment *name* is wholly the old content or wholly the new one; once this
    has returned, a power cut leaves the new one.
    """
    draft = f"{name}.{os.urandom(8).hex()}.tmp"
    try:
        _write_new(draft, content, folder)
        if previous:
            _keep(name, previous, folder)
        os.rename(draft, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        with suppress(OSError):
            os.unlink(draft, dir_fd=folder)
        raise
    os.fsync(folder)


def _write_new(name: str, content: bytes, folder: int) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with closing(os.open(name, flags, 0o600, dir_fd=folder)) as file:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(file, rest) :]
        os.fsync(file)


def _keep(name: str, previous: str, folder: int) -> None:
    """Give what *name* holds a second name, so that *name* is never missing."""
    with suppress(FileNotFoundError):
        os.unlink(previous, dir_fd=folder)
    with suppress(FileNotFoundError, FileExistsError):  # the first, or a race lost
        os.link(
            name,
            previous,
            src_dir_fd=folder,
            dst_dir_fd=folder,
            follow_symlinks=False,
        )
