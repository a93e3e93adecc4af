"""A faithful local TikTok on loopback."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge import hookimpl

if TYPE_CHECKING:
    import click

HOOK_VERSION: Final = 1


@hookimpl
def register_commands(cli: click.Group) -> None:
    """Add the command group ``sandbox``."""
    # A plugin costs nothing until a command line is built.
    from tiktok_bridge_sandbox.command import sandbox  # noqa: PLC0415 - see above

    cli.add_command(sandbox)
