"""Name the process that works on a post, so that its death can be seen."""

from __future__ import annotations

import os
import socket
import uuid
from functools import cache
from pathlib import Path
from typing import Final

IDENTITY: Final = (Path("/proc/sys/kernel/random/boot_id"), Path("/proc/self/ns/pid"))
"""What tells machines and containers of one host name apart, where there is a /proc."""


def name() -> str:
    """Return a new name of this process, for one claim."""
    return f"{_machine()}/{os.getpid()}/{uuid.uuid4().hex}"


def is_dead(owner: str) -> bool:
    """Tell whether the process *owner* is one of this machine that has ended."""
    machine, process, _ = owner.split("/")
    if machine != _machine():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


@cache
def _machine() -> str:
    """Return a name of the space in which a process id means one process.

    Containers may share a host name, and each has a process 7.
    """
    boot, space = IDENTITY
    try:
        identity = f"{boot.read_text('ascii').strip()}:{space.stat().st_ino}"
    except OSError:
        identity = f"{uuid.getnode():x}"
    return f"{socket.gethostname()}:{identity}"
