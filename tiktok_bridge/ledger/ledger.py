"""Accept posts, move them from state to state, and remember every move."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from tiktok_bridge.errors import BusyError, ConfigError, ConflictError
from tiktok_bridge.ledger import rows, tables
from tiktok_bridge.ledger.claims import FREE, Claims, is_held
from tiktok_bridge.ledger.conflict import conflict
from tiktok_bridge.ledger.entry import (
    Entry,
    Move,
    from_line,
    from_row,
    post_to_json,
    to_columns,
    to_line,
)
from tiktok_bridge.ledger.limits import LIMITS, WINDOW, Limits, WindowFullError
from tiktok_bridge.ledger.outbox import Outbox
from tiktok_bridge.ledger.states import AT_REST, MOVES
from tiktok_bridge.ledger.turns import Turns
from tiktok_bridge.models import Place, PostKey, Problem, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from tiktok_bridge.clock import Clock
    from tiktok_bridge.ledger.database import Database
    from tiktok_bridge.models import Event, Post

    Announce = Callable[[Entry], Iterable[tuple[str, Event]]]

POSTS = tables.posts
NAMES = tables.names

_NAMED: Final = sa.select(POSTS).where(POSTS.c.id == sa.bindparam("of_id"))
_DUE: Final = (
    sa.select(POSTS)
    .where(POSTS.c.state.not_in(AT_REST))
    .where(POSTS.c.next_at.is_(None) | (POSTS.c.next_at <= sa.bindparam("now")))
    .order_by(POSTS.c.created_at, POSTS.c.account, POSTS.c.id)
)
_PUBLISHED_AS: Final = (
    sa.select(POSTS)
    .join(NAMES, (NAMES.c.account == POSTS.c.account) & (NAMES.c.id == POSTS.c.id))
    .where(NAMES.c.publish_id == sa.bindparam("of_publish_id"))
)
_IS_NAMED: Final = sa.select(NAMES.c.id).where(
    NAMES.c.publish_id == sa.bindparam("of_publish_id")
)
_NAME: Final = NAMES.insert()
ENDED: Final = {**FREE, "upload_url": None}
"""What a post that has ended has no more: who works on it, and a secret to upload."""

_REMEMBER: Final = tables.history.insert()


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
        self.outbox = Outbox(database, clock)
        self.turns = Turns(database, clock)

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
        entries, new = self._database.write(
            f"accepting {len(given)} post(s)",
            lambda connection: self._accept(connection, given),
        )
        for entry in new:
            self._on_move(entry)
        return entries

    def known(self, keys: Iterable[PostKey]) -> dict[PostKey, Entry]:
        """Return those of *keys* that the ledger holds."""
        wanted = list(keys)
        return self._database.read(
            f"looking for {len(wanted)} post(s)",
            lambda connection: rows.find(connection, wanted),
        )

    def named(self, post_id: str, account: str | None = None) -> Entry:
        """Return the only post called *post_id*, of *account* if that is given.

        Raises:
            ConfigError: There is none, or several accounts have one.
        """
        entry = self.find(post_id, account)
        if entry is None:
            raise ConfigError(
                f"there is no post {post_id!r} in the ledger",
                hint="`tiktok-bridge posts list` shows them",
            )
        return entry

    def find(self, post_id: str, account: str | None = None) -> Entry | None:
        """Return the only post called *post_id*, or None; see `named`."""
        found = [
            entry
            for entry in self._entries(f"looking for {post_id}", _NAMED, of_id=post_id)
            if account in (None, entry.post.account)
        ]
        if len(found) < 2:  # noqa: PLR2004 - one, or none
            return found[0] if found else None
        owners = ", ".join(entry.post.account for entry in found)
        raise ConfigError(
            f"several accounts have a post {post_id!r}: {owners}",
            hint="say which one with --account",
        )

    def entries(self, states: Iterable[str] = tuple(State)) -> list[Entry]:
        """Return every post that is in one of *states*, oldest first."""
        query = sa.select(POSTS).order_by(
            POSTS.c.created_at, POSTS.c.account, POSTS.c.id
        )
        wanted = list(states)
        if len(wanted) < len(State):
            query = query.where(POSTS.c.state.in_(wanted))
        return self._entries("listing the posts", query)

    def due(self) -> list[Entry]:
        """Return every post for which something can be done now, oldest first."""
        now = {"now": self._clock.now()}
        return self._entries("looking for posts that are due", _DUE, **now)

    def published_as(self, publish_id: str) -> list[Entry]:
        """Return the post that TikTok calls *publish_id*, or has called so, or none."""
        doing = f"looking for {publish_id}"
        return self._entries(doing, _PUBLISHED_AS, of_publish_id=publish_id)

    def history(self, key: PostKey) -> list[Move]:
        """Return every move of the post *key*, oldest first."""
        table = tables.history
        query = (
            sa.select(table)
            .where(table.c.account == key.account, table.c.id == key.id)
            .order_by(table.c.number)
        )
        found = self._database.read(
            f"reading the history of {key}",
            lambda connection: connection.execute(query).mappings().all(),
        )
        return [from_line(line) for line in found]

    def moves(self, most: int) -> list[tuple[PostKey, Move]]:
        """Return the newest moves of all posts, *most* at most, oldest first."""
        table = tables.history
        query = sa.select(table).order_by(table.c.number.desc()).limit(most)
        found = self._database.read(
            f"reading the last {most} moves",
            lambda connection: connection.execute(query).mappings().all(),
        )
        return [
            (PostKey(line["account"], line["id"]), from_line(line))
            for line in reversed(found)
        ]

    def asked_at(self, entry: Entry) -> float:
        """Return when TikTok was last asked to publish *entry*."""
        moves = self.history(entry.key)
        times = [one.at for one in moves if one.state == State.INIT_SENT]
        return max(times, default=entry.created_at)

    def move(
        self,
        entry: Entry,
        state: State,
        what: str | Move | None,
        *,
        takes: str | None = None,
        **changes: Any,  # noqa: ANN401 - fields of an entry
    ) -> Entry:
        """Move *entry* to *state*; on disk when this returns.

        A state at rest gives the claim on it back.

        Args:
            entry: The post as the caller knows it.
            state: Where it goes.
            what: What happened, for the history; without it none is written.
            takes: The kind of call that it announces, one of `LIMITS`.
            changes: Further fields of the entry.

        Raises:
            BusyError: Somebody else has moved it meanwhile; do nothing.
            WindowFullError: TikTok takes no such call now; nothing was moved.
        """
        if state not in MOVES[entry.state]:
            raise AssertionError(f"{entry.key}: {entry.state} never becomes {state}")
        now = self._clock.now()
        columns = to_columns(changes) | {"state": state, "updated_at": now}
        columns |= {"version": entry.version + 1} | (ENDED if state in AT_REST else {})
        line = None if what is None else to_line(what, state, now)
        moved = self._database.write(
            f"moving {entry.key} to {state}",
            lambda connection: self._move(connection, entry, columns, line, takes),
        )
        if entry.owner and not moved.owner:
            self.claims.ended(entry)
        if _is_news(entry, moved):
            self._on_move(moved)
        return moved

    def _move(
        self,
        connection: sa.Connection,
        entry: Entry,
        columns: dict[str, Any],
        line: Mapping[str, Any] | None,
        takes: str | None,
    ) -> Entry:
        """Write a move and all that belongs to it; see `move`."""
        if takes:
            self._take(connection, entry.key.account, takes)
        moved = rows.change_unmoved(connection, entry, columns)
        if moved is None:
            raise BusyError(f"another process has just moved {entry.key}")
        if line:
            _remember(connection, [entry.key], line)
        if moved.publish_id and moved.publish_id != entry.publish_id:
            _name(connection, moved)
        if _is_news(entry, moved):
            self.outbox.put(connection, moved.key, self._announce(moved))
        return moved

    def _take(self, connection: sa.Connection, account: str, kind: str) -> None:
        seconds = self.limits.count(connection, account, kind, LIMITS[kind], WINDOW)
        if seconds:
            raise WindowFullError(seconds)

    def _entries(
        self, doing: str, query: sa.Select[tuple[object, ...]], **values: str | float
    ) -> list[Entry]:
        found = self._database.read(
            doing, lambda connection: connection.execute(query, values).mappings().all()
        )
        return [from_row(row) for row in found]

    def _accept(
        self, connection: sa.Connection, given: Sequence[tuple[Post, int | None]]
    ) -> tuple[list[Entry], list[Entry]]:
        """Return what became of *given*, and what of it is new."""
        keys = [PostKey(post.account, post.id) for post, _ in given]
        entries = rows.find(connection, keys, lock=True)
        fresh = {
            key: one for key, one in zip(keys, given, strict=True) if key not in entries
        }
        new = self._insert(connection, fresh)
        entries |= {entry.key: entry for entry in new}
        for key, (post, size_bytes) in zip(keys, given, strict=True):
            entries[key] = self._meet(connection, entries[key], post, size_bytes)
        return [entries[key] for key in keys], new

    def _insert(
        self,
        connection: sa.Connection,
        fresh: Mapping[PostKey, tuple[Post, int | None]],
    ) -> list[Entry]:
        if not fresh:
            return []
        now = self._clock.now()
        same = {"state": State.PLANNED, "version": 0}
        same |= {"created_at": now, "updated_at": now}
        columns = [
            {"account": key.account, "id": key.id} | same | _content(*one)
            for key, one in fresh.items()
        ]
        connection.execute(POSTS.insert(), columns)
        _remember(connection, fresh, to_line("accepted", State.PLANNED, now))
        entries = rows.find(connection, fresh)
        for key in fresh:
            self.outbox.put(connection, key, self._announce(entries[key]))
        return [entries[key] for key in fresh]

    def _meet(
        self,
        connection: sa.Connection,
        known: Entry,
        post: Post,
        size_bytes: int | None,
    ) -> Entry:
        """Take *post* for the one that is *known* by its id."""
        if wrong := conflict(known, post, size_bytes):
            place = Place(key=f"post {post.id}: id")
            raise ConflictError(Problem(place, *wrong))
        if known.post != post or size_bytes not in (None, known.size_bytes):
            return self._correct(connection, known, post, size_bytes)
        return known

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
        if is_held(known, self._database.now(connection, self._clock)):
            raise BusyError(f"another process is about to send {known.key}")
        now = self._clock.now()
        columns: dict[str, Any] = {"version": known.version + 1, "updated_at": now}
        columns |= {"failure": None, "next_at": None, "tries": 0}
        columns |= _content(post, size_bytes)
        rows.change(connection, known.key, columns)
        line = to_line("changed", State.PLANNED, now)
        _remember(connection, [known.key], line)
        return rows.get(connection, known.key)


def _is_news(before: Entry, after: Entry) -> bool:
    return (before.state, before.post_ids) != (after.state, after.post_ids)


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


def _name(connection: sa.Connection, entry: Entry) -> None:
    """Note for ever what TikTok calls *entry*, also once it is sent anew."""
    of = {"of_publish_id": entry.publish_id}
    if connection.execute(_IS_NAMED, of).first() is None:
        name = {"account": entry.key.account, "id": entry.key.id}
        connection.execute(_NAME, {"publish_id": entry.publish_id, **name})


def _remember(
    connection: sa.Connection,
    keys: Iterable[PostKey],
    line: Mapping[str, Any],
) -> None:
    lines = [{"account": key.account, "id": key.id, **line} for key in keys]
    connection.execute(_REMEMBER, lines)
