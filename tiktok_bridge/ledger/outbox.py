"""Keep events until their notifier has taken them, in order per post."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from tiktok_bridge.ledger import tables
from tiktok_bridge.models import PostKey

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tiktok_bridge.ledger.database import Database
    from tiktok_bridge.models import Event

OUTBOX = tables.outbox


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
        """Keep *events*, each for its notifier, in the transaction of their move."""
        for notifier, event in events:
            connection.execute(
                OUTBOX.insert().values(
                    account=key.account,
                    id=key.id,
                    notifier=notifier,
                    event=json.dumps(event, ensure_ascii=False),
                )
            )

    def pending(self) -> list[Pending]:
        """Return what is not delivered, oldest first."""
        with self._database.transaction() as connection:
            rows = connection.execute(sa.select(OUTBOX).order_by(OUTBOX.c.number)).all()
        return [
            Pending(
                row.number,
                PostKey(row.account, row.id),
                row.notifier,
                json.loads(row.event),
            )
            for row in rows
        ]

    def delivered(self, pending: Pending) -> None:
        """Forget what was delivered."""
        with self._database.transaction() as connection:
            connection.execute(OUTBOX.delete().where(OUTBOX.c.number == pending.number))
