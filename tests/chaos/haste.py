"""Let a test be quick whose subject is not what survives a loss of power."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from tiktok_bridge.ledger import sqlite

if TYPE_CHECKING:
    import pytest


def forget_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write without waiting for the disk, in this process."""
    connect = vars(sqlite)["_on_connect"]

    def connect_in_haste(connection: Any, record: object) -> None:  # noqa: ANN401 - as the real one
        connect(connection, record)
        connection.execute("PRAGMA synchronous = OFF")

    monkeypatch.setattr(sqlite, "_on_connect", connect_in_haste)
    monkeypatch.setattr(os, "fsync", lambda _file: None)
