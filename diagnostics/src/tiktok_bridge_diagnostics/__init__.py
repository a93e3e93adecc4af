"""The doctor: its command group, which the hook adds to the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge import hookimpl

if TYPE_CHECKING:
    import click

HOOK_VERSION: Final = 1


@hookimpl
def register_commands(cli: click.Group) -> None:
    """Add `doctor`."""
    from tiktok_bridge_diagnostics.command import doctor  # noqa: PLC0415 - when needed

    cli.add_command(doctor)
