"""Examine an installation from the command line, and print the report."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

import click

from tiktok_bridge import ConfigError, read_rules
from tiktok_bridge_diagnostics.bundle import command
from tiktok_bridge_diagnostics.doctor import examine
from tiktok_bridge_diagnostics.formats import printing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tiktok_bridge import Collector, Rule
    from tiktok_bridge_diagnostics.bundle.build import Audience
    from tiktok_bridge_diagnostics.consent import Ask
    from tiktok_bridge_diagnostics.doctor import Examination

RULES: Final = "doctor.yaml"
"""The file with the rules of a site, beside `bridge.yaml`."""


def run(  # noqa: PLR0913 - the options of the command
    app: Any,  # noqa: ANN401 - the program, which is not public
    *,
    only: Iterable[str],
    skip: Iterable[str],
    rules: Path | None,
    output: str,
    spotlight: bool,
    strict: bool,
    verbose: bool,
    **more: Any,  # noqa: ANN401 - see `probes.chosen`
) -> int:
    """Print what the doctor finds; return the exit status."""
    examined = examine(
        app.config,
        app.host,
        only=only,
        skip=skip,
        rules=site_rules(app.config, rules),
        transport=app.transport and app.transport(),
        also=_also(app, **more),
    )
    tell(examined, output, spotlight=spotlight, verbose=verbose)
    return examined.report.exit_status(strict=strict)


def bundle(
    app: Any,  # noqa: ANN401 - the program, which is not public
    output: Path,
    audience: Audience,
    *,
    rules: Path | None,
    **more: Any,  # noqa: ANN401 - see `probes.chosen`
) -> int:
    """Pack what the doctor finds into the file *output*; return the exit status."""
    command.require_place(output)
    return command.bundle(
        app.config,
        app.host,
        output,
        audience,
        rules=site_rules(app.config, rules),
        transport=app.transport and app.transport(),
        also=_also(app, **more),
    )


def _also(app: Any, **more: Any) -> list[Collector]:  # noqa: ANN401 - see `probes.chosen`
    """Return the collectors that the options *more* ask for; most runs have none."""
    if not any(more.values()):
        return []
    from tiktok_bridge_diagnostics import probes  # noqa: PLC0415 - imports the engine

    return probes.chosen(app.config, app.host, ask=_asker(), **more)


def tell(
    examined: Examination,
    output: str,
    *,
    spotlight: bool = False,
    verbose: bool = False,
) -> None:
    """Print the report of *examined* in the format *output*."""
    printing.echo(
        examined.report,
        examined.checks,
        output,
        spotlight=spotlight,
        verbose=verbose,
    )


def site_rules(config: Path, given: Path | None) -> list[Rule]:
    """Return the rules at *given*, or those beside *config* if there are any.

    Raises:
        ConfigError: They cannot be read, or *given* does not exist.
    """
    path = given or config.with_name(RULES)
    if given is None and not path.is_file():
        return []
    if not path.is_file():
        raise ConfigError(f"there are no rules at {path}", hint="name a file of rules")
    return read_rules(path)


def _asker() -> Ask | None:
    """Return what asks a person, None if nobody sits there."""
    return _ask if sys.stdin.isatty() else None


def _ask(text: str) -> str:
    return str(click.prompt(text, default="", show_default=False, err=True))
