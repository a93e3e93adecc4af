"""Record what a command of the program says to TikTok, and what it hears."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import click

from tiktok_bridge import BridgeError, ConfigError, Transport
from tiktok_bridge_diagnostics import cassette
from tiktok_bridge_diagnostics.recorder import Recorder, Tape
from tiktok_bridge_diagnostics.redact.exchanges import Redactor

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tiktok_bridge_diagnostics.exchange import Exchange
    from tiktok_bridge_diagnostics.redact.maker import Profile

EVERY: Final = 1.0
"""Seconds after which the file is written again; it is whole at any moment."""


class Keeper:
    """Writes a cassette while it grows, and never stops what is recorded.

    Args:
        path: Where to; nothing may be there.
        name: What the cassette is called.
        clock: Seconds of a clock that never goes back.

    Attributes:
        failure: Why it could not be written, if so.
    """

    def __init__(
        self, path: Path, name: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.failure: BridgeError | None = None
        self.count = 0
        self._path = path
        self._name = name
        self._clock = clock
        self._turn = threading.Lock()
        self._kept: dict[int, Exchange] = {}
        self._saved_at = clock()

    def begin(self) -> None:
        """Write a cassette of nothing.

        Raises:
            ConfigError: Something is there, or it cannot be written.
        """
        if self._path.exists() or self._path.is_symlink():
            raise ConfigError(
                f"{self._path} is there already, and nothing was run",
                hint="remove it, or name another file with `-o`",
            )
        cassette.save(self._path, cassette.to_json([], self._name))

    def keep(self, exchange: Exchange) -> None:
        """Keep *exchange*, and write the file if that was not done just now."""
        with self._turn:
            self._kept[exchange.number] = exchange
            self.count = len(self._kept)
            if self._clock() - self._saved_at >= EVERY:
                self._save()

    def end(self) -> None:
        """Write the file."""
        with self._turn:
            self._save()

    def _save(self) -> None:
        told = [self._kept[number] for number in sorted(self._kept)]
        try:
            cassette.save(self._path, cassette.to_json(told, self._name))
        except BridgeError as error:
            self.failure = error
        else:
            self.failure = None
        self._saved_at = self._clock()


def run(
    context: click.Context, arguments: Sequence[str], output: Path, profile: Profile
) -> int:
    """Run the command that *arguments* name, and record it to *output*.

    Args:
        context: That of `doctor record`.
        arguments: The command and its own, as they follow `tiktok-bridge`.
        output: The cassette; nothing may be there.
        profile: For whom it is redacted.

    Returns:
        The exit status of the command.

    Raises:
        ConfigError: *output* cannot be written; nothing was run.
    """
    root, app = context.find_root(), context.obj
    group: Any = root.command
    name, command, rest = group.resolve_command(root, list(arguments))
    keeper = Keeper(output, name)
    redactor = Redactor.of(app.config, profile)
    tape = Tape(name, redactor.exchange, keeper.keep)
    recording = replace(app, transport=lambda: Recorder(Transport(), tape))
    with command.make_context(name, rest, parent=root, obj=recording) as inner:
        keeper.begin()
        try:
            status = command.invoke(inner)
        finally:
            keeper.end()
            _tell(keeper, output)
    return status if isinstance(status, int) else 0


def _tell(keeper: Keeper, output: Path) -> None:
    if keeper.failure:
        click.echo(f"error: not recorded: {keeper.failure}", err=True)
        return
    told = "1 exchange" if keeper.count == 1 else f"{keeper.count} exchanges"
    click.echo(f"recorded {told} in {output}, without secrets", err=True)
