"""Print a report in any format."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from tiktok_bridge_diagnostics.formats import RENDER, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tiktok_bridge import Check
    from tiktok_bridge_diagnostics.report import Report


def echo(
    report: Report,
    checks: Mapping[str, Check],
    output: str,
    *,
    spotlight: bool = False,
    verbose: bool = False,
) -> None:
    """Print *report* in the format *output*."""
    if output != "text":
        click.echo(RENDER[output](report, checks), nl=False)
        return
    told = text.render(
        report,
        checks,
        spotlight=spotlight,
        verbose=verbose,
        ascii_only=not _shows("✓"),
    )
    click.echo(told, nl=False)


def _shows(sign: str) -> bool:
    try:
        sign.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True
