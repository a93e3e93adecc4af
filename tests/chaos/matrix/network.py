"""A network that leads nowhere, elsewhere, or breaks off."""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from tests.chaos.matrix.faults import Fault
from tests.chaos.matrix.internet import nobody, place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.chaos.matrix.internet import Internet, Places, Route
    from tests.chaos.matrix.line import Exchange
    from tests.chaos.matrix.world import World

TRICKLE: Final = 0.1
"""Seconds between two bytes; together they are more than any deadline here."""


def refused(_: Internet, __: int) -> Places:
    """Lead to a port on which nobody listens."""
    with nobody() as port:
        return place(port)


def unresolved(code: int, words: str) -> Route:
    """Let the resolver fail with *code*."""

    def route(_: Internet, __: int) -> Places:
        raise socket.gaierror(code, words)

    return route


def slow(_: Internet, port: int) -> Places:
    """Let the resolver take its time, and be right."""
    time.sleep(0.2)
    return place(port)


def impostor(certificate: str) -> Route:
    """Lead to somebody who shows *certificate*."""

    def route(internet: Internet, _: int) -> Places:
        return internet.impostor(certificate)

    return route


def _reset_inside(_: World, exchange: Exchange) -> bool:
    for _piece in exchange.pieces(exchange.left // 2):
        pass
    exchange.reset()
    return True


def _reset_before_reply(_: World, exchange: Exchange) -> bool:
    exchange.forward()
    exchange.reset()
    return True


def _half_close(_: World, exchange: Exchange) -> bool:
    exchange.forward()
    exchange.connection.shutdown(socket.SHUT_WR)
    with suppress(OSError):
        while exchange.connection.recv(1024):
            pass
    return True


def _stall(_: World, exchange: Exchange) -> bool:
    exchange.forward()
    with suppress(OSError):
        exchange.connection.recv(1)  # until the client gives up
    return True


def _slow_head(_: World, exchange: Exchange) -> bool:
    answer = exchange.forward()
    _trickle(exchange, answer.encoded() + answer.body)
    return True


def _slow_body(_: World, exchange: Exchange) -> bool:
    answer = exchange.forward().with_body(b" " * 4096)
    exchange.connection.sendall(answer.encoded())
    _trickle(exchange, answer.body)
    return True


def _trickle(exchange: Exchange, said: bytes) -> None:
    with suppress(OSError):
        for byte in said:
            exchange.connection.sendall(bytes([byte]))
            time.sleep(TRICKLE)


def _endless(_: World, exchange: Exchange) -> bool:
    answer = exchange.forward()
    with suppress(OSError):
        exchange.connection.sendall(answer.encoded(10**12))
        for piece in _for_ever(b" " * 65536):
            exchange.connection.sendall(piece)
    return True


def _for_ever(piece: bytes) -> Iterator[bytes]:
    while True:
        yield piece


FAULTS: Final = {
    "connection refused": Fault(dial=refused, tls=True),
    "DNS: no such name": Fault(
        dial=unresolved(socket.EAI_NONAME, "Name or service not known"), tls=True
    ),
    "DNS: server failure": Fault(
        dial=unresolved(socket.EAI_AGAIN, "Temporary failure in name resolution"),
        tls=True,
    ),
    "DNS: slow": Fault(dial=slow, tls=True),
    "DNS: a private address": Fault(dial=impostor("other"), tls=True),
    "TLS: intercepted": Fault(dial=impostor("foreign"), tls=True),
    "TLS: expired": Fault(dial=impostor("expired"), tls=True),
    "TLS: another name": Fault(dial=impostor("other"), tls=True),
    "reset inside the request": Fault(strike=_reset_inside),
    "reset before the reply": Fault(strike=_reset_before_reply),
    "half close": Fault(strike=_half_close),
    "stall": Fault(strike=_stall, times=1, is_hasty=True),
    "slow headers": Fault(strike=_slow_head, times=1, is_hasty=True),
    "a byte at a time": Fault(strike=_slow_body, times=1, is_hasty=True),
    "endless body": Fault(strike=_endless),
}
