"""The command group `doctor`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from tiktok_bridge_diagnostics.bundle.build import Audience
    from tiktok_bridge_diagnostics.redact.maker import Profile

FORMATS = ("text", "json", "junit", "sarif", "md")

CHOICES = (
    click.option(
        "--only",
        multiple=True,
        metavar="ID",
        help="Only this check, or this topic; may be repeated.",
    ),
    click.option(
        "--skip",
        multiple=True,
        metavar="ID",
        help="Not this check, or this topic; may be repeated.",
    ),
    click.option(
        "--rules",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="What the site wants otherwise; doctor.yaml beside bridge.yaml if there.",
    ),
)
"""The options of every command that examines an installation."""


PROBES = (
    click.option(
        "--probe",
        "probed",
        multiple=True,
        type=click.Choice(["audit", "refresh"]),
        help="audit: an init without bytes. refresh: renew the token. Needs consent.",
    ),
    click.option(
        "--test-post",
        is_flag=True,
        help="Post a clip that its creator alone sees. Needs consent.",
    ),
    click.option(
        "--account", help="Which account is probed; the only one if not given."
    ),
    click.option(
        "--consent",
        "consented",
        metavar="ACCOUNT",
        help="Consent for this account; asked for on a terminal if not given.",
    ),
    click.option(
        "--i-accept-public-post",
        "public_as",
        metavar="@HANDLE",
        help="The clip of --test-post may be public on this account.",
    ),
    click.option(
        "--posts",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Check the posts of this file, too; nothing is sent.",
    ),
)
"""The options that let an examination do more; names are those of `probes.chosen`."""


def choosing(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `CHOICES` and `PROBES` to *command*."""
    for option in reversed((*CHOICES, *PROBES)):
        command = option(command)
    return command


def choosing_rules(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `PROBES` and `--rules` to *command*, which runs every check."""
    for option in reversed((CHOICES[-1], *PROBES)):
        command = option(command)
    return command


def in_format(*formats: str) -> Callable[..., Any]:
    """Add `--format` to a command that writes *formats*."""
    return click.option(
        "--format",
        "output",
        type=click.Choice(formats),
        default="text",
        show_default=True,
        help="json follows a schema of `schemas/`.",
    )


for_whom = click.option(
    "--for",
    "profile",
    type=click.Choice(["tiktok", "public"]),
    default="tiktok",
    show_default=True,
    help="Who may read it: public hides log ids and the ids of posts, too.",
)
"""Add `--for` to a command that writes evidence."""


@click.group(invoke_without_command=True)
@choosing
@click.option("--spotlight", is_flag=True, help="Only the first cause.")
@click.option("--strict", is_flag=True, help="Warnings end with status 4.")
@click.option("-v", "--verbose", is_flag=True, help="Also what passed or was skipped.")
@in_format(*FORMATS)
@click.pass_context
def doctor(context: click.Context, /, **options: Any) -> int:  # noqa: ANN401 - see `run`
    """Find out why TikTok refuses, and who has to act.

    It changes nothing, unless --probe or --test-post says so and somebody consents.
    """
    if context.invoked_subcommand:
        return 0
    from tiktok_bridge_diagnostics.run import run  # noqa: PLC0415 - only here

    return run(context.obj, **options)


@doctor.command("list")
@click.pass_obj
def list_(app: Any) -> None:  # noqa: ANN401 - the program, which is not public
    """List the checks that are installed."""
    from tiktok_bridge_diagnostics import registry  # noqa: PLC0415 - only here

    for check in registry.all_checks(app.host).values():
        click.echo(f"{check.id:28} {check.effect}  {check.title}")


@doctor.command()
@in_format("text", "json")
@click.argument("code", nargs=-1, required=True)
@click.pass_obj
def explain(app: Any, code: tuple[str, ...], output: str) -> int:  # noqa: ANN401 - as above
    """Explain CODE: what it means, what it is not, who acts, what to do.

    CODE is any code that TikTok gives: of an answer, a failed post, the login, an
    upload ("upload 416"), or an HTTP status (403). It may also be a JSON body, a log
    line, an address, or a file that holds some; - reads standard input. Of all that,
    only codes, words that are nearly one, and log ids are repeated. If posts of this
    installation met it, that is told as well.
    """
    from tiktok_bridge_diagnostics.explain import run as command  # noqa: PLC0415

    return command.run(code, output, app.config, app.host)


@doctor.command(context_settings={"ignore_unknown_options": True})
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("cassette.json"),
    show_default=True,
    help="The cassette; nothing may be there.",
)
@for_whom
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
@click.pass_context
def record(
    context: click.Context, command: tuple[str, ...], output: Path, profile: Profile
) -> int:
    """Run COMMAND, and record what it says to TikTok and hears, without secrets.

    COMMAND is one of this program with its own options, such as `publish posts.yaml`;
    write `--` before it. Its exit status is the one of this command. The cassette is
    whole at any moment, and VCR plays it.
    """
    from tiktok_bridge_diagnostics import record as recording  # noqa: PLC0415

    return recording.run(context, command, output, profile)


@doctor.command("bundle")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="The bundle that is written.",
)
@for_whom
@choosing_rules
@click.pass_obj
def bundle_(
    app: Any,  # noqa: ANN401 - likewise
    /,
    output: Path,
    profile: Audience,
    **options: Any,  # noqa: ANN401 - see `run`
) -> int:
    """Pack redacted evidence and a ticket into a file that can be sent to anyone.

    Secrets and names are replaced before anything is written, and the finished file is
    searched for every secret of this machine: with one in it, it is not written, and
    the status is 6.
    """
    from tiktok_bridge_diagnostics.run import bundle  # noqa: PLC0415 - only here

    return bundle(app, output, profile, **options)


@doctor.command()
@click.argument("file", type=click.Path(path_type=Path))
def verify(file: Path) -> int:
    """Say whether the bundle FILE is as it was made; if not, the status is 1."""
    from tiktok_bridge_diagnostics.bundle import command  # noqa: PLC0415 - only here

    return command.verify(file)


@doctor.command()
@click.option("--strict", is_flag=True, help="Warnings end with status 4.")
@in_format(*FORMATS)
@click.argument("file", type=click.Path(path_type=Path))
def replay(file: Path, output: str, *, strict: bool) -> int:
    """Judge the evidence in FILE again: a bundle, or a cassette of VCR in JSON.

    Nothing is unpacked, asked or changed, and no plugin is asked for it. The status is
    that of the report, or 7 if a bundle gives another verdict than when it was packed.
    """
    from tiktok_bridge_diagnostics.bundle import command  # noqa: PLC0415 - only here

    return command.replay(file, output, strict=strict)


@doctor.command()
@click.argument("one", type=click.Path(path_type=Path))
@click.argument("other", type=click.Path(path_type=Path))
def diff(one: Path, other: Path) -> int:
    """Say what changed between two bundles, or two reports in JSON.

    Findings, the audit, and the facts that may explain it, such as the client key, when
    a token was issued, scopes and versions: for an approval that does not show.
    """
    from tiktok_bridge_diagnostics.bundle import command  # noqa: PLC0415 - only here

    return command.diff(one, other)
