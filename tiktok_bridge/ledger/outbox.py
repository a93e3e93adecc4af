"""Keep events until their notifier has taken them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from tiktok_bridge.ledger import tables
from tiktok_bridge.ledger.pending import from_row

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tiktok_bridge.clock import Clock
    from tiktok_bridge.ledger.database import Database
    from tiktok_bridge.ledger.pending import Pending
    from tiktok_bridge.models import Event, PostKey

OUTBOX = tables.outbox
NOTIFIERS = tables.notifiers

_KEEP: Final = OUTBOX.insert()
_NUMBERED: Final = OUTBOX.c.number == sa.bindparam("of_number")
_FORGET: Final = OUTBOX.delete().where(_NUMBERED)
_AGAIN: Final = (
    OUTBOX.update()
    .where(_NUMBERED)
    .values(tries=0, failing_since=None, next_at=None, dead_at=None)
)
_TRUST: Final = (
    NOTIFIERS.update()
    .where(NOTIFIERS.c.name == sa.bindparam("of_name"))
    .values(failures=0, failing_since=None, next_at=None)
)
_WAITED_FOR: Final = (
    sa.select(OUTBOX.c.notifier).where(OUTBOX.c.dead_at.is_(None)).distinct()
)


class Outbox:
    """Events that were decided together with a move, and are not yet delivered."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

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
        of = {"account": key.account, "id": key.id, "created_at": self._clock.now()}
        rows = [
            of | {"notifier": notifier, "event": json.dumps(event)}
            for notifier, event in events
        ]
        if rows:
            connection.execute(_KEEP, rows)

    def pending(self, key: PostKey | None = None) -> list[Pending]:
        """Return what is not delivered, of the post *key* if given, oldest first.

        What was given up is among it.
        """
        query = sa.select(OUTBOX).order_by(OUTBOX.c.number)
        if key:
            query = query.where(OUTBOX.c.account == key.account, OUTBOX.c.id == key.id)
        rows = self._database.read(
            "looking for events", lambda connection: connection.execute(query).all()
        )
        return [from_row(row) for row in rows]

    def waited_for(self) -> set[str]:
        """Return the names of the notifiers for which something is kept."""
        rows = self._database.read(
            "looking for events",
            lambda connection: connection.execute(_WAITED_FOR).scalars().all(),
        )
        return set(rows)

    def again(self, pending: Iterable[Pending]) -> None:
        """Let *pending* be tried as if nothing had failed yet, and at once."""
        given = list(pending)
        numbers = [{"of_number": one.number} for one in given]
        names = [{"of_name": name} for name in sorted({one.notifier for one in given})]

        def write(connection: sa.Connection) -> None:
            connection.execute(_AGAIN, numbers)
            connection.execute(_TRUST, names)

        if numbers:
            self._database.write(f"trying {len(numbers)} event(s) again", write)

    def forget(self, pending: Iterable[Pending]) -> None:
        """Drop *pending*: nobody gets them any more."""
        numbers = [{"of_number": one.number} for one in pending]
        if numbers:
            self._database.write(
                f"forgetting {len(numbers)} event(s)",
                lambda connection: connection.execute(_FORGET, numbers),
            )
