"""Read an address that a person pastes, which is a secret and may be long."""

from __future__ import annotations

import os
import re
import select
import signal
import sys
import termios
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlsplit

import click

from tiktok_bridge.errors import LoginError
from tiktok_bridge.tiktok.authorize import read_failure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from urllib.parse import SplitResult

MAX_BYTES: Final = 64 * 1024
"""Most bytes that are read; TikTok's longest addresses have about two thousand."""

QUIET: Final = 0.2
"""Seconds without a sign after which a paste is over; its lines may come in pieces."""

TERMINATED: Final = 143
"""Exit status after SIGTERM, as shells have it."""

END: Final = b"\r\n\x04"
ERASE: Final = b"\x7f\x08"
ERASE_ALL: Final = 0x15
FIRST_SIGN: Final = 0x20

MARKS: Final = re.compile(rb"\x1b\[20[01]~")
"""What some terminals put around a paste."""


def read_address() -> str:
    """Return the line that is pasted, or that comes through a pipe.

    A terminal does not show it, for it holds a code. It is also taken out of the mode
    in which the system collects lines: those end after 4096 bytes (macOS: 1024).
    """
    if sys.stdin is None:  # it was closed before the program began
        return ""
    if not sys.stdin.isatty():
        return sys.stdin.readline(MAX_BYTES).strip()
    terminal = sys.stdin.fileno()
    with _quieted(terminal):
        click.echo("paste the address and press Enter (it is not shown)", err=True)
        line = _collect(terminal).decode(errors="replace").strip()
        _drain(terminal)
    return line


@contextmanager
def _quieted(terminal: int) -> Iterator[None]:
    """Let *terminal* neither show nor collect, until the end, whatever that is."""
    before = termios.tcgetattr(terminal)
    quiet = termios.tcgetattr(terminal)
    quiet[3] &= ~(termios.ICANON | termios.ECHO)
    handler = signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    try:
        termios.tcsetattr(terminal, termios.TCSADRAIN, quiet)
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSAFLUSH, before)
        signal.signal(signal.SIGTERM, handler)


def _drain(terminal: int) -> None:
    """Read what follows the line: a shell would take it for commands."""
    left = MAX_BYTES
    while left > 0 and select.select([terminal], [], [], QUIET)[0]:
        left -= len(os.read(terminal, 4096)) or left


def _collect(terminal: int) -> bytes:
    line = bytearray()
    while len(line) < MAX_BYTES and (piece := os.read(terminal, 4096)):
        line += piece
        if any(sign in END for sign in piece):
            break
    return _edited(MARKS.sub(b"", bytes(line)))


def _edited(typed: bytes) -> bytes:
    """Return the line that was meant by all that was typed."""
    line = bytearray()
    for sign in typed:
        if sign in END:
            break
        if sign in ERASE:
            del line[-1:]
        elif sign == ERASE_ALL:
            line.clear()
        elif sign >= FIRST_SIGN:
            line.append(sign)
    return bytes(line)


def query_of(text: str, redirect_uri: str) -> str:
    """Return the query of the redirect in *text*.

    Raises:
        LoginError: It is TikTok's own page, with what went wrong, or something else,
            or it is cut off.
    """
    wanted = urlsplit(redirect_uri)
    given = _split(text if "://" in text else f"{wanted.scheme}://{text}")
    if not text or given is None:
        raise LoginError(
            "what was pasted is no address" if text else "nothing was pasted",
            hint="copy the whole address from the browser, up to its end",
        )
    if (given.hostname, given.path) == (wanted.hostname, wanted.path):
        if "state" not in parse_qs(given.query):
            raise LoginError(
                "the address that was pasted has no state: it is probably cut off",
                hint="log in again, and paste the address in one line, to its end",
            )
        return given.query
    if error := read_failure(given.query):
        raise error
    raise LoginError(
        "what was pasted is not the address to which TikTok sends a person after the"
        " login",
        hint=f"log in and consent first; the address to paste begins with"
        f" {redirect_uri}?",
    )


def _split(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return parts if parts.hostname else None
