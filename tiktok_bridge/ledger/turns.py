"""Let one process at a time deliver to a notifier, and keep when to try again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from tiktok_bridge.ledger import owner, tables
from tiktok_bridge.ledger.claims import LEASE, is_valid
from tiktok_bridge.ledger.pending import from_row

if TYPE_CHECKING:
    from tiktok_bridge.clock import Clock
    from tiktok_bridge.ledger.database import Database
    from tiktok_bridge.ledger.pending import Pending

OUTBOX = tables.outbox
NOTIFIERS = tables.notifiers

MOST: Final = 500
"""How many events one turn has; the next turn has the next ones."""

DOWN: Final = 3
"""Failures in a row, of different events, after which a notifier is left alone."""

TRIES: Final = 10
GIVEN_UP_AFTER: Final = 3 * 86_400.0
"""An event is given up when so many tries have failed, for so many seconds."""

LONGEST_WAIT: Final = 86_400.0
"""Longest time, in seconds, until anything is tried again."""

BUSY_PAUSE: Final = 2.0
"""Seconds before looking again at a notifier to which another process delivers."""

_OURS: Final = NOTIFIERS.c.name == sa.bindparam("of_name")
_FIND: Final = sa.select(NOTIFIERS).where(_OURS)
_ADD: Final = NOTIFIERS.insert()
_CHANGE: Final = NOTIFIERS.update().where(_OURS)

_WAITING: Final = (OUTBOX.c.notifier == sa.bindparam("of_name")) & (
    OUTBOX.c.dead_at.is_(None)
)
_HELD_UP: Final = sa.select(OUTBOX.c.account, OUTBOX.c.id).where(
    _WAITING,
    OUTBOX.c.next_at > sa.bindparam("now"),
    OUTBOX.c.next_at <= sa.bindparam("last"),
)
_DUE: Final = (
    sa.select(OUTBOX)
    .where(_WAITING, sa.tuple_(OUTBOX.c.account, OUTBOX.c.id).not_in(_HELD_UP))
    .order_by(OUTBOX.c.number)
    .limit(MOST)
)
_NEXT: Final = sa.select(sa.func.min(OUTBOX.c.next_at)).where(_WAITING)
_DELIVERED: Final = OUTBOX.delete().where(OUTBOX.c.number == sa.bindparam("of_number"))
_FAILED: Final = OUTBOX.update().where(OUTBOX.c.number == sa.bindparam("of_number"))
_ALL_AT_ONCE: Final = OUTBOX.update().where(_WAITING).values(next_at=None)
_ALL_GIVEN_UP: Final = OUTBOX.update().where(
    _WAITING, OUTBOX.c.created_at <= sa.bindparam("first")
)


@dataclass(frozen=True, slots=True)
class Turn:
    """The right to deliver *events* to a notifier, alone among all processes.

    Attributes:
        owner: Whose turn it is.
        failures: How often in a row the notifier has failed.
        events: In the order in which each post's are delivered. One alone, the least
            tried, if the notifier is to show first that it is back.
    """

    notifier: str
    owner: str
    failures: int
    failing_since: float | None
    events: list[Pending]


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing can be done before *at*, in seconds since the epoch, or at all."""

    at: float | None


@dataclass(frozen=True, slots=True)
class Failed:
    """A try that failed.

    Attributes:
        wait: Seconds until the next one; None when none makes sense.
    """

    pending: Pending
    error: str
    wait: float | None


@dataclass(slots=True)
class Outcome:
    """What came of a turn.

    Attributes:
        failures: How often in a row the notifier has failed by now.
        wait: Seconds for which it is left alone.
    """

    delivered: list[Pending] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)
    failures: int = 0
    wait: float | None = None


