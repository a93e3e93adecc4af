"""Keep what judges a stranger's evidence from the world."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from threading import local
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

REACHES_OUT: Final = (
    "socket.",
    "subprocess.",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "os.startfile",
    "os.system",
    "os.chmod",
    "os.chown",
    "os.kill",
    "os.link",
    "os.mkdir",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.symlink",
    "os.truncate",
    "os.utime",
    "ctypes.",
    "ftplib.",
    "http.",
    "pty.",
    "shutil.",
    "smtplib.",
    "sqlite3.",
    "tempfile.",
    "urllib.",
    "webbrowser.",
)
"""What the names of events begin with that Python reports and nobody may cause.

Source: docs.python.org/3/library/audit_events.html."""

_WRITES: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_state = local()
_installed: list[bool] = []


class ForbiddenError(RuntimeError):
    """Report that evidence made somebody reach out; a bug, or worse."""


@contextmanager
def alone() -> Iterator[None]:
    """Forbid this thread the network, programs, and writing files.

    The hook that does it stays in the process, and is idle outside of the block.
    """
    if not _installed:
        sys.addaudithook(_hook)
        _installed.append(True)
    writes_bytecode = sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    _state.is_alone = True
    try:
        yield
    finally:
        _state.is_alone = False
        sys.dont_write_bytecode = writes_bytecode


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if not getattr(_state, "is_alone", False):
        return
    if event.startswith(REACHES_OUT) or (event == "open" and _writes(arguments)):
        raise ForbiddenError(f"{event} while evidence was judged")


def _writes(arguments: tuple[Any, ...]) -> bool:
    _, mode, flags = arguments
    says = isinstance(mode, str) and any(one in mode for one in "wax+")
    return says or bool(isinstance(flags, int) and flags & _WRITES)
