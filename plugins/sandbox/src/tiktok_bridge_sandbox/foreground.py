"""The sandbox as a program that runs until it is told to stop."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import signal
from typing import TYPE_CHECKING

import click

from tiktok_bridge_sandbox import announcement
from tiktok_bridge_sandbox.app import build_app
from tiktok_bridge_sandbox.errors import UsageError
from tiktok_bridge_sandbox.sandbox import Sandbox
from tiktok_bridge_sandbox.server import base_url, bind, raise_file_limit, serve

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterable
    from pathlib import Path

    from starlette.types import ASGIApp

    from tiktok_bridge_sandbox.models import Backend


def run(  # noqa: PLR0913 - one parameter per option of the command
    *,
    host: str,
    port: int,
    scenario: str,
    switches: Iterable[str],
    tokens: Path | None,
    style: str,
) -> None:
    """Serve until Ctrl-C or SIGTERM.

    Raises:
        click.UsageError: An option makes no sense.
        click.ClickException: The address is taken, or a file cannot be written.
    """
    try:
        sandbox = Sandbox(scenario, dict(map(_parse_switch, switches)))
    except UsageError as error:
        raise click.UsageError(str(error)) from error
    raise_file_limit()
    with _bind(host, port) as sock:
        _warn_of_strangers(sock)
        files = _write_tokens(sandbox.backend, tokens)
        facts = announcement.facts(sandbox.backend, base_url(sock), files)
        words = json.dumps(facts) if style == "json" else announcement.as_text(facts)
        asyncio.run(_serve(build_app(sandbox), sock, words))


def _warn_of_strangers(sock: socket.socket) -> None:
    """Say it if other machines may connect: nothing asks them for a password."""
    address = sock.getsockname()[0]
    if not ipaddress.ip_address(address).is_loopback:
        click.echo(f"Warning: {address} is not loopback: others may use it.", err=True)


def _bind(host: str, port: int) -> socket.socket:
    if not host:
        # To a socket it would mean every address of this machine.
        raise click.UsageError("--host names no address")
    try:
        return bind(host, port)
    except OSError as error:
        message = f"cannot listen on {host} port {port}: {error.strerror}"
        raise click.ClickException(message) from error


def _write_tokens(backend: Backend, folder: Path | None) -> dict[str, Path]:
    try:
        return announcement.write_tokens(backend, folder)
    except OSError as error:
        raise click.ClickException(f"cannot write the tokens: {error}") from error


async def _serve(app: ASGIApp, sock: socket.socket, words: str) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    # Whoever reads the words may send a signal at once, so they come second.
    click.echo(words)
    await serve(app, sock, stop)


def _parse_switch(given: str) -> tuple[str, object]:
    name, equals, value = given.partition("=")
    if not equals:
        raise UsageError(f"--switch {given!r} is not NAME=VALUE")
    try:
        return name, json.loads(value)
    except (ValueError, RecursionError):
        return name, value
