"""What goes wrong with a Redis server, and how a person puts it right."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Final, NamedTuple

from tests.redis_server import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.redis_server import Server

DURABLE: Final = ("--appendonly", "yes", "--appendfsync", "always")
"""Options of a server that forgets nothing when it is killed."""


class Fault(NamedTuple):
    """One fault, which lasts until it is repaired.

    Attributes:
        words: What an error says of it.
        is_whole: Whether reading fails as well as writing.
    """

    begin: Callable[[Server], object]
    repair: Callable[[Server], object]
    words: str
    is_whole: bool


def _start(server: Server) -> None:
    server.start(*DURABLE)
    with server.client() as client:
        wait_until(lambda: not client.info("persistence")["loading"])


def _replicate(*primary: str) -> Callable[[Server], object]:
    def act(server: Server) -> None:
        with server.client() as client:
            client.replicaof(*primary)

    return act


def _fill(most: str) -> Callable[[Server], object]:
    def act(server: Server) -> None:
        with server.client() as client:
            client.config_set("maxmemory", most)

    return act


FAULTS: Final = {
    "killed": Fault(
        lambda server: server.kill(),
        _start,
        "Connection refused",
        is_whole=True,
    ),
    "paused": Fault(
        lambda server: server.process.send_signal(signal.SIGSTOP),
        lambda server: server.process.send_signal(signal.SIGCONT),
        "no answer within 0.3 s",
        is_whole=True,
    ),
    "read-only": Fault(
        _replicate("127.0.0.1", "1"),
        _replicate("NO", "ONE"),
        "it is a read-only replica",
        is_whole=False,
    ),
    "out of memory": Fault(
        _fill("1"), _fill("0"), "it is out of memory", is_whole=False
    ),
}
"""Each by its name; a server must have been started with `DURABLE`, and its URL say
`timeout=0.3`."""
