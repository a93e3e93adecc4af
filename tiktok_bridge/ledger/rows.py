"""Find the rows of posts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from tiktok_bridge.errors import ConfigError
from tiktok_bridge.ledger import tables
from tiktok_bridge.ledger.entry import from_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tiktok_bridge.ledger.entry import Entry
    from tiktok_bridge.models import PostKey

POSTS = tables.posts

TOGETHER: Final = 500
"""How many posts one statement asks for; databases limit its parameters."""


_SAME: Final = (POSTS.c.account == sa.bindparam("of_account")) & (
    POSTS.c.id == sa.bindparam("of_id")
)
_ONE: Final = sa.select(POSTS).where(_SAME)
_ONE_LOCKED: Final = _ONE.with_for_update()
_CHANGE: Final = POSTS.update().where(_SAME)
_CHANGE_UNMOVED: Final = _CHANGE.where(
    POSTS.c.version == sa.bindparam("of_version")
).returning(POSTS)
_CHANGE_OWNED: Final = _CHANGE.where(POSTS.c.owner == sa.bindparam("of_owner"))
"""Built once: to build one costs more than to run it."""


def get(connection: sa.Connection, key: PostKey, *, lock: bool = False) -> Entry:
    """Return the post *key*; with *lock*, others wait until the transaction ends.

    Raises:
        ConfigError: The ledger does not hold it.
    """
    query = _ONE_LOCKED if lock else _ONE
    row = connection.execute(query, _of(key)).mappings().first()
    if row is None:
        raise ConfigError(f"there is no post {key} in the ledger")
    return from_row(row)


def change(connection: sa.Connection, key: PostKey, columns: dict[str, Any]) -> None:
    """Write *columns* of the post *key*, which is locked."""
    connection.execute(_CHANGE, columns | _of(key))


def change_unmoved(
    connection: sa.Connection, entry: Entry, columns: dict[str, Any]
) -> Entry | None:
    """Write *columns* of *entry* and return it so, unless somebody has moved it."""
    where = _of(entry.key) | {"of_version": entry.version}
    row = connection.execute(_CHANGE_UNMOVED, columns | where).mappings().first()
    return None if row is None else from_row(row)


def change_owned(
    connection: sa.Connection, key: PostKey, owner: str, columns: dict[str, Any]
) -> None:
    """Write *columns* of the post *key* if *owner* still works on it."""
    where = _of(key) | {"of_owner": owner}
    connection.execute(_CHANGE_OWNED, columns | where)


def find(
    connection: sa.Connection, keys: Iterable[PostKey], *, lock: bool = False
) -> dict[PostKey, Entry]:
    """Return those of *keys* that the ledger holds; *lock* is that of `get`."""
    found = {}
    for account, ids in _together(keys):
        query = sa.select(POSTS).where(POSTS.c.account == account, POSTS.c.id.in_(ids))
        # in one order, so that two processes do not wait for each other
        query = _locked(query.order_by(POSTS.c.id), lock=lock)
        for row in connection.execute(query).mappings():
            entry = from_row(row)
            found[entry.key] = entry
    return found


def _of(key: PostKey) -> dict[str, Any]:
    return {"of_account": key.account, "of_id": key.id}


def _together(keys: Iterable[PostKey]) -> Iterator[tuple[str, list[str]]]:
    """Yield an account and ids of it, sorted, until there are no more *keys*."""
    by_account: dict[str, set[str]] = {}
    for key in keys:
        by_account.setdefault(key.account, set()).add(key.id)
    for account in sorted(by_account):
        ids = sorted(by_account[account])
        for first in range(0, len(ids), TOGETHER):
            yield account, ids[first : first + TOGETHER]


def _locked(
    query: sa.Select[tuple[object, ...]], *, lock: bool
) -> sa.Select[tuple[object, ...]]:
    return query.with_for_update() if lock else query
