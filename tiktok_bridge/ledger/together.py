"""Commit what several threads write at once as one transaction.

A commit waits for the disk. SQLite lets one transaction write at a time, so that
threads would wait in a row, each for a disk of its own; together they wait once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import SQLAlchemyError

from tiktok_bridge.errors import LedgerError

if TYPE_CHECKING:
    import sqlalchemy as sa

Work = Callable[["sa.Connection"], Any]
Run = Callable[[str, Work], Any]


@dataclass(slots=True)
class Turn:
    """What one thread wants written, and what came of it."""

    doing: str
    work: Work
    answer: Any = None
    error: BaseException | None = None
    is_done: bool = False


class Together:
    """The writers of one database in one process.

    Args:
        run: Runs work as one transaction; see `Database.write`.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._leading = threading.Lock()
        self._adding = threading.Lock()
        self._turns: list[Turn] = []

    def write(self, doing: str, work: Work) -> Any:  # noqa: ANN401 - what *work* returns
        """Return what *work* returns, on disk; see `Database.write`."""
        mine = Turn(doing, work)
        with self._adding:
            self._turns.append(mine)
        with self._leading:  # whoever comes in finds what came up meanwhile
            if not mine.is_done:
                self._lead()
        if mine.error:
            raise mine.error
        return mine.answer

    def _lead(self) -> None:
        with self._adding:
            turns, self._turns = self._turns, []
        try:
            if len(turns) > 1 and self._commit(turns):
                return
            for turn in turns:
                self._alone(turn)
        except BaseException:
            # interrupted: what of it is on disk is not known, so it is not repeated
            for turn in turns:
                if not turn.is_done:
                    turn.error = LedgerError(f"{turn.doing}: it was interrupted")
                    turn.is_done = True
            raise

    def _commit(self, turns: list[Turn]) -> bool:
        """Write all of *turns*; False if the database failed and took nothing."""

        def all_of_them(connection: sa.Connection) -> None:
            for turn in turns:
                turn.answer = turn.error = None
                part = connection.begin_nested()
                try:
                    turn.answer = turn.work(connection)
                    part.commit()
                except SQLAlchemyError:
                    raise
                except Exception as error:  # noqa: BLE001 - raised in its own thread
                    part.rollback()
                    turn.error = error

        try:
            self._run(f"writing {len(turns)} things", all_of_them)
        except Exception:  # noqa: BLE001 - each finds its own, alone
            return False
        for turn in turns:
            turn.is_done = True
        return True

    def _alone(self, turn: Turn) -> None:
        turn.error = None
        try:
            turn.answer = self._run(turn.doing, turn.work)
        except Exception as error:  # noqa: BLE001 - raised in its own thread
            turn.error = error
        turn.is_done = True
