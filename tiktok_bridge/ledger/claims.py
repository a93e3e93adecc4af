"""Let one process at a time work on a post."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tiktok_bridge.errors import BusyError
from tiktok_bridge.ledger import owner, rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

    from tiktok_bridge.clock import Clock
    from tiktok_bridge.ledger.database import Database
    from tiktok_bridge.ledger.entry import Entry
    from tiktok_bridge.models import PostKey

LEASE: Final = 90.0
"""Seconds for which a claim keeps others away unless it is renewed."""

FREE: Final = {"owner": None, "owned_until": 0.0}
"""Columns of a post on which nobody works."""


class Claims:
    """Who works on what; a claim of a process that died here is free at once.

    Claims keep two processes from doing the same work. That they never both act does
    not depend on them: every move checks the post's version.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._ended: set[str] = set()

    @contextmanager
    def hold(self, key: PostKey) -> Iterator[Entry]:
        """Work on the post *key* alone among all processes.

        Raises:
            BusyError: Somebody else is working on it.
        """
        ours = owner.name()
        entry = self._database.write(
            f"claiming {key}", lambda connection: self._take(connection, key, ours)
        )
        try:
            yield entry
        finally:
            if ours in self._ended:
                self._ended.discard(ours)
            else:
                self._database.write(
                    f"giving {key} back",
                    lambda connection: rows.change_owned(connection, key, ours, FREE),
                )

    def ended(self, entry: Entry) -> None:
        """Note that the claim on *entry* was given back with its last move."""
        self._ended.add(entry.owner or "")

    def renew(self, entry: Entry) -> None:
        """Keep the claim on *entry* for another `LEASE`."""
        ours = entry.owner or ""

        def renew(connection: sa.Connection) -> None:
            until = self._database.now(connection, self._clock) + LEASE
            rows.change_owned(connection, entry.key, ours, {"owned_until": until})

        self._database.write(f"renewing the claim on {entry.key}", renew)

    def _take(self, connection: sa.Connection, key: PostKey, ours: str) -> Entry:
        entry = rows.get(connection, key, lock=True)
        now = self._database.now(connection, self._clock)
        if is_held(entry, now):
            raise BusyError(f"another process is working on {key}")
        until = now + LEASE
        rows.change(connection, key, {"owner": ours, "owned_until": until})
        return replace(entry, owner=ours, owned_until=until)


def is_held(entry: Entry, now: float) -> bool:
    """Tell whether somebody who lives works on *entry*."""
    return is_valid(entry.owner, entry.owned_until, now)


def is_valid(holder: str | None, until: float, now: float) -> bool:
    """Tell whether a claim of *holder* keeps others away.

    One that ends much later than any is given is of a clock that was set back.
    """
    is_alive = holder and not owner.is_dead(holder)
    return bool(is_alive and now < until <= now + 2 * LEASE)
