"""Start a PostgreSQL server of one's own, and stop it at the end."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psycopg

if TYPE_CHECKING:
    from collections.abc import Iterator

PASSWORD: Final = "c0rrect-h0rse"  # noqa: S105 - of a server that lives for a test
MISSING: Final = (
    "PostgreSQL's server is not installed; on Debian: apt install postgresql"
)

OPTIONS: Final = (
    "-c listen_addresses='' -k {} -c fsync=off -c max_connections=200"
    " -c deadlock_timeout=100ms"
)
"""A socket in its folder alone; what it keeps need not outlive the machine."""


class Server:
    """A running server; each ledger gets a database of its own."""

    def __init__(self, folder: Path, programs: Path, who: dict[str, Any]) -> None:
        self.folder = folder
        self._programs = programs
        self._who = who
        self._numbers = count(1)

    @contextmanager
    def database(self, options: str = "") -> Iterator[str]:
        """Yield the URL of a new database, made with the *options* of CREATE."""
        name = f"ledger_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} {options}")
        try:
            yield self.url(name)
        finally:
            self.run(f"DROP DATABASE {name} WITH (FORCE)")

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres:{PASSWORD}@/{name}?host={self.folder}"

    def connect(self, name: str = "postgres") -> psycopg.Connection[Any]:
        return psycopg.connect(
            host=str(self.folder),
            user="postgres",
            password=PASSWORD,
            dbname=name,
            autocommit=True,
        )

    def version(self) -> int:
        with self.connect() as connection:
            return connection.info.server_version // 10_000

    def run(self, statement: str, *values: object) -> None:
        with self.connect() as connection:
            connection.execute(statement.encode(), values or None)

    def control(self, *arguments: str) -> None:
        """Run pg_ctl, which waits until it is done."""
        log = self.folder / "log"
        command = (self._programs / "pg_ctl", "-s", "-w", "-D", self.folder / "data")
        done = subprocess.run(  # noqa: S603 - the server's own program
            [*command, "-l", log, *arguments],
            cwd=self.folder,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # the server inherits it: a pipe would not end
            stderr=subprocess.DEVNULL,
            **self._who,
        )
        assert done.returncode == 0, log.read_text()

    def process(self) -> int:
        """Return the id of the process that started all the others."""
        return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])

    def start(self) -> None:
        self.control("-o", OPTIONS.format(self.folder), "start")

    def stop(self) -> None:
        self.control("-m", "fast", "stop")


def find_programs() -> Path | None:
    """Return the folder of the server's programs, or None without any."""
    if found := shutil.which("postgres"):
        return Path(found).resolve().parent
    folders = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    newest = max(folders, key=lambda path: int(path.parts[-3]), default=None)
    return newest.parent if newest else None


@contextmanager
def running(programs: Path) -> Iterator[Server]:
    """Run a server in a folder of its own; as root, as somebody who may run one."""
    with tempfile.TemporaryDirectory(prefix="pg-") as name:  # a socket's path is short
        folder, who = Path(name), _who()
        if who:
            os.chown(folder, who["user"], who["group"])
        _initialise(folder, programs, who)
        server = Server(folder, programs, who)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _initialise(folder: Path, programs: Path, who: dict[str, Any]) -> None:
    secret = folder / "password"
    secret.write_text(PASSWORD)
    secret.chmod(0o644)
    options = ("-U", "postgres", "-A", "scram-sha-256", "--pwfile", secret, "-N")
    done = subprocess.run(  # noqa: S603 - the server's own program
        [programs / "initdb", "-D", folder / "data", "-E", "UTF8", *options],
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
        **who,
    )
    assert done.returncode == 0, done.stderr


def _who() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    names = {one.pw_name: one for one in pwd.getpwall()}
    user = names.get("postgres") or names["nobody"]
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
