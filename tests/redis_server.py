"""Start Redis servers of one's own, and stop them at the end."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import redis

if TYPE_CHECKING:
    from collections.abc import Iterator

MISSING: Final = "Redis is not installed; on Debian: apt install redis-server"

PROGRAM: Final = "redis-server"

OPTIONS: Final = (
    *("--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--daemonize", "no"),
    *("--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1"),
)


class Server:
    """A server that can be killed, paused and started again on the same port."""

    def __init__(
        self, folder: Path, program: str = PROGRAM, *, is_sentinel: bool = False
    ) -> None:
        self.folder = folder
        self.port = free_port()
        self.socket = folder / f"{self.port}.sock"
        self._program = program
        self._is_sentinel = is_sentinel
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def process(self) -> subprocess.Popen[bytes]:
        assert self._process is not None, "it runs"
        return self._process

    def url(self, query: str = "", *, login: str = "", scheme: str = "redis") -> str:
        at = f"{login}@" if login else ""
        return f"{scheme}://{at}127.0.0.1:{self.port}/0{query and '?'}{query}"

    def client(self) -> redis.Redis:
        return redis.Redis(port=self.port, protocol=2, socket_timeout=10)

    def start(self, *options: str | Path) -> None:
        """Start it with *options*, and wait until it answers."""
        own: tuple[str | Path, ...] = ("--port", str(self.port), "--dir", self.folder)
        if "--tls-cert-file" in options:
            own = ("--port", "0", "--tls-port", *own[1:])
        if not self._is_sentinel:
            own = (*own, *OPTIONS, "--unixsocket", self.socket)
        log = self.folder / f"{self.port}.log"
        with log.open("ab") as out:
            self._process = subprocess.Popen(  # noqa: S603 - the server's own program
                [self._program, *self._mode(), *own, *options],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )
        wait_until(self._answers, log.read_text)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGCONT)
            self.kill()

    @contextmanager
    def paused(self, at_most: float = 20.0) -> Iterator[None]:
        """Let it take connections and answer nothing during the block.

        After *at_most* seconds it answers all the same: whoever waits for ever fails
        a test, and does not hold it up.
        """
        end = threading.Timer(at_most, self.process.send_signal, (signal.SIGCONT,))
        self.process.send_signal(signal.SIGSTOP)
        end.start()
        try:
            yield
        finally:
            end.cancel()
            self.process.send_signal(signal.SIGCONT)

    def _mode(self) -> tuple[str | Path, ...]:
        """Return what makes it a Sentinel, which insists on a file to write to."""
        if not self._is_sentinel:
            return ()
        file = self.folder / f"{self.port}.conf"
        file.touch()
        return (file, "--sentinel")

    def _answers(self) -> bool:
        assert self.process.poll() is None, "it has ended"
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return True
        except OSError:
            return False


def is_installed() -> bool:
    return shutil.which(PROGRAM) is not None


def is_required() -> bool:
    """Tell whether a run without it is a failure."""
    return os.environ.get("CI") == "true"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def wait_until(condition: object, reason: object = str, seconds: float = 20.0) -> None:
    """Wait until *condition* returns something true."""
    assert callable(condition)
    assert callable(reason)
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, reason()
        time.sleep(0.01)


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="redis-") as name:  # a short path
        yield Path(name)


@contextmanager
def running(
    *options: str | Path, program: str = PROGRAM, is_sentinel: bool = False
) -> Iterator[Server]:
    """Run a server in a folder of its own."""
    with folder() as place:
        server = Server(place, program, is_sentinel=is_sentinel)
        try:
            server.start(*options)
            yield server
        finally:
            server.stop()
