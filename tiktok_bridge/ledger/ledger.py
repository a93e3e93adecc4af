"""Accept posts, move them from state to state, and remember every move."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from tiktok_bridge.errors import BusyError, ConfigError, ConflictError
from tiktok_bridge.ledger import rows, tables
from tiktok_bridge.ledger.claims import Claims, is_held
from tiktok_bridge.ledger.conflict import conflict
from tiktok_bridge.ledger.entry import (
    Entry,
    Move,
    from_row,
    post_to_json,
    to_columns,
)
from tiktok_bridge.ledger.limits import Limits
from tiktok_bridge.ledger.outbox import Outbox
from tiktok_bridge.ledger.states import MOVES
from tiktok_bridge.models import Place, PostKey, Problem, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tiktok_bridge.clock import Clock
    from tiktok_bridge.ledger.database import Database
    from tiktok_bridge.models import Event, Post

    Announce = Callable[[Entry], Iterable[tuple[str, Event]]]

POSTS = tables.posts


class Ledger:
    """The posts of one installation.

    Args:
        database: Where they are kept.
        clock: What time it is.
        announce: Gives the events that a move sends, each with its notifier.
        on_move: Is told of every new state, once it is on disk.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        announce: Announce,
        on_move: Callable[[Entry], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._announce = announce
        self._on_move = on_move
        self.claims = Claims(database, clock)
        self.limits = Limits(database, clock)
        self.outbox = Outbox(database)

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def accept(self, posts: Iterable[tuple[Post, int | None]]) -> list[Entry]:
        """Take *posts*, each with its size in bytes if known, in one transaction.

        Raises:
            ConflictError: An id is taken by other content; nothing was taken.
        """
        given = list(posts)
        _refuse_two_contents([post for post, _ in given])
        with self._database.transaction() as connection:
            accepted = [self._accept(connection, post, size) for post, size in given]
        for entry, is_new in accepted:
            if is_new:
                self._on_move(entry)
        return [entry for entry, _ in accepted]

    def known(self, keys: Iterable[PostKey]) -> dict[PostKey, Entry]:
        """Return those of *keys* that the ledger holds."""
        with self._database.transaction() as connection:
            found = {key: rows.find(connection, key) for key in keys}
        return {key: entry for key, entry in found.items() if entry}

    def named(self, post_id: str, account: str | None = None) -> Entry:
        """Return the only post called *post_id*, of *account* if that is given.

        Raises:
            ConfigError: There is none, or several accounts have one.
        """
        found = [
            entry
            for entry in self.entries()
            if entry.post.id == post_id and account in (None, entry.post.account)
        ]
        if len(found) == 1:
            return found[0]
        if not found:
            raise ConfigError(
                f"there is no post {post_id!r} in the ledger",
                hint="`tiktok-bridge posts list` shows them",
            )
        owners = ", ".join(entry.post.account for entry in found)
        raise ConfigError(
            f"several accounts have a post {post_id!r}: {owners}",
            hint="say which one with --account",
        )

    def entries(self) -> list[Entry]:
        """Return every post, oldest first."""
        query = sa.select(POSTS).order_by(
            POSTS.c.created_at, POSTS.c.account, POSTS.c.id
        )
        with self._database.transaction() as connection:
            return [from_row(dict(row)) for row in connection.execute(query).mappings()]

    def history(self, key: PostKey) -> list[Move]:
        """Return every move of the post *key*, oldest first."""
        table = tables.history
        query = (
            sa.select(table.c.at, table.c.state, table.c.note, table.c.log_id)
            .where(table.c.account == key.account, table.c.id == key.id)
            .order_by(table.c.number)
        )
        with self._database.transaction() as connection:
            rows = connection.execute(query).all()
        return [
            Move(at, State(state), note, log_id) for at, state, note, log_id in rows
        ]

    def move(
        self,
        entry: Entry,
        state: State,
        note: str | None,
        *,
        log_id: str | None = None,
        **changes: Any,  # noqa: ANN401 - fields of an entry
    ) -> Entry:
        """Move *entry* to *state*; on disk when this returns.

        *note* says in words what happened; without one, history is not written.

        Raises:
            BusyError: Somebody else has moved it meanwhile; do nothing.
        """
        if state not in MOVES[entry.state]:
            raise AssertionError(f"{entry.key}: {entry.state} never becomes {state}")
        now = self._clock.now()
        columns = to_columns(changes) | {
            "state": state,
            "version": entry.version + 1,
            "updated_at": now,
        }
        with self._database.transaction() as connection:
            unchanged = rows.same(entry.key) & (POSTS.c.version == entry.version)
            updated = connection.execute(
                POSTS.update().where(unchanged).values(columns)
            )
            if updated.rowcount != 1:
                raise BusyError(f"another process has just moved {entry.key}")
            if note is not None:
                _remember(connection, entry.key, (now, state, note, log_id))
            moved = rows.get(connection, entry.key)
            if state != entry.state:
                self.outbox.put(connection, moved.key, self._announce(moved))
        if state != entry.state:
            self._on_move(moved)
        return moved

    def _accept(
        self, connection: sa.Connection, post: Post, size_bytes: int | None
    ) -> tuple[Entry, bool]:
        known = rows.find(connection, PostKey(post.account, post.id))
        if known is None:
            return self._insert(connection, post, size_bytes), True
        if wrong := conflict(known, post, size_bytes):
            place = Place(key=f"post {post.id}: id")
            raise ConflictError(Problem(place, *wrong))
        if known.post != post or size_bytes not in (None, known.size_bytes):
            return self._correct(connection, known, post, size_bytes), False
        return known, False

    def _insert(
        self, connection: sa.Connection, post: Post, size_bytes: int | None
    ) -> Entry:
        key, now = PostKey(post.account, post.id), self._clock.now()
        columns = {"account": key.account, "id": key.id, "created_at": now}
        columns |= {"state": State.PLANNED, "version": 0, "updated_at": now}
        columns |= _content(post, size_bytes)
        connection.execute(POSTS.insert().values(columns))
        _remember(connection, key, (now, State.PLANNED, "accepted", None))
        entry = rows.get(connection, key)
        self.outbox.put(connection, key, self._announce(entry))
        return entry

    def _correct(
        self,
        connection: sa.Connection,
        known: Entry,
        post: Post,
        size_bytes: int | None,
    ) -> Entry:
        """Replace the content of a post of which nothing was sent.

        Whoever works on it keeps it; the new version stops a step that began before.
        """
        now = self._clock.now()
        if is_held(known, now):
            raise BusyError(f"another process is about to send {known.key}")
        columns: dict[str, Any] = {"version": known.version + 1, "updated_at": now}
        columns |= {"failure": None, "next_at": None, "tries": 0}
        columns |= _content(post, size_bytes)
        where = rows.same(known.key)
        connection.execute(POSTS.update().where(where).values(columns))
        _remember(connection, known.key, (now, State.PLANNED, "changed", None))
        return rows.get(connection, known.key)


def _refuse_two_contents(posts: list[Post]) -> None:
    first: dict[PostKey, Post] = {}
    for post in posts:
        if first.setdefault(PostKey(post.account, post.id), post) != post:
            place = Place(key=f"post {post.id}: id")
            raise ConflictError(
                Problem(place, f"the id {post.id!r} is given to two different posts")
            )


def _content(post: Post, size_bytes: int | None) -> dict[str, Any]:
    return {"content": post_to_json(post), "mode": post.mode, "size_bytes": size_bytes}


def _remember(
    connection: sa.Connection,
    key: PostKey,
    what: tuple[float, State, str, str | None],
) -> None:
    at, state, note, log_id = what
    connection.execute(
        tables.history.insert().values(
            account=key.account, id=key.id, at=at, state=state, note=note, log_id=log_id
        )
    )
