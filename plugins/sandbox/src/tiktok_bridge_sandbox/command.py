"""The command line: ``sandbox`` and ``sandbox scenarios``."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

FORMAT = click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Words for people, or JSON for programs.",
)


@contextmanager
def _ending_quietly() -> Iterator[None]:
    """Let a signal end the program with status 0 until the server takes over."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, _end) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


@click.group(invoke_without_command=True)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen on; beyond loopback strangers may use it.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=3_480,
    show_default=True,
    help="TCP port; 0 picks a free one.",
)
@click.option(
    "--scenario",
    default="audited",
    show_default=True,
    help="Situation to start in; see `sandbox scenarios`.",
)
@click.option(
    "--switch",
    "switches",
    multiple=True,
    metavar="NAME=VALUE",
    help="Change one switch of the scenario; may be repeated.",
)
@click.option(
    "--tokens",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write every account's token response to DIR/ACCOUNT.json.",
)
@FORMAT
@click.pass_context
def sandbox(  # noqa: PLR0913 - one parameter per option
    context: click.Context,
    *,
    host: str,
    port: int,
    scenario: str,
    switches: tuple[str, ...],
    tokens: Path | None,
    style: str,
) -> None:
    """Serve a local TikTok that publishes nothing.

    It decodes no video or photo, keeps no byte of one, asks for no password
    and reaches nothing beyond this machine.

    What it does: answer the login, Content Posting and Display APIs and send
    webhooks as documented and recorded, so that a client can be tried without
    credentials. Ctrl-C stops it.
    """
    if context.invoked_subcommand is not None:
        return
    with _ending_quietly():
        from tiktok_bridge_sandbox import foreground  # noqa: PLC0415 - heavy

        foreground.run(
            host=host,
            port=port,
            scenario=scenario,
            switches=switches,
            tokens=tokens,
            style=style,
        )


@sandbox.command()
@FORMAT
def scenarios(*, style: str) -> None:
    """List the situations the sandbox can start in."""
    from tiktok_bridge_sandbox import listing  # noqa: PLC0415 - only for this command

    click.echo(listing.as_json() if style == "json" else listing.as_text())
