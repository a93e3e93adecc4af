"""Say what an error of the database means for the ledger."""

from __future__ import annotations

from typing import Final

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from tiktok_bridge.errors import BridgeError, BusyError, LedgerError

OVERTAKEN: Final = {
    "23505": "unique_violation",  # it was inserted since we looked
    "40001": "serialization_failure",
    "40P01": "deadlock_detected",
}
"""What PostgreSQL says when another process was faster: worth beginning again.

Source: postgresql.org/docs/current/errcodes-appendix.html."""

WAITED: Final = "55P03"
"""What PostgreSQL says when another process held a lock for too long."""

LOCKED: Final = (5, 6)
"""What SQLite says then, SQLITE_BUSY and SQLITE_LOCKED.

Source: sqlite.org/rescode.html."""

HINTS: Final = {
    True: "check its folder, its permissions and the free disk space",
    False: "check that the server runs, and the address, name and password at `ledger`",
}
"""What to do next, for SQLite or not."""


def is_overtaken(error: SQLAlchemyError) -> bool:
    """Tell whether the same transaction may succeed now; nothing of it was kept."""
    return _state(error) in OVERTAKEN


def is_broken(error: SQLAlchemyError) -> bool:
    """Tell whether the connection had ended before the statement came through."""
    return isinstance(error, DBAPIError) and error.connection_invalidated


def translate(
    error: SQLAlchemyError, name: str, doing: str, *, is_sqlite: bool
) -> BridgeError:
    """Return *error* of the ledger *name* as the error that a caller knows."""
    reason = _reason(error)
    if _is_busy(error):
        return BusyError(f"{doing}: the ledger {name} is locked: {reason}")
    return LedgerError(
        f"{doing}: the ledger {name} cannot be used: {reason}", hint=HINTS[is_sqlite]
    )


def _is_busy(error: SQLAlchemyError) -> bool:
    code = getattr(getattr(error, "orig", None), "sqlite_errorcode", None)
    is_locked = code is not None and code & 0xFF in LOCKED
    has_waited = isinstance(error, NoConnectionError) or _state(error) == WAITED
    return is_locked or has_waited or is_overtaken(error)


def _state(error: SQLAlchemyError) -> str | None:
    state: str | None = getattr(getattr(error, "orig", None), "sqlstate", None)
    return state


def _reason(error: SQLAlchemyError) -> str:
    """Return what happened in one line, without the values of a row."""
    original = getattr(error, "orig", None) or error
    said = getattr(getattr(original, "diag", None), "message_primary", None)
    return " ".join(str(said or original).split())
