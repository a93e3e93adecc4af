"""Keep a key ring in a private file: whole at any moment, replaced by one at a time.

The file is replaced by renaming, so the lock is on the file that has the name now.
Who seals holds it beside others; who changes the ring holds it alone. So no record is
sealed with a ring that was replaced before the record is on disk.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import stat
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from tiktok_bridge.errors import BusyError, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tiktok_bridge.tokens.keyring import KeyRing

POLL: Final = 0.01
"""Seconds between two attempts to lock the ring."""

SEALING_TIMEOUT: Final = 5.0
"""Seconds after which a record is sealed without the lock: a renewed token has to be
kept, and what the lock guards against takes a person minutes."""

CHANGE_TIMEOUT: Final = 30.0
"""Seconds to wait for those who seal before the ring is changed."""

Stamp = tuple[int, ...]
"""What tells one state of the file from another."""


def stamp_of(path: Path) -> Stamp | None:
    """Return the stamp of the file at *path*, or None when it cannot be seen."""
    try:
        return _stamp(path.lstat())
    except OSError:
        return None


def read(path: Path) -> tuple[Stamp, str]:
    """Return the stamp and the content of the ring at *path*.

    Raises:
        StoreError: It cannot be read, or others may read it.
    """
    try:
        descriptor = _open(path)
        try:
            return _read(descriptor, path)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise _unreadable(path, error) from None


def create(path: Path, ring: KeyRing) -> bool:
    """Write *ring* to *path*, whole and on disk, unless there is a file.

    Returns:
        Whether it was written.

    Raises:
        StoreError: It cannot be written.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            _write(draft, ring)
            os.link(draft, path)  # never replaces a ring
        except FileExistsError:
            return False
        finally:
            draft.unlink(missing_ok=True)
        _sync(path.parent)
    except OSError as error:
        raise _unwritable(path, error) from None
    return True


def replace(path: Path, ring: KeyRing) -> None:
    """Replace the ring at *path* by *ring*, whole and on disk; hold it alone.

    Raises:
        StoreError: It cannot be written; the old ring is still there.
    """
    draft = path.with_name(f".{path.name}.new")  # one name: a killed one's is reused
    try:
        draft.unlink(missing_ok=True)
        try:
            _write(draft, ring)
            draft.rename(path)  # from here on another may hold it, and have a draft
        except OSError:
            draft.unlink(missing_ok=True)
            raise
        _sync(path.parent)
    except OSError as error:
        raise _unwritable(path, error) from None


@contextmanager
def sealing(path: Path) -> Iterator[str]:
    """Keep the ring at *path* from being replaced during the block; yield it.

    Raises:
        StoreError: It cannot be read.
    """
    with _held(path, fcntl.LOCK_SH, SEALING_TIMEOUT) as descriptor:
        if descriptor is None:
            yield read(path)[1]
        else:
            yield _checked(descriptor, path)


@contextmanager
def changing(path: Path) -> Iterator[str]:
    """Hold the ring at *path* alone during the block; yield it.

    Raises:
        BusyError: It was not free in time.
        StoreError: It cannot be read.
    """
    with _held(path, fcntl.LOCK_EX, CHANGE_TIMEOUT) as descriptor:
        if descriptor is None:
            raise BusyError(
                f"{path}: the key ring is in use (waited {CHANGE_TIMEOUT:g} s)",
                hint="try again; nothing was changed",
            )
        yield _checked(descriptor, path)


@contextmanager
def _held(
    path: Path,
    kind: int,
    timeout: float,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[int | None]:
    """Lock the file at *path*; yield its descriptor, None if it was not free."""
    deadline = clock() + timeout
    while (descriptor := _locked(path, kind)) is None and clock() < deadline:
        sleep(POLL)
    try:
        yield descriptor
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _locked(path: Path, kind: int) -> int | None:
    """Try once; what was locked has to be the file that has the name."""
    try:
        descriptor = _open(path)
    except OSError as error:
        raise _unreadable(path, error) from None
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        if _stamp(os.fstat(descriptor)) == stamp_of(path):
            return descriptor
    except BlockingIOError:
        pass
    except OSError as error:
        if kind == fcntl.LOCK_SH:  # the file system has no locks
            return descriptor
        os.close(descriptor)
        raise _unwritable(path, error) from None
    os.close(descriptor)
    return None


def _open(path: Path) -> int:
    return os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)


def _checked(descriptor: int, path: Path) -> str:
    try:
        return _read(descriptor, path)[1]
    except OSError as error:
        raise _unreadable(path, error) from None


def _read(descriptor: int, path: Path) -> tuple[Stamp, str]:
    status = os.fstat(descriptor)
    _require_private(status, path)
    with os.fdopen(os.dup(descriptor), "rb") as file:
        try:
            return _stamp(status), file.read().decode()
        except UnicodeDecodeError:
            return _stamp(status), ""  # which is no key ring


def _require_private(status: os.stat_result, path: Path) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise StoreError(f"{path}: the key ring is no file")
    if status.st_mode & 0o077:
        raise StoreError(
            f"{path}: others may read the key ring", hint=f"chmod 600 {path}"
        )
    if status.st_uid not in (os.geteuid(), 0):
        raise StoreError(
            f"{path}: the key ring belongs to user {status.st_uid}, and this is user"
            f" {os.geteuid()}",
            hint="run as its owner, or change the owner with chown",
        )


def _stamp(status: os.stat_result) -> Stamp:
    times = status.st_mtime_ns, status.st_ctime_ns
    return (status.st_dev, status.st_ino, status.st_size, status.st_mode, *times)


def _write(path: Path, ring: KeyRing) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with os.fdopen(os.open(path, flags, 0o600), "w") as file:
        file.write(ring.to_text())
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unreadable(path: Path, error: OSError) -> StoreError:
    return StoreError(
        f"{path}: cannot read the key ring: {error.strerror or error}",
        hint="restore it from your backup; if there never was a token, run"
        " tiktok-bridge keys new; if it is lost, so is every stored token: delete the"
        " token store then, and log every account in again (tiktok-bridge auth login)",
    )


def _unwritable(path: Path, error: OSError) -> StoreError:
    return StoreError(f"{path}: cannot write the key ring: {error.strerror or error}")
