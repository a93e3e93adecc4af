"""Let one process at a time work on a post."""

from __future__ import annotations

import os
import socket
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from tiktok_bridge.errors import BusyError
from tiktok_bridge.ledger import rows, tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge.clock import Clock
    from tiktok_bridge.ledger.database import Database
    from tiktok_bridge.ledger.entry import Entry
    from tiktok_bridge.models import PostKey

LEASE: Final = 90.0
"""Seconds for which a claim keeps others away unless it is renewed."""

POSTS = tables.posts


class Claims:
    """Who works on what; a claim of a process that died here is free at once.

    Claims keep two processes from doing the same work. That they never both act does
    not depend on them: every move checks the post's version.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    @contextmanager
    def hold(self, key: PostKey) -> Iterator[Entry]:
        """Work on the post *key* alone among all processes.

        Raises:
            BusyError: Somebody else is working on it.
        """
        owner = f"{socket.gethostname()}/{os.getpid()}/{uuid.uuid4().hex}"
        entry = self._take(key, owner)
        try:
            yield entry
        finally:
            self._set(key, owner, owner=None, owned_until=0.0)

    def renew(self, entry: Entry) -> None:
        """Keep the claim on *entry* for another `LEASE`."""
        until = self._clock.now() + LEASE
        self._set(entry.key, entry.owner or "", owned_until=until)

    def _take(self, key: PostKey, owner: str) -> Entry:
        now = self._clock.now()
        claim = {"owner": owner, "owned_until": now + LEASE}
        with self._database.transaction() as connection:
            entry = rows.get(connection, key)
            if is_held(entry, now):
                raise BusyError(f"another process is working on {key}")
            connection.execute(POSTS.update().where(rows.same(key)).values(claim))
            return rows.get(connection, key)

    def _set(self, key: PostKey, held_by: str, **columns: str | float | None) -> None:
        ours = rows.same(key) & (POSTS.c.owner == held_by)
        with self._database.transaction() as connection:
            connection.execute(POSTS.update().where(ours).values(columns))


def is_held(entry: Entry, now: float) -> bool:
    """Tell whether somebody who lives works on *entry*."""
    return bool(entry.owner and entry.owned_until > now and not _is_dead(entry.owner))


def _is_dead(owner: str) -> bool:
    host, process, _ = owner.split("/")
    if host != socket.gethostname():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
