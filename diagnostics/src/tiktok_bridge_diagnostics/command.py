"""The command group `doctor`."""

from __future__ import annotations

import click

from tiktok_bridge_diagnostics.explain import explain


@click.group()
def doctor() -> None:
    """Find out why TikTok refuses: explain its codes; no checks yet."""


@doctor.command("list")
def list_() -> None:
    """List the checks that are installed."""
    click.echo("no checks are installed yet")


doctor.add_command(explain)