class Turns:
    """Who delivers to which notifier; a turn of a process that died is over at once."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def take(self, name: str) -> Turn | Wait:
        """Begin to deliver to the notifier *name*, if it is free and something due."""

        def take(connection: sa.Connection) -> Turn | Wait:
            now = self._begin(connection, name)
            row = connection.execute(_FIND, {"of_name": name}).mappings().first()
            if row and is_valid(row["owner"], row["owned_until"], now):
                return Wait(now + BUSY_PAUSE)
            health = dict(
                row or {"failures": 0, "failing_since": None, "next_at": None}
            )
            found = _next(connection, name, owner.name(), health, now)
            if isinstance(found, Turn):
                lease = {"owner": found.owner, "owned_until": now + LEASE}
                if row:
                    connection.execute(_CHANGE, lease | {"of_name": name})
                else:
                    connection.execute(_ADD, health | lease | {"name": name})
            return found

        return self._database.write("looking for events", take)

    def settle(
        self, turn: Turn, outcome: Outcome, *, goes_on: bool = True
    ) -> Turn | Wait:
        """Keep what came of *turn*, and return the next one of the same owner.

        Whoever was away for longer than a lease has no turn any more; what it has
        delivered is delivered all the same.
        """
        name = turn.notifier

        def settle(connection: sa.Connection) -> Turn | Wait:
            now = self._begin(connection, name)
            _forget(connection, outcome.delivered)
            row = connection.execute(_FIND, {"of_name": name}).mappings().first()
            if row is None or row["owner"] != turn.owner:
                return Wait(now + BUSY_PAUSE)
            health = _health(turn, outcome, now)
            if turn.failures >= DOWN > outcome.failures:  # it is back
                connection.execute(_ALL_AT_ONCE, {"of_name": name})
            _note(connection, name, outcome.failed, health, now)
            following: Turn | Wait = Wait(now)
            if goes_on:
                following = _next(connection, name, turn.owner, health, now)
            is_held = isinstance(following, Turn)
            lease: dict[str, Any] = {"owner": turn.owner if is_held else None}
            lease["owned_until"] = now + LEASE if is_held else 0.0
            connection.execute(_CHANGE, health | lease | {"of_name": name})
            return following

        return self._database.write(f"settling {len(turn.events)} event(s)", settle)

    def _begin(self, connection: sa.Connection, name: str) -> float:
        """Let nobody else decide about *name* meanwhile; return what time it is."""
        self._database.lock(connection, f"notifier {name}")
        return self._database.now(connection, self._clock)


def _next(
    connection: sa.Connection,
    name: str,
    who: str,
    health: dict[str, Any],
    now: float,
) -> Turn | Wait:
    """Return the next turn of *who*, or how long nothing can be done."""
    if now < (health["next_at"] or 0.0) <= now + LONGEST_WAIT:
        return Wait(health["next_at"])
    of = {"of_name": name}
    found = connection.execute(_DUE, of | {"now": now, "last": now + LONGEST_WAIT})
    events = [from_row(row) for row in found]
    if not events:
        return Wait(connection.execute(_NEXT, of).scalar_one())
    if health["failures"] >= DOWN:
        heads = {one.key: one for one in reversed(events)}.values()
        events = [min(heads, key=lambda one: (one.tries, one.number))]
    return Turn(name, who, health["failures"], health["failing_since"], events)


def _health(turn: Turn, outcome: Outcome, now: float) -> dict[str, Any]:
    """Return how the notifier of *turn* stands now."""
    if not outcome.failures:
        return {"failures": 0, "failing_since": None, "next_at": None}
    is_new = outcome.delivered or turn.failing_since is None
    wait = None if outcome.wait is None else now + min(outcome.wait, LONGEST_WAIT)
    since = now if is_new else turn.failing_since
    return {"failures": outcome.failures, "failing_since": since, "next_at": wait}


def _forget(connection: sa.Connection, delivered: list[Pending]) -> None:
    if delivered:
        numbers = [{"of_number": one.number} for one in delivered]
        connection.execute(_DELIVERED, numbers)


def _note(
    connection: sa.Connection,
    name: str,
    failed: list[Failed],
    health: dict[str, Any],
    now: float,
) -> None:
    """Keep what *failed*, and give up what has failed for too long."""
    for one in failed:
        since = one.pending.failing_since or now
        tries = one.pending.tries + 1
        is_over = tries >= TRIES and since <= now - GIVEN_UP_AFTER
        is_dead = one.wait is None or is_over
        columns = {"tries": tries, "failing_since": since, "error": one.error}
        columns["next_at"] = (
            None if is_dead else now + min(one.wait or 0.0, LONGEST_WAIT)
        )
        columns["dead_at"] = now if is_dead else None
        connection.execute(_FAILED, columns | {"of_number": one.pending.number})
    first = now - GIVEN_UP_AFTER
    if failed and health["failures"] >= TRIES and health["failing_since"] <= first:
        given_up = {"dead_at": now, "next_at": None, "error": failed[-1].error}
        connection.execute(_ALL_GIVEN_UP, given_up | {"of_name": name, "first": first})
