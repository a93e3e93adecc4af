"""The command group `doctor`; its first command lists what it can do."""

from __future__ import annotations

import click


@click.group()
def doctor() -> None:
    """Find out why TikTok refuses; this release brings no checks yet."""


@doctor.command("list")
def list_() -> None:
    """List the checks that are installed."""
    click.echo("no checks are installed yet")
