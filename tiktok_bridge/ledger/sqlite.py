"""Open a SQLite file so that what it commits is on disk."""

from __future__ import annotations

import os
import sqlite3
import uuid
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from tiktok_bridge.errors import LedgerError

if TYPE_CHECKING:
    from tiktok_bridge.ledger.address import Address

READING: Final = "tiktok_bridge_reading"
"""The option of a connection that writes nothing, and waits for nobody who does."""


def open_engine(
    address: Address, patience: float, *, read_only: bool = False
) -> sa.Engine:
    """Return the engine of the file at *address*; others are waited for *patience* s.

    Raises:
        LedgerError: The file cannot be made, or it is not there to be read only.
    """
    if read_only:
        return _open_read_only(Path(address.url.database or ""), patience)
    engine = sa.create_engine(
        address.url, connect_args={"timeout": patience}, hide_parameters=True
    )
    _make_private_file(Path(address.url.database or ""))
    sa.event.listen(engine, "connect", _on_connect)
    sa.event.listen(engine, "begin", _on_begin)
    return engine


def _open_read_only(path: Path, patience: float) -> sa.Engine:
    if not path.is_file():
        raise LedgerError(
            f"there is no ledger at {path}", hint="the first `publish` makes it"
        )
    place = f"{path.absolute().as_uri()}?mode=ro"
    engine = sa.create_engine(
        "sqlite+pysqlite://",
        creator=lambda: sqlite3.connect(
            place, uri=True, timeout=patience, check_same_thread=False
        ),
        poolclass=sa.NullPool,
        hide_parameters=True,
    )
    sa.event.listen(engine, "connect", _leave_begin_to_us)
    sa.event.listen(engine, "begin", _on_begin)
    return engine


def _leave_begin_to_us(connection: Any, _record: object) -> None:  # noqa: ANN401 - a DBAPI connection
    connection.isolation_level = None


def _make_private_file(path: Path) -> None:
    """Make the file, readable by its owner alone, unless there is one.

    It appears in WAL mode already: of several processes that switch a file to WAL at
    once, SQLite refuses all but one, without waiting. A file that is there is not
    opened: closing it would drop the locks that SQLite holds on it in this process.
    """
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if path.exists():
            return
        os.close(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(sqlite3.connect(draft)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
        with suppress(FileExistsError):  # another process was faster
            path.hardlink_to(draft)
    except (OSError, sqlite3.Error) as error:
        raise LedgerError(
            f"the ledger {path} cannot be opened:"
            f" {getattr(error, 'strerror', None) or error}",
            hint="name a file in a folder that can be written, at `ledger`",
        ) from None
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _on_connect(connection: Any, _record: object) -> None:  # noqa: ANN401 - a DBAPI connection
    connection.isolation_level = None  # we say BEGIN ourselves
    if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")


def _on_begin(connection: sa.Connection) -> None:
    is_reading = connection.get_execution_options().get(READING)
    connection.exec_driver_sql("BEGIN" if is_reading else "BEGIN IMMEDIATE")
