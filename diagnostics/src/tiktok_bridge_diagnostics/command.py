"""The command group `doctor`."""

from __future__ import annotations

import click


@click.group()
def doctor() -> None:
    """Find out why TikTok refuses: explain its codes; no checks yet."""


@doctor.command("list")
def list_() -> None:
    """List the checks that are installed."""
    click.echo("no checks are installed yet")


@doctor.command()
@click.option(
    "--format",
    "output",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="json follows a schema of `schemas/`.",
)
@click.argument("code", nargs=-1, required=True)
def explain(code: tuple[str, ...], output: str) -> int:
    """Explain CODE: what it means, what it is not, who acts, what to do.

    CODE is any code that TikTok gives: of an answer, a failed post, the login, an
    upload ("upload 416"), or an HTTP status (403). It may also be a JSON body, a log
    line, an address, or a file that holds some; - reads standard input. Of all that,
    only codes, words that are nearly one, and log ids are repeated.
    """
    from tiktok_bridge_diagnostics import explain as command  # noqa: PLC0415 - only here

    return command.run(code, output)
