"""Bring the tables to the version for which this release is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from tiktok_bridge.errors import LedgerError
from tiktok_bridge.ledger import tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tiktok_bridge.ledger.migrations import Step

VERSION = tables.version


def found(connection: sa.Connection) -> int | None:
    """Return the version of the tables that are there, or None without any."""
    if not sa.inspect(connection).has_table(VERSION.name):
        return None
    return int(connection.execute(sa.select(VERSION.c.version)).scalar_one())


def bring(connection: sa.Connection, name: str, steps: Sequence[Step]) -> None:
    """Make the tables, or take every step that those of the ledger *name* miss.

    The caller holds the lock that lets one process at a time do so, and whoever
    waited for it finds that nothing is left to do.

    Raises:
        LedgerError: A newer release wrote them, or they are not ours.
    """
    wanted, version = len(steps) + 1, found(connection)
    if version is None:
        _create(connection, name, wanted)
    elif version > wanted:
        raise LedgerError(
            f"the ledger {name} has version {version}; this release reads versions up"
            f" to {wanted}",
            hint="use the release that wrote it, or a newer one",
        )
    else:
        for step in steps[version - 1 :]:
            for statement in step.statements(connection.dialect.name):
                connection.exec_driver_sql(statement)
            if step.rest:
                step.rest(connection)
        connection.execute(VERSION.update().values(version=wanted))


def _create(connection: sa.Connection, name: str, version: int) -> None:
    inspector = sa.inspect(connection)
    for table in tables.metadata.sorted_tables:
        if inspector.has_table(table.name):
            raise LedgerError(
                f"the ledger {name} holds a table {table.name} of another program",
                hint="give the ledger a database of its own",
            )
    tables.metadata.create_all(connection, checkfirst=False)
    connection.execute(VERSION.insert().values(version=version))
