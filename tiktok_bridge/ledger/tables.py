"""Declare the tables; data only."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Float, Index, Integer, MetaData, String, Table, Text

VERSION: Final = 1
"""Version of these tables, kept in `ledger_version`."""

metadata = MetaData()

version = Table("ledger_version", metadata, Column("version", Integer, nullable=False))

posts = Table(
    "posts",
    metadata,
    Column("account", String(64), primary_key=True),
    Column("id", String(200), primary_key=True),
    Column("content", Text, nullable=False),  # the post as JSON
    Column("state", String(20), nullable=False),
    Column("version", Integer, nullable=False),  # counts moves: two never both act
    Column("mode", String(10), nullable=False),
    Column("size_bytes", Integer),
    Column("media_version", Text),
    Column("publish_id", String(64)),
    Column("upload_url", Text),
    Column("url_expires_at", Float),
    Column("acknowledged", Integer, nullable=False, default=0),  # bytes
    Column("post_ids", Text, nullable=False, default="[]"),
    Column("privacy_level", String(40)),
    Column("failure", Text),
    Column("tries", Integer, nullable=False, default=0),  # in this state, without luck
    Column("next_at", Float),
    Column("owner", Text),
    Column("owned_until", Float, nullable=False, default=0.0),
    Column("created_at", Float, nullable=False),
    Column("updated_at", Float, nullable=False),
)

history = Table(
    "history",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("account", String(64), nullable=False),
    Column("id", String(200), nullable=False),
    Column("at", Float, nullable=False),
    Column("state", String(20), nullable=False),
    Column("note", Text, nullable=False),
    Column("log_id", String(80)),
    Index("history_of_post", "account", "id"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("account", String(64), nullable=False),
    Column("id", String(200), nullable=False),
    Column("notifier", Text, nullable=False),
    Column("event", Text, nullable=False),
)

calls = Table(
    "calls",
    metadata,
    Column("account", String(64), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("at", Float, nullable=False),
    Index("calls_in_window", "account", "kind", "at"),
)
