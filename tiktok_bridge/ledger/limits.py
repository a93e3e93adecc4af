"""Count calls in sliding windows that all processes share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from tiktok_bridge.ledger import tables

if TYPE_CHECKING:
    from tiktok_bridge.clock import Clock
    from tiktok_bridge.ledger.database import Database


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
        calls, now = tables.calls, self._clock.now()
        ours = (calls.c.account == account) & (calls.c.kind == kind)
        with self._database.transaction() as connection:
            ended = (calls.c.at <= now - window) | (calls.c.at > now + window)
            connection.execute(calls.delete().where(ours, ended))
            query = sa.select(calls.c.at).where(ours).order_by(calls.c.at)
            made = connection.execute(query).scalars().all()
            if len(made) >= limit:
                return max(float(made[-limit]) + window - now, 0.001)
            call = {"account": account, "kind": kind, "at": now}
            connection.execute(calls.insert().values(call))
        return 0.0
