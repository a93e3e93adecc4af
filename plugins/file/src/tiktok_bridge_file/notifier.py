"""Append events to a file as JSON Lines."""

from __future__ import annotations

import json
import os
import stat
from typing import TYPE_CHECKING

from tiktok_bridge import BridgeError
from tiktok_bridge_file.access import require_writable
from tiktok_bridge_file.checks import require_kind
from tiktok_bridge_file.failures import Refusal, reported
from tiktok_bridge_file.files import open_file
from tiktok_bridge_file.folders import closing, create_folder, open_folder
from tiktok_bridge_file.locks import held

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tiktok_bridge import Event

PATIENCE = 10.0
"""Seconds to wait for another writer; the outbox comes back later anyway."""

APPEND = os.O_RDWR | os.O_APPEND | os.O_CREAT


class FileNotifier:
    """Write each event as one whole line, durably, beside other writers."""

    def __init__(self, path: str) -> None:
        self._path = path

    def notify(self, event: Event) -> None:
        """See `Notifier.notify`."""
        self.notify_all([event])

    def notify_all(self, events: Sequence[Event]) -> None:
        """See `BatchNotifier.notify_all`: all of them with one wait for the disk."""
        lines = b"".join(map(_line, events))
        parent, _, name = self._path.rpartition("/")
        with reported("append to", self._path, BridgeError):
            create_folder(parent or "/")
            with (
                closing(open_folder(parent or "/")) as folder,
                closing(open_file(name or ".", APPEND, folder=folder)) as file,
                held(file, self._path, timeout=PATIENCE),
            ):
                if _append(lines, file):
                    os.fsync(folder)

    def health(self) -> str:
        """See `Checkable.health`."""
        with reported("append to", self._path, BridgeError):
            place = require_writable(self._path)
            if place != self._path:
                return f"not there yet; it can be made in {place!r}"
            status = os.lstat(self._path)
            require_kind(status, stat.S_IFREG, self._path)
        return f"writable; {status.st_size:,} bytes"


def _line(event: Event) -> bytes:
    """Return *event* as a line; half a surrogate pair stays a JSON escape."""
    text = json.dumps(
        event, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=dict
    )
    return (text + "\n").encode("utf-8", "backslashreplace")


def _append(lines: bytes, file: int) -> bool:
    """Write *lines* whole or not at all, and never behind half a line.

    Returns whether they are the first of the file.
    """
    size = os.fstat(file).st_size
    if size and os.pread(file, 1, size - 1) != b"\n":  # a power cut tore it
        lines = b"\n" + lines
    try:
        if os.write(file, lines) != len(lines):
            raise Refusal("there is room for a part of the event only")
        os.fsync(file)
    except OSError:
        os.ftruncate(file, size)
        raise
    return size == 0
