"""Open a PostgreSQL database so that each statement sees what others committed."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from tiktok_bridge.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tiktok_bridge.ledger.address import Address

CONNECT_TIMEOUT: Final = 10
"""Seconds for one attempt to connect."""

SILENCE: Final = 30_000
"""Milliseconds for which a server that is gone may leave what was sent unanswered."""

IDLE: Final = 60.0
"""Seconds after which the server ends a transaction whose process stands still."""

CONNECTIONS: Final = 5
"""Connections of one process; its other threads wait for one."""

LOCKS: Final = 0x746B6272
"""Our class of advisory locks, apart from those of other programs: `tkbr`."""

_SETTINGS = """
SELECT set_config('lock_timeout', %s, false),
       set_config('idle_in_transaction_session_timeout', %s, false),
       set_config('synchronous_commit', CASE current_setting('synchronous_commit')
                  WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END,
                  false)
"""
"""A commit that is not on the server's disk would let a post be sent twice."""


def open_engine(address: Address, patience: float) -> sa.Engine:
    """Return the engine of *address*; who holds a lock is waited for *patience* s.

    Locks are taken by statements and every statement after one has to see what the
    other process did: that is READ COMMITTED, whatever the server's default is.
    """
    given: Mapping[str, object] = address.url.query
    defaults = {"connect_timeout": CONNECT_TIMEOUT, "tcp_user_timeout": SILENCE}
    options = {k: v for k, v in defaults.items() if k not in given}
    engine = sa.create_engine(
        address.url,
        connect_args={"client_encoding": "utf8"} | options,
        hide_parameters=True,  # one of them is the upload URL
        isolation_level="READ COMMITTED",
        max_overflow=0,
        pool_size=CONNECTIONS,
        pool_timeout=patience,
    )
    limits = tuple(f"{seconds * 1000:.0f}ms" for seconds in (patience, IDLE))

    def on_connect(connection: Any, _record: object) -> None:  # noqa: ANN401 - a DBAPI connection
        connection.execute(_SETTINGS, limits)
        connection.commit()  # or they end with the first transaction

    sa.event.listen(engine, "connect", on_connect)
    return engine


def lock(connection: sa.Connection, name: str) -> None:
    """Wait until no other transaction holds the lock *name*, and hold it to the end."""
    number = zlib.crc32(name.encode()) - 2**31
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCKS, number)))


def now(connection: sa.Connection) -> float:
    """Return the server's time, in seconds since the epoch: all machines share it."""
    clock = sa.extract("epoch", sa.func.clock_timestamp())
    return float(connection.execute(sa.select(clock)).scalar_one())


def require_utf8(connection: sa.Connection, name: str) -> None:
    """Refuse a database that cannot hold every text.

    Raises:
        LedgerError: It has another encoding.
    """
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        raise LedgerError(
            f"the ledger {name} has the encoding {encoding}, which not every title has",
            hint="make a database with ENCODING 'UTF8' TEMPLATE template0",
        )
