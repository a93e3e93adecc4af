"""Count calls in sliding windows that all processes share, and keep TikTok's caps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from tiktok_bridge.ledger import tables

if TYPE_CHECKING:
    from tiktok_bridge.clock import Clock
    from tiktok_bridge.ledger.database import Database

WINDOW: Final = 60.25
"""Seconds of TikTok's sliding windows, with a margin for the clocks."""

LIMITS: Final = {
    "video_init": 6,
    "inbox_init": 6,
    "photo_init": 6,
    "creator_info": 20,
    "status": 30,
}
"""Calls per window and token.

Source: developers.tiktok.com/doc/content-posting-api-get-started and references."""

LONGEST_CAP: Final = 3600.0
"""Seconds for which no other post is tried: TikTok counts a day back from each moment,
so that a cap may end at any."""

CALLS = tables.calls
CAPS = tables.caps

_OURS: Final = (CALLS.c.account == sa.bindparam("of_account")) & (
    CALLS.c.kind == sa.bindparam("of_kind")
)
_FORGET: Final = CALLS.delete().where(
    _OURS,
    (CALLS.c.at <= sa.bindparam("first")) | (CALLS.c.at > sa.bindparam("last")),
)
_MADE: Final = sa.select(CALLS.c.at).where(_OURS).order_by(CALLS.c.at)
_RECORD: Final = CALLS.insert()
_RECENT: Final = (
    sa.select(CALLS.c.account, CALLS.c.kind, sa.func.count())
    .where(CALLS.c.at > sa.bindparam("first"), CALLS.c.at <= sa.bindparam("last"))
    .group_by(CALLS.c.account, CALLS.c.kind)
    .order_by(CALLS.c.account, CALLS.c.kind)
)
_CAPPED: Final = (CAPS.c.account == sa.bindparam("of_account")) & (
    CAPS.c.mode == sa.bindparam("of_mode")
)
_CAP: Final = sa.select(CAPS.c.until).where(_CAPPED)
_LIFT: Final = CAPS.delete().where(_CAPPED)
_SET: Final = CAPS.insert()


class WindowFullError(Exception):
    """Leave what was begun: TikTok's limit is reached for another *seconds*."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Usage:
    """How much of a window is used; TikTok may know of calls that nobody counted here.

    Attributes:
        kind: One of `LIMITS`.
        made: Calls in the last `WINDOW` seconds.
        most: How many TikTok takes.
    """

    account: str
    kind: str
    made: int
    most: int


class Limits:
    """The calls of the last minute by account and kind, and the caps of a day."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def take(self, account: str, kind: str, limit: int, window: float) -> float:
        """Take one of *limit* calls in *window* seconds, or say when one is free.

        Returns 0 when it may be made now, otherwise the seconds to wait.
        """
        return self._database.write(
            f"counting a {kind} of {account}",
            lambda connection: self.count(connection, account, kind, limit, window),
        )

    def slot(self, account: str, kind: str) -> float:
        """Take one of the calls of *kind* that TikTok allows; see `take`."""
        return self.take(account, kind, LIMITS[kind], WINDOW)

    def recent(self) -> list[Usage]:
        """Return what was used of every window; writes nothing."""

        def used(connection: sa.Connection) -> list[Usage]:
            now = self._database.now(connection, self._clock)
            window = {"first": now - WINDOW, "last": now + WINDOW}
            rows = connection.execute(_RECENT, window).all()
            return [
                Usage(account, kind, made, LIMITS[kind])
                for account, kind, made in rows
                if kind in LIMITS
            ]

        return self._database.read("counting the calls of the last minute", used)

    def count(
        self,
        connection: sa.Connection,
        account: str,
        kind: str,
        limit: int,
        window: float,
    ) -> float:
        """See `take`: the call is recorded in the transaction that counts them.

        Calls in the future are of a clock that was set back, and do not count.
        """
        # a row that is not there yet cannot be locked
        self._database.lock(connection, f"{account}/{kind}")
        ours = {"of_account": account, "of_kind": kind}
        now = self._database.now(connection, self._clock)
        first, last = now - window, now + window
        found = connection.execute(_MADE, ours).scalars().all()
        made = [at for at in found if first < at <= last]
        if len(made) < len(found):
            connection.execute(_FORGET, ours | {"first": first, "last": last})
        if len(made) >= limit:
            return max(float(made[-limit]) + window - now, 0.001)
        connection.execute(_RECORD, {"account": account, "kind": kind, "at": now})
        return 0.0

    def cap(self, account: str, mode: str, seconds: float) -> None:
        """Keep that TikTok takes no more *mode* posts of *account* for *seconds*."""
        of = {"of_account": account, "of_mode": mode}

        def keep(connection: sa.Connection) -> None:
            self._database.lock(connection, f"{account}/{mode}")
            until = self._database.now(connection, self._clock) + seconds
            connection.execute(_LIFT, of)
            connection.execute(_SET, {"account": account, "mode": mode, "until": until})

        self._database.write(f"keeping a cap of {account}", keep)

    def capped(self, account: str, mode: str) -> float:
        """Return the seconds until TikTok takes *mode* posts of *account* again."""
        of = {"of_account": account, "of_mode": mode}

        def left(connection: sa.Connection) -> float:
            until = connection.execute(_CAP, of).scalar_one_or_none()
            if until is None:
                return 0.0
            return float(until) - self._database.now(connection, self._clock)

        seconds = self._database.read(f"looking for a cap of {account}", left)
        return seconds if 0 < seconds <= LONGEST_CAP else 0.0
