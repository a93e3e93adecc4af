"""Count calls in sliding windows that all processes share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from tiktok_bridge.ledger import tables

if TYPE_CHECKING:
    from tiktok_bridge.clock import Clock
    from tiktok_bridge.ledger.database import Database

CALLS = tables.calls

_OURS: Final = (CALLS.c.account == sa.bindparam("of_account")) & (
    CALLS.c.kind == sa.bindparam("of_kind")
)
_FORGET: Final = CALLS.delete().where(
    _OURS,
    (CALLS.c.at <= sa.bindparam("first")) | (CALLS.c.at > sa.bindparam("last")),
)
_MADE: Final = sa.select(CALLS.c.at).where(_OURS).order_by(CALLS.c.at)
_RECORD: Final = CALLS.insert()


class Limits:
    """The calls of the last minute, by account and kind."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def take(self, account: str, kind: str, limit: int, window: float) -> float:
        """Take one of *limit* calls in *window* seconds, or say when one is free.

        The call is recorded in the transaction that counts them; calls in the future
        are of a clock that was set back, and do not count. Returns 0 when it may
        be made now, otherwise the seconds to wait.
        """
        ours = {"of_account": account, "of_kind": kind}

        def take(connection: sa.Connection) -> float:
            # a row that is not there yet cannot be locked
            self._database.lock(connection, f"{account}/{kind}")
            now = self._database.now(connection, self._clock)
            ended = {"first": now - window, "last": now + window}
            connection.execute(_FORGET, ours | ended)
            made = connection.execute(_MADE, ours).scalars().all()
            if len(made) >= limit:
                return max(float(made[-limit]) + window - now, 0.001)
            call = {"account": account, "kind": kind, "at": now}
            connection.execute(_RECORD, call)
            return 0.0

        return self._database.write(f"counting a {kind} of {account}", take)
