"""Run transactions that either happen whole or not at all."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, TypeVar

from sqlalchemy.exc import NoSuchModuleError, SQLAlchemyError

from tiktok_bridge.clock import SystemClock
from tiktok_bridge.errors import ConfigError, LedgerError
from tiktok_bridge.ledger import address, faults, postgres, sqlite, versions
from tiktok_bridge.ledger.migrations import STEPS
from tiktok_bridge.ledger.together import Together

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import sqlalchemy as sa

    from tiktok_bridge.clock import Clock
    from tiktok_bridge.ledger.migrations import Step

T = TypeVar("T")

BUSY_TIMEOUT: Final = 30.0
"""Seconds to wait for another process that writes."""

ATTEMPTS: Final = 5
"""How often a transaction is begun that other processes overtake."""

MACHINE: Final = SystemClock()


class Database:
    """The tables of one ledger, in a SQLite file or on a PostgreSQL server.

    Args:
        url: Where they are.
        steps: What brings older tables to today's.
        patience: Seconds to wait for another process that writes.
        read_only: Whether it is only looked at: nothing is made, nor brought to
            today's version.

    Raises:
        ConfigError: The URL names no such database.
        LedgerError: It cannot be opened, or a newer release wrote it. To be read only
            it must be there, in today's version.
    """

    def __init__(
        self,
        url: str,
        *,
        steps: Sequence[Step] = STEPS,
        patience: float = BUSY_TIMEOUT,
        read_only: bool = False,
    ) -> None:
        self._address = address.read(url)
        self._process = os.getpid()
        self._together = self._writers()
        try:
            if self._address.is_sqlite:
                self._engine = sqlite.open_engine(
                    self._address, patience, read_only=read_only
                )
            else:
                self._engine = postgres.open_engine(self._address, patience)
            self._reader = self._engine.execution_options(**{sqlite.READING: True})
            self._open(steps, read_only=read_only)
        except ModuleNotFoundError as error:
            raise ConfigError(
                f"ledger: {self.name}: {error.name} is not installed",
                hint="install tiktok-bridge with its extra postgres, or run"
                " `pip install 'psycopg[binary]'`",
            ) from None
        except (NoSuchModuleError, TypeError, ValueError) as error:
            raise ConfigError(f"ledger: {self.name}: {error}") from None

    def __repr__(self) -> str:
        return f"Database({self.name!r})"

    @property
    def name(self) -> str:
        """What a message may call it: its URL without the password."""
        return self._address.name

    def write(self, doing: str, work: Callable[[sa.Connection], T]) -> T:
        """Return what *work* returns, run as one transaction, now on disk.

        *work* is called again when another process overtook it: it must change
        nothing but the database. *doing* says in words what it does.

        Raises:
            BusyError: Another process held the database for too long.
            LedgerError: It cannot be read or written.
        """
        self._leave_to_parent()
        if not self._address.is_sqlite:
            return self._run(doing, work, self._engine)
        answer: T = self._together.write(doing, work)
        return answer

    def read(self, doing: str, work: Callable[[sa.Connection], T]) -> T:
        """Return what *work* returns, which writes nothing and waits for no writer.

        Raises:
            LedgerError: It cannot be read.
        """
        return self._run(doing, work, self._reader)

    def lock(self, connection: sa.Connection, name: str) -> None:
        """Let no other transaction that locks *name* run beside this one."""
        if not self._address.is_sqlite:  # there, one transaction at a time writes
            postgres.lock(connection, name)

    def now(self, connection: sa.Connection, clock: Clock) -> float:
        """Return what time it is for every process that shares this database.

        A server is asked, since the clocks of machines differ; a *clock* that is
        ahead of this machine's stays ahead as much.
        """
        if self._address.is_sqlite:
            return clock.now()
        ahead = clock.now() - MACHINE.now()
        return postgres.now(connection) + ahead

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def _run(
        self, doing: str, work: Callable[[sa.Connection], T], engine: sa.Engine
    ) -> T:
        self._leave_to_parent()
        for attempt in range(1, ATTEMPTS + 1):
            is_whole = False
            try:
                with engine.connect() as connection, connection.begin():
                    answer = work(connection)
                    is_whole = True  # from here on it may be on disk
            except SQLAlchemyError as error:
                is_lost = faults.is_broken(error) and not is_whole
                again = is_lost or faults.is_overtaken(error)
                if not again or attempt == ATTEMPTS:
                    # its own text may show a row, and with it the upload URL
                    raise faults.translate(
                        error, self.name, doing, is_sqlite=self._address.is_sqlite
                    ) from None
            else:
                return answer
        raise AssertionError(doing)

    def _leave_to_parent(self) -> None:
        """After a fork, open connections of our own: two must not speak on one."""
        if self._process != os.getpid():
            self._process = os.getpid()
            self._together = self._writers()  # its locks may be held over there
            self._engine.dispose(close=False)

    def _writers(self) -> Together:
        return Together(lambda doing, work: self._run(doing, work, self._engine))

    def _open(self, steps: Sequence[Step], *, read_only: bool) -> None:
        def bring(connection: sa.Connection) -> None:
            self.lock(connection, "version")
            if not self._address.is_sqlite:
                postgres.require_utf8(connection, self.name)
            versions.bring(connection, self.name, steps)

        try:
            version = self.read("opening", versions.found)
            if read_only:
                _require(version, len(steps) + 1, self.name)
            elif version != len(steps) + 1:
                self.write("opening", bring)
        except BaseException:
            self.close()
            raise


def _require(version: int | None, wanted: int, name: str) -> None:
    if version != wanted:
        found = "holds no tables" if version is None else f"has version {version}"
        raise LedgerError(
            f"the ledger {name} {found}; this release reads version {wanted}",
            hint="the next `publish` brings it there, if no newer release wrote it",
        )
