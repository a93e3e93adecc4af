"""Disks that take nothing more: every write of the installation fails from then on."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy.engine.default import DefaultDialect

from tests.chaos.matrix.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.chaos.matrix.line import Exchange
    from tests.chaos.matrix.world import World

CODES: Final = {"full": 13, "readonly": 8, "ioerr": 10}
"""What SQLite calls them; source: sqlite.org/rescode.html."""

WORDS: Final = {
    "full": "database or disk is full",
    "readonly": "attempt to write a readonly database",
    "ioerr": "disk I/O error",
}
WRITES: Final = ("INSERT", "UPDATE", "DELETE")


class Disk:
    """Lets the calls *names* of `os` and the database fail, once it is broken."""

    def __init__(self, number: int, names: tuple[str, ...], database: str) -> None:
        self._number = number
        self._names = names
        self._database = database

    def break_down(self, world: World) -> None:
        """Let every write below the installation's folder fail from now on."""
        for name in self._names:
            world.patch.setattr(os, name, self._failing(getattr(os, name), world))
        if self._database == "ioerr":
            world.patch.setattr(DefaultDialect, "do_commit", self._not_committed())
        else:
            sa.event.listen(sa.Engine, "do_execute", self._refuse)

    def repair(self, world: World) -> None:
        """Let it work again."""
        for name in self._names:
            whole = getattr(getattr(os, name), "whole", None)
            if whole:
                world.patch.setattr(os, name, whole)
        if sa.event.contains(sa.Engine, "do_execute", self._refuse):
            sa.event.remove(sa.Engine, "do_execute", self._refuse)
        world.patch.setattr(DefaultDialect, "do_commit", COMMIT)

    def _failing(self, call: Callable[..., Any], world: World) -> Callable[..., Any]:
        home = str(world.state)

        def failing(where: Any, *rest: Any, **more: Any) -> Any:  # noqa: ANN401 - as the call
            makes = call.__name__ != "open" or bool(rest[0] & os.O_EXCL)
            if makes and _path(more.get("dir_fd", where)).startswith(home):
                raise OSError(self._number, os.strerror(self._number))
            return call(where, *rest, **more)

        failing.whole = call  # type: ignore[attr-defined] # to find it again
        return failing

    def _refuse(self, _: Any, statement: str, *__: Any) -> None:  # noqa: ANN401 - SQLAlchemy's
        if statement.lstrip().upper().startswith(WRITES):
            raise self._error()

    def _not_committed(self) -> Callable[..., None]:
        def do_commit(*_: object) -> None:
            raise self._error()

        return do_commit

    def _error(self) -> sqlite3.OperationalError:
        error = sqlite3.OperationalError(WORDS[self._database])
        error.sqlite_errorcode = CODES[self._database]
        return error


COMMIT: Final = DefaultDialect.do_commit


def _path(descriptor: object) -> str:
    """Return what an open file or folder is called."""
    link = Path(f"/proc/self/fd/{descriptor}")
    return str(link.readlink()) if link.is_symlink() else ""


def _fault(number: int, names: tuple[str, ...], database: str) -> Fault:
    disk = Disk(number, names, database)

    def strike(world: World, _: Exchange) -> bool:
        disk.break_down(world)
        return False

    return Fault(strike=strike, happen=disk.break_down, repair=disk.repair, times=1)


FAULTS: Final = {
    "disk full": _fault(errno.ENOSPC, ("write",), "full"),
    "disk read-only": _fault(errno.EROFS, ("open", "unlink"), "readonly"),
    "disk: EIO on fsync": _fault(errno.EIO, ("fsync",), "ioerr"),
    "disk: no inode left": _fault(errno.ENOSPC, ("open",), "full"),
    "disk: quota used up": _fault(errno.EDQUOT, ("write",), "full"),
}
