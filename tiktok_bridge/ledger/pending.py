"""Hold one event as the outbox knows it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tiktok_bridge.models import PostKey

if TYPE_CHECKING:
    import sqlalchemy as sa

    from tiktok_bridge.models import Event


@dataclass(frozen=True, slots=True)
class Pending:
    """One event on its way to one notifier; times in seconds since the epoch.

    Attributes:
        tries: How often the notifier has failed to take it.
        failing_since: When it first failed, or None.
        next_at: When it is tried again, or None for at once.
        error: What went wrong at the last try.
        dead_at: When it was given up, or None.
    """

    number: int
    key: PostKey
    notifier: str
    event: Event
    created_at: float
    tries: int = 0
    failing_since: float | None = None
    next_at: float | None = None
    error: str | None = None
    dead_at: float | None = None


def from_row(row: sa.Row[Any]) -> Pending:
    """Return what a *row* of the outbox means."""
    return Pending(
        number=row.number,
        key=PostKey(row.account, row.id),
        notifier=row.notifier,
        event=json.loads(row.event),
        created_at=row.created_at,
        tries=row.tries,
        failing_since=row.failing_since,
        next_at=row.next_at,
        error=row.error,
        dead_at=row.dead_at,
    )
