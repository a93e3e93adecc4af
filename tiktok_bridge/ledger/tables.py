"""Declare the tables; data only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
)

if TYPE_CHECKING:
    from sqlalchemy import Dialect
    from sqlalchemy.types import TypeEngine

_NO_TEXT: Final = re.compile("[\0\ud800-\udfff]")


class Written(TypeDecorator[str]):
    """Text that every database takes, and sorts alike.

    PostgreSQL holds no NUL and neither holds half a surrogate pair; TikTok's JSON may
    bring both, and what cannot be written would lose the move. They become U+FFFD.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        """Let PostgreSQL sort by code point, as SQLite does."""
        collation = "C" if dialect.name == "postgresql" else None
        return dialect.type_descriptor(Text(collation=collation))

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Replace what no database can hold."""
        del dialect
        return None if value is None else _NO_TEXT.sub("\ufffd", value)


NUMBER: Final = BigInteger().with_variant(Integer, "sqlite")
"""Counts rows; SQLite counts only in a column that it calls INTEGER."""

metadata = MetaData()

version = Table("ledger_version", metadata, Column("version", Integer, nullable=False))

posts = Table(
    "ledger_posts",
    metadata,
    Column("account", Written, primary_key=True),
    Column("id", Written, primary_key=True),
    Column("content", Written, nullable=False),  # the post as JSON
    Column("state", Written, nullable=False),
    Column("version", Integer, nullable=False),  # counts moves: two never both act
    Column("mode", Written, nullable=False),
    Column("size_bytes", BigInteger),
    Column("media_version", Written),
    Column("publish_id", Written),
    Column("upload_url", Written),
    Column("url_expires_at", Float),
    Column("acknowledged", BigInteger, nullable=False, default=0),  # bytes
    Column("post_ids", Written, nullable=False, default="[]"),
    Column("privacy_level", Written),
    Column("failure", Written),
    Column("tries", Integer, nullable=False, default=0),  # in this state, without luck
    Column("next_at", Float),
    Column("owner", Written),
    Column("owned_until", Float, nullable=False, default=0.0),
    Column("created_at", Float, nullable=False),
    Column("updated_at", Float, nullable=False),
    Index("ledger_posts_by_id", "id"),
)

history = Table(
    "ledger_history",
    metadata,
    Column("number", NUMBER, primary_key=True, autoincrement=True),
    Column("account", Written, nullable=False),
    Column("id", Written, nullable=False),
    Column("at", Float, nullable=False),
    Column("state", Written, nullable=False),
    Column("note", Written, nullable=False),
    Column("log_id", Written),
    Column("asked", Written),  # of TikTok, as JSON without secrets
    Column("answered", Written),  # by TikTok, likewise
    Index("ledger_history_of_post", "account", "id", "number"),
)

outbox = Table(
    "ledger_outbox",
    metadata,
    Column("number", NUMBER, primary_key=True, autoincrement=True),
    Column("account", Written, nullable=False),
    Column("id", Written, nullable=False),
    Column("notifier", Written, nullable=False),  # its name, without a secret
    Column("event", Written, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("tries", Integer, nullable=False, default=0),  # that failed
    Column("failing_since", Float),
    Column("next_at", Float),
    Column("error", Written),  # of the last try
    Column("dead_at", Float),  # from then on nobody tries
    Index("ledger_outbox_waiting", "notifier", "dead_at", "number"),
    sqlite_autoincrement=True,  # a number is never given twice
)

notifiers = Table(
    "ledger_notifiers",
    metadata,
    Column("name", Written, primary_key=True),
    Column("owner", Written),  # who delivers to it now
    Column("owned_until", Float, nullable=False, default=0.0),
    Column("failures", Integer, nullable=False, default=0),  # in a row
    Column("failing_since", Float),
    Column("next_at", Float),
)

calls = Table(
    "ledger_calls",
    metadata,
    Column("account", Written, nullable=False),
    Column("kind", Written, nullable=False),
    Column("at", Float, nullable=False),
    Index("ledger_calls_in_window", "account", "kind", "at"),
)

names = Table(
    "ledger_names",
    metadata,
    Column("publish_id", Written, primary_key=True),  # of any attempt, for ever
    Column("account", Written, nullable=False),
    Column("id", Written, nullable=False),
)

caps = Table(
    "ledger_caps",
    metadata,
    Column("account", Written, primary_key=True),
    Column("mode", Written, primary_key=True),
    Column("until", Float, nullable=False),
)
