"""Say how older tables become newer ones; data only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tiktok_bridge.ledger.renaming import name_notifiers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import sqlalchemy as sa


@dataclass(frozen=True, slots=True)
class Step:
    """From one version to the next.

    Attributes:
        every: Statements for every database, before the others.
        only: Further statements, by the name of the database's dialect.
        rest: What no statement can say, after all of them.
    """

    every: tuple[str, ...]
    only: Mapping[str, tuple[str, ...]]
    rest: Callable[[sa.Connection], None] | None = None

    def statements(self, dialect: str) -> tuple[str, ...]:
        """Return what *dialect* has to run, in order."""
        return self.every + self.only.get(dialect, ())


def _texts(table: str, *columns: str) -> str:
    text = 'TYPE TEXT COLLATE "C"'
    return f"ALTER TABLE {table} " + ", ".join(
        f"ALTER COLUMN {column} {text}" for column in columns
    )


TO_2: Final = Step(
    # A database that other programs use has a table `posts` already.
    every=(
        "ALTER TABLE posts RENAME TO ledger_posts",
        "ALTER TABLE history RENAME TO ledger_history",
        "ALTER TABLE calls RENAME TO ledger_calls",
        "DROP INDEX history_of_post",
        "DROP INDEX calls_in_window",
        "CREATE INDEX ledger_posts_by_id ON ledger_posts (id)",
        "CREATE INDEX ledger_history_of_post ON ledger_history (account, id, number)",
        "CREATE INDEX ledger_calls_in_window ON ledger_calls (account, kind, at)",
    ),
    only={
        # SQLite gave the number of the last event, once that was delivered, to the
        # next one: a process that had read the old one could delete the new one.
        "sqlite": (
            """CREATE TABLE ledger_outbox (
                number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                account TEXT NOT NULL,
                id TEXT NOT NULL,
                notifier TEXT NOT NULL,
                event TEXT NOT NULL
            )""",
            """INSERT INTO ledger_outbox (number, account, id, notifier, event)
                SELECT number, account, id, notifier, event FROM outbox""",
            "DROP TABLE outbox",
        ),
        # PostgreSQL holds a column to its length, so that a log id of TikTok could be
        # too long and a video too large; and it sorts as its locale does.
        "postgresql": (
            "ALTER TABLE outbox RENAME TO ledger_outbox",
            _texts(
                "ledger_posts",
                *("account", "id", "content", "state", "mode", "media_version"),
                *("publish_id", "upload_url", "post_ids", "privacy_level", "failure"),
                "owner",
            ),
            "ALTER TABLE ledger_posts ALTER COLUMN size_bytes TYPE BIGINT",
            "ALTER TABLE ledger_posts ALTER COLUMN acknowledged TYPE BIGINT",
            _texts("ledger_history", "account", "id", "state", "note", "log_id"),
            "ALTER TABLE ledger_history ALTER COLUMN number TYPE BIGINT",
            "ALTER SEQUENCE history_number_seq AS BIGINT",
            "ALTER SEQUENCE history_number_seq RENAME TO ledger_history_number_seq",
            _texts("ledger_outbox", "account", "id", "notifier", "event"),
            "ALTER TABLE ledger_outbox ALTER COLUMN number TYPE BIGINT",
            "ALTER SEQUENCE outbox_number_seq AS BIGINT",
            "ALTER SEQUENCE outbox_number_seq RENAME TO ledger_outbox_number_seq",
            _texts("ledger_calls", "account", "kind"),
        ),
    },
)

TO_3: Final = Step(
    every=(
        "ALTER TABLE ledger_history ADD COLUMN asked TEXT",
        "ALTER TABLE ledger_history ADD COLUMN answered TEXT",
        """CREATE TABLE ledger_names (
            publish_id TEXT NOT NULL PRIMARY KEY,
            account TEXT NOT NULL,
            id TEXT NOT NULL
        )""",
        """INSERT INTO ledger_names (publish_id, account, id)
            SELECT publish_id, min(account), min(id) FROM ledger_posts
            WHERE publish_id IS NOT NULL GROUP BY publish_id HAVING count(*) = 1""",
        """CREATE TABLE ledger_caps (
            account TEXT NOT NULL,
            mode TEXT NOT NULL,
            until FLOAT NOT NULL,
            PRIMARY KEY (account, mode)
        )""",
    ),
    only={
        "postgresql": (
            _texts("ledger_history", "asked", "answered"),
            _texts("ledger_caps", "account", "mode"),
            _texts("ledger_names", "publish_id", "account", "id"),
        ),
    },
)

TO_4: Final = Step(
    # Each notifier is tried, and given up, by itself; its name holds no password.
    every=(
        "ALTER TABLE ledger_outbox ADD COLUMN created_at FLOAT NOT NULL DEFAULT 0",
        "ALTER TABLE ledger_outbox ADD COLUMN tries INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE ledger_outbox ADD COLUMN failing_since FLOAT",
        "ALTER TABLE ledger_outbox ADD COLUMN next_at FLOAT",
        "ALTER TABLE ledger_outbox ADD COLUMN error TEXT",
        "ALTER TABLE ledger_outbox ADD COLUMN dead_at FLOAT",
        """CREATE INDEX ledger_outbox_waiting
            ON ledger_outbox (notifier, dead_at, number)""",
        """CREATE TABLE ledger_notifiers (
            name TEXT NOT NULL PRIMARY KEY,
            owner TEXT,
            owned_until FLOAT NOT NULL,
            failures INTEGER NOT NULL,
            failing_since FLOAT,
            next_at FLOAT
        )""",
    ),
    only={
        "postgresql": (
            _texts("ledger_outbox", "error"),
            _texts("ledger_notifiers", "name", "owner"),
        ),
    },
    rest=name_notifiers,
)

STEPS: Final = (TO_2, TO_3, TO_4)
"""From version 1 to 2, from 2 to 3, and so on; today's is one more than there are."""
