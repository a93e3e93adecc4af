"""Hold what every command gets: the settings file, the plugins, the output format."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from pathlib import Path

    from tiktok_bridge import Bridge
    from tiktok_bridge.errors import BridgeError
    from tiktok_bridge.host import Host
    from tiktok_bridge.models import Problem
    from tiktok_bridge.redaction.redaction import Redaction

Command = TypeVar("Command", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class App:
    """The program as it was started.

    Attributes:
        config: What `--config` names.
        host: The plugins.
        transport: Makes what sends the requests, if it is not the usual; see `Bridge`.
    """

    config: Path
    host: Host
    transport: Callable[[], Any] | None = None

    def bridge(self, **options: Any) -> Bridge:  # noqa: ANN401 - those of `Bridge`
        """Open the installation that `--config` names."""
        from tiktok_bridge import Bridge

        if self.transport is not None:
            options.setdefault("transport", self.transport())
        return Bridge.from_config(self.config, host=self.host, **options)


def format_option(command: Command) -> Command:
    """Add `--format text|json` to *command*."""
    option = click.option(
        "--format",
        "output",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="json follows a schema of `schemas/`.",
    )
    return option(command)


def print_json(report: dict[str, Any]) -> None:
    """Print *report* as one JSON document."""
    click.echo(json.dumps({"version": 1, **report}, indent=2, ensure_ascii=False))


def print_table(
    headers: list[str], rows: list[list[str]], *, widest: int | None = None
) -> None:
    """Print *rows* under *headers*; no column is wider than *widest* signs."""
    from tabulate import tabulate

    table = tabulate(
        rows,
        headers,
        tablefmt="simple",
        disable_numparse=True,
        maxcolwidths=widest,
    )
    click.echo(table)


def print_problems(problems: list[Problem], *, kind: str = "") -> None:
    """Print *problems* on stderr, one after the other."""
    for problem in problems:
        click.echo(f"{kind}{problem}", err=True)


def print_error(error: BridgeError, before: str = "", *, redaction: Redaction) -> None:
    """Print *error* on stderr, with the next action, and without secrets."""
    click.echo(redaction.text(f"error: {before}{error}"), err=True)
    if error.hint:
        click.echo(redaction.text(f"  → {error.hint}"), err=True)


def problem_fields(problem: Problem) -> dict[str, Any]:
    """Return *problem* as the reports show it."""
    return {
        "file": problem.place.file,
        "line": problem.place.line,
        "key": problem.place.key,
        "message": problem.message,
        "hint": problem.hint,
    }
