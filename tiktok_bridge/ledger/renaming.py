"""Take the passwords out of the names that older ledgers gave to notifiers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from tiktok_bridge.redaction.addresses import without_secrets

if TYPE_CHECKING:
    from collections.abc import Iterable

_NAMES: Final = "SELECT DISTINCT notifier FROM ledger_outbox"
_RENAME: Final = sa.text(
    "UPDATE ledger_outbox SET notifier = :new WHERE notifier = :old"
)


def name_notifiers(connection: sa.Connection) -> None:
    """Call each notifier what it is called today, which is no longer its whole URL."""
    names: Iterable[str] = connection.exec_driver_sql(_NAMES).scalars().all()
    for old in names:
        connection.execute(_RENAME, {"new": without_secrets(old), "old": old})
