"""Explain a code, or every code in what was pasted, on the command line."""

from __future__ import annotations

import dataclasses
import json
import shutil
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from tiktok_bridge_diagnostics.scan import Scan, scan

if TYPE_CHECKING:
    from tiktok_bridge import Explanation

UNKNOWN: Final = 2
"""Exit status when no code was recognised."""

MAX_INPUT: Final = 2 * 1024 * 1024
"""Bytes of a file or of standard input that are read."""

WIDEST: Final = 100
"""Columns that text takes at most."""


@click.command()
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
    upload ("upload 416"). It may also be a JSON body, a log line, an address, or a file
    that holds some; - reads standard input. Nothing else of it is repeated.
    """
    found = scan(_read(" ".join(code)))
    if output == "json":
        report = {"version": 1, **_report(found)}
        click.echo(json.dumps(report, indent=2, ensure_ascii=False))
    else:
        _print(found)
    return 0 if found.found else UNKNOWN


def _read(given: str) -> str:
    if given == "-":
        return _cut(sys.stdin.buffer.read(MAX_INPUT + 1))
    try:
        is_file = Path(given).is_file()
    except (OSError, ValueError):  # too long for a name, or no name at all
        is_file = False
    if not is_file:
        return given
    with Path(given).open("rb") as file:
        return _cut(file.read(MAX_INPUT + 1))


def _cut(read: bytes) -> str:
    if len(read) > MAX_INPUT:
        click.echo(f"warning: only the first {MAX_INPUT:,} bytes are read", err=True)
    return read[:MAX_INPUT].decode("utf-8", errors="replace")


def _report(found: Scan) -> dict[str, Any]:
    return {
        "explanations": [
            dataclasses.asdict(one)
            | {"where": one.where, "retry_advice": one.retry_advice}
            for one in found.found
        ],
        "unknown": [
            {"code": code, "near": near} for code, near in found.unknown.items()
        ],
        "log_ids": found.log_ids,
    }


def _print(found: Scan) -> None:
    for number, one in enumerate(found.found):
        if number:
            click.echo()
        _print_one(one)
    for log_id in found.log_ids:
        click.echo(f"\nTikTok's log id, for its support: {log_id}")
    for code, near in found.unknown.items():
        how = "it comes with" if code.isdigit() else "near is"
        guess = f"; {how} {', '.join(near)}" if near else ""
        click.echo(f"{code} is no code that is known here{guess}", err=True)
    if not found.found and not found.unknown:
        click.echo("no code of TikTok is in it", err=True)


def _print_one(one: Explanation) -> None:
    numbered = f"{one.kind} {one.code}" if one.code[:1].isdigit() else one.code
    click.secho(numbered or "an answer without a code", bold=True)
    rows = [
        ("where", one.where),
        ("also", ", ".join(one.spellings)),
        ("means", one.meaning),
        ("is not", one.is_not),
        ("who acts", one.who_acts),
        ("do", one.remedy),
        ("retry", one.retry_advice),
        ("HTTP", ", ".join(map(str, one.http))),
        ("page", one.docs),
    ]
    width = min(shutil.get_terminal_size().columns, WIDEST)
    for name, text in rows:
        if text:
            click.echo(
                textwrap.fill(
                    text,
                    width,
                    initial_indent=f"  {name:10}",
                    subsequent_indent=" " * 12,
                    break_on_hyphens=False,
                    break_long_words=False,
                )
            )
