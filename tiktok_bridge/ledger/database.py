"""Open the database and run transactions that either happen whole or not at all."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from tiktok_bridge.errors import BusyError, ConfigError, LedgerError
from tiktok_bridge.ledger import tables

if TYPE_CHECKING:
    from collections.abc import Iterator

BUSY_TIMEOUT: Final = 30.0
"""Seconds to wait for another process that writes."""


class Database:
    """One engine; SQLite in WAL mode with full sync, or whatever the URL names."""

    def __init__(self, url: str) -> None:
        self._name = url.partition(":")[0] + ":…"  # it may hold a password
        try:
            self._url = sa.make_url(url)
            self._name = self._url.render_as_string(hide_password=True)
            is_sqlite = self._url.get_backend_name() == "sqlite"
            if is_sqlite:
                _require_file(self._url)
            options = {"timeout": BUSY_TIMEOUT} if is_sqlite else {}
            self._engine = sa.create_engine(self._url, connect_args=options)
            if is_sqlite:
                self._make_private_file()
                sa.event.listen(self._engine, "connect", _on_connect)
                sa.event.listen(self._engine, "begin", _on_begin)
            with self.transaction() as connection:
                self._create(connection)
        except (
            ArgumentError,
            NoSuchModuleError,
            ImportError,
            TypeError,
            ValueError,
        ) as error:
            raise ConfigError(f"ledger: {self._name}: {error}") from None

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """Run what is inside as one transaction, on disk when this ends.

        Raises:
            BusyError: Another process held the database for too long.
            LedgerError: It cannot be read or written.
        """
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            reason = str(getattr(error, "orig", None) or error)
            if "locked" in reason:
                raise BusyError(
                    f"the ledger {self._name} is locked: {reason}"
                ) from error
            raise LedgerError(
                f"the ledger {self._name} cannot be used: {reason}",
                hint="check its folder, its permissions and the free disk space",
            ) from error

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def _create(self, connection: sa.Connection) -> None:
        tables.metadata.create_all(connection)
        found = connection.execute(sa.select(tables.version.c.version)).scalar()
        if found is None:
            connection.execute(tables.version.insert().values(version=tables.VERSION))
        elif found != tables.VERSION:
            raise LedgerError(
                f"the ledger {self._name} has version {found}; this is made for"
                f" {tables.VERSION}",
                hint="use the release that wrote it, or a newer one",
            )

    def _make_private_file(self) -> None:
        path = Path(self._url.database or "")
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as error:
            raise LedgerError(
                f"the ledger {path} cannot be opened: {error.strerror}",
                hint="name a file in a folder that can be written, at `ledger`",
            ) from None


def _require_file(url: sa.URL) -> None:
    if not url.database or ":memory:" in url.database or "mode" in url.query:
        raise ValueError("a ledger in memory forgets what was published")


def _on_connect(connection: Any, _record: object) -> None:  # noqa: ANN401 - a DBAPI connection
    connection.isolation_level = None  # we say BEGIN ourselves
    if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")


def _on_begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
