"""Find the row of a post."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from tiktok_bridge.errors import ConfigError
from tiktok_bridge.ledger import tables
from tiktok_bridge.ledger.entry import from_row

if TYPE_CHECKING:
    from tiktok_bridge.ledger.entry import Entry
    from tiktok_bridge.models import PostKey

POSTS = tables.posts


def same(key: PostKey) -> sa.ColumnElement[bool]:
    """Return the condition that a row is that of *key*."""
    return (POSTS.c.account == key.account) & (POSTS.c.id == key.id)


def find(connection: sa.Connection, key: PostKey) -> Entry | None:
    """Return the post *key*, or None."""
    row = connection.execute(sa.select(POSTS).where(same(key))).mappings().first()
    return from_row(dict(row)) if row else None


def get(connection: sa.Connection, key: PostKey) -> Entry:
    """Return the post *key*.

    Raises:
        ConfigError: The ledger does not hold it.
    """
    entry = find(connection, key)
    if entry is None:
        raise ConfigError(f"there is no post {key} in the ledger")
    return entry
