"""The command group `doctor`."""

from __future__ import annotations

import json

import click


@click.group(invoke_without_command=True)
@click.option("--only", multiple=True, help="A check or a topic; may be repeated.")
@click.option("--skip", multiple=True, help="A check or a topic; may be repeated.")
@click.option("--strict", is_flag=True, help="Warnings end with status 4.")
@click.option(
    "--format",
    "output",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="json follows a schema of `schemas/`.",
)
@click.pass_context
def doctor(
    context: click.Context,
    only: tuple[str, ...],
    skip: tuple[str, ...],
    output: str,
    *,
    strict: bool,
) -> int:
    """Find out why TikTok refuses, and who has to act; changes nothing."""
    if context.invoked_subcommand:
        return 0
    from tiktok_bridge_diagnostics import report  # noqa: PLC0415 - only here
    from tiktok_bridge_diagnostics.doctor import examine  # noqa: PLC0415

    app = context.obj
    examined = examine(app.config, app.host, only=only, skip=skip)
    if output == "json":
        value = report.to_value(examined.report, examined.checks)
        click.echo(json.dumps(value, indent=2, ensure_ascii=False))
    else:
        for one in examined.report.findings:
            click.echo(f"{one.status:8} {one.check:24} {one.about:10} {one.says}")
    return examined.report.exit_status(strict=strict)


@doctor.command("list")
@click.pass_obj
def list_(app: object) -> None:
    """List the checks that are installed."""
    from tiktok_bridge_diagnostics import registry  # noqa: PLC0415 - only here

    for check in registry.all_checks(getattr(app, "host", None)).values():
        click.echo(f"{check.id:28} {check.effect}  {check.title}")


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
    from tiktok_bridge_diagnostics.explain import run as command  # noqa: PLC0415

    return command.run(code, output)
