"""Hold a file alone among all processes and threads."""

from __future__ import annotations

import fcntl
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tiktok_bridge import BusyError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

POLL = 0.01
"""Seconds between two attempts."""


def acquire(
    descriptor: int,
    path: str,
    *,
    timeout: float,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Lock the open file *descriptor*; the system frees it when the process ends.

    The lock belongs to the opening of the file, not to the process, so it keeps
    threads apart as well.

    Raises:
        BusyError: It was not free within *timeout* seconds.
    """
    deadline = clock() + timeout
    while not _is_taken(descriptor):
        left = deadline - clock()
        if left <= 0:
            raise BusyError(
                f"{path!r} is held by somebody else (waited {timeout:g} s)",
                hint="try again; it is freed at the latest when that process ends",
            )
        sleep(min(POLL, left))


def release(descriptor: int) -> None:
    """Unlock *descriptor*, also where a forked child still has it open."""
    fcntl.flock(descriptor, fcntl.LOCK_UN)


@contextmanager
def held(descriptor: int, path: str, *, timeout: float) -> Iterator[None]:
    """Hold *descriptor* alone during the block; see `acquire`."""
    acquire(descriptor, path, timeout=timeout)
    try:
        yield
    finally:
        release(descriptor)


def _is_taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
