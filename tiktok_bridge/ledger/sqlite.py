"""Open a SQLite file so that what it commits is on disk."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from tiktok_bridge.errors import LedgerError

if TYPE_CHECKING:
    from tiktok_bridge.ledger.address import Address

READING: Final = "tiktok_bridge_reading"
"""The option of a connection that writes nothing, and waits for nobody who does."""


def open_engine(address: Address, patience: float) -> sa.Engine:
    """Return the engine of the file at *address*; others are waited for *patience* s.

    Raises:
        LedgerError: The file cannot be made.
    """
    engine = sa.create_engine(
        address.url, connect_args={"timeout": patience}, hide_parameters=True
    )
    _make_private_file(Path(address.url.database or ""))
    sa.event.listen(engine, "connect", _on_connect)
    sa.event.listen(engine, "begin", _on_begin)
    return engine


def _make_private_file(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise LedgerError(
            f"the ledger {path} cannot be opened: {error.strerror}",
            hint="name a file in a folder that can be written, at `ledger`",
        ) from None


def _on_connect(connection: Any, _record: object) -> None:  # noqa: ANN401 - a DBAPI connection
    connection.isolation_level = None  # we say BEGIN ourselves
    if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")


def _on_begin(connection: sa.Connection) -> None:
    is_reading = connection.get_execution_options().get(READING)
    connection.exec_driver_sql("BEGIN" if is_reading else "BEGIN IMMEDIATE")
