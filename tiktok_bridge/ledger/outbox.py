"""Keep events until their notifier has taken them, in order per post."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from tiktok_bridge.ledger import tables
from tiktok_bridge.models import PostKey

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tiktok_bridge.ledger.database import Database
    from tiktok_bridge.models import Event

OUTBOX = tables.outbox

_KEEP: Final = OUTBOX.insert()
_WAITING: Final = sa.select(OUTBOX).order_by(OUTBOX.c.number)
_FORGET: Final = OUTBOX.delete().where(OUTBOX.c.number == sa.bindparam("of_number"))


@dataclass(frozen=True, slots=True)
class Pending:
    """One event on its way to one notifier."""

    number: int
    key: PostKey
    notifier: str
    event: Event


class Outbox:
    """Events that were decided together with a move, and are not yet delivered."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(
        self,
        connection: sa.Connection,
        key: PostKey,
        events: Iterable[tuple[str, Event]],
    ) -> None:
        """Keep *events*, each for its notifier, in the transaction of their move.

        The post's row is locked by then, so that the numbers of its events grow in
        the order of its moves.
        """
        of = {"account": key.account, "id": key.id}
        rows = [
            of | {"notifier": notifier, "event": json.dumps(event)}
            for notifier, event in events
        ]
        if rows:
            connection.execute(_KEEP, rows)

    def pending(self) -> list[Pending]:
        """Return what is not delivered, oldest first."""
        rows = self._database.read(
            "looking for events", lambda connection: connection.execute(_WAITING).all()
        )
        return [
            Pending(
                row.number,
                PostKey(row.account, row.id),
                row.notifier,
                json.loads(row.event),
            )
            for row in rows
        ]

    def delivered(self, *pending: Pending) -> None:
        """Forget what was delivered."""
        numbers = [{"of_number": one.number} for one in pending]
        if numbers:
            self._database.write(
                f"forgetting {len(numbers)} event(s)",
                lambda connection: connection.execute(_FORGET, numbers),
            )
