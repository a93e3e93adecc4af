"""Fail, or die, before any step that touches the disk."""

from __future__ import annotations

import errno
import os
import signal
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STEPS = (
    *("fsync", "fstat", "link", "lstat", "mkdir"),
    *("open", "rename", "stat", "unlink", "write"),
)
"""The calls of `os` before which something may fail or die."""


@contextmanager
def before_each_step(act: Callable[[int, str], object]) -> Iterator[None]:
    """Call *act* with 1, 2, … and a name before each call that touches the disk."""
    count = 0

    def watched(name: str, call: Callable[..., object]) -> Callable[..., object]:
        def wrapper(*args: object, **kwargs: object) -> object:
            nonlocal count
            count += 1
            act(count, name)
            return call(*args, **kwargs)

        return wrapper

    with pytest.MonkeyPatch.context() as patch:
        for name in STEPS:
            patch.setattr(os, name, watched(name, getattr(os, name)))
        yield


def steps_of(use: Callable[[], object]) -> dict[int, str]:
    """Return the name of each step of *use* by its number."""
    steps: dict[int, str] = {}
    with before_each_step(steps.__setitem__):
        use()
    return steps


def fail_at(failing: int, step: int, _: str, number: int = errno.ENOSPC) -> None:
    """Fail before the step *failing*, and at no other."""
    if step == failing:
        raise OSError(number, os.strerror(number))


def fail_from(failing: int, step: int, name: str, number: int = errno.ENOSPC) -> None:
    """Fail before the step *failing* and before every later one."""
    fail_at(failing, min(step, failing), name, number)


def kill_at(killing: int, step: int, _: str) -> None:
    """Die before the step *killing*."""
    if step == killing:
        os.kill(os.getpid(), signal.SIGKILL)


@contextmanager
def forked(run: Callable[[], object]) -> Iterator[int]:
    """Run something in a process of its own, which is dead after the block."""
    child = os.fork()
    if not child:
        try:
            run()
        finally:
            os._exit(0)
    try:
        yield child
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def die_at(step: int, use: Callable[[], object]) -> None:
    """Do *use* in another process that is killed before *step*."""

    def run() -> None:
        with before_each_step(partial(kill_at, step)):
            use()

    die(run)


def die(run: Callable[[], object]) -> None:
    """Do *run*, which kills its process, in another one."""
    with forked(run) as child:
        ended = os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)

    assert ended is not None
    assert ended.si_code == os.CLD_KILLED
