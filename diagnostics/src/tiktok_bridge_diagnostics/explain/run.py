"""Explain a code, or every code in what was pasted, on the command line."""

from __future__ import annotations

import json
import re
import shutil
import sys
import textwrap
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

import click

from tiktok_bridge_diagnostics.explain.local import Met, met
from tiktok_bridge_diagnostics.explain.scan import Scan, scan

if TYPE_CHECKING:
    from tiktok_bridge import Explanation, Host

UNKNOWN: Final = 2
"""Exit status when no code was recognised."""

MAX_INPUT: Final = 2 * 1024 * 1024
"""Bytes of a file or of standard input that are read."""

WIDEST: Final = 100
"""Columns that text takes at most."""

ASK_FOR_MORE: Final = (
    "error.code in the body of the answer tells which it is, or error if it comes from"
    " an OAuth endpoint, whose statuses are not documented; an upload has no code."
)
"""How the codes of one HTTP status are told apart."""


_NO_NAME: Final = re.compile(r"[{}=\n]")


def run(
    code: tuple[str, ...],
    output: str,
    config: Path | None = None,
    host: Host | None = None,
) -> int:
    """Print what *code* means, or that nobody knows it; return the exit status.

    Where the installation at *config* has met it is told as well.
    """
    given = " ".join(code)
    found = scan(_read(given))
    here = met(config, host, _spellings(found)) if config and host else []
    if output == "json":
        report = {"version": 1, **_report(found), "met": [asdict(one) for one in here]}
        click.echo(json.dumps(report, indent=2, ensure_ascii=False))
    else:
        _print(found)
        _print_met(here)
    if found.found or found.statuses:
        return 0
    _say_what_is_missing(found, given, is_one=len(code) == 1)
    return UNKNOWN


def _spellings(found: Scan) -> list[str]:
    return [name for one in found.found for name in (one.code, *one.spellings)]


def _print_met(here: list[Met]) -> None:
    for one in here:
        posts = "1 post stands" if one.posts == 1 else f"{one.posts} posts stand"
        log_id = f", log id {one.log_id}" if one.log_id else ""
        told = f"{posts} there with {one.code}, the last ({one.account}) since {one.at}"
        click.echo()
        _fill(f"here: {told}{log_id}; `tiktok-bridge posts list` names them")


def _read(given: str) -> str:
    if given == "-":
        # closed with <&-, it is None, whatever its type says
        stream: TextIO | None = sys.stdin
        return _cut(stream.buffer.read(MAX_INPUT + 1)) if stream else ""
    if not _is_readable(given):
        return given
    with Path(given).open("rb") as file:
        return _cut(file.read(MAX_INPUT + 1))


def _is_readable(given: str) -> bool:
    """Tell whether *given* names a file or a pipe, such as <(command) makes."""
    try:
        return Path(given).is_file() or Path(given).is_fifo()
    except (OSError, ValueError):  # too long for a name, or no name at all
        return False


def _say_what_is_missing(found: Scan, given: str, *, is_one: bool) -> None:
    """Say why nothing was recognised; what was given may be a secret."""
    if given != "-" and (wrong := _wrong_file(given)):
        click.echo(wrong, err=True)
        return
    could_be_file = is_one and given != "-" and not _NO_NAME.search(given)
    if found.unknown or found.strange:
        if could_be_file:
            click.echo("no file has this name either", err=True)
        return
    no_file = ", and no file has this name" if could_be_file else ""
    click.echo(f"no code of TikTok is in it{no_file}", err=True)


def _wrong_file(given: str) -> str | None:
    path = Path(given)
    try:
        if path.is_dir():
            return "it is a folder; name a file in it"
        if path.is_symlink() and not path.exists():
            return "it is a link to a file that does not exist"
    except (OSError, ValueError):
        return None
    return None


def _cut(read: bytes) -> str:
    if len(read) > MAX_INPUT:
        click.echo(f"warning: only the first {MAX_INPUT:,} bytes are read", err=True)
    return read[:MAX_INPUT].decode("utf-8", errors="replace")


def _report(found: Scan) -> dict[str, Any]:
    return {
        "explanations": [
            asdict(one) | {"where": one.where, "retry_advice": one.retry_advice}
            for one in found.found
        ],
        "statuses": [
            {
                "status": int(status),
                "codes": [
                    {"kind": one.kind, "code": one.code, "meaning": _brief(one)}
                    for one in codes
                ],
            }
            for status, codes in found.statuses.items()
        ],
        "unknown": [
            {"code": code, "near": near} for code, near in found.unknown.items()
        ],
        "strange": found.strange,
        "log_ids": found.log_ids,
    }


def _print(found: Scan) -> None:
    for number, one in enumerate(found.found):
        if number:
            click.echo()
        _print_one(one)
    for number, (status, codes) in enumerate(found.statuses.items()):
        if number or found.found:
            click.echo()
        _print_status(status, codes)
    for log_id in found.log_ids:
        click.echo(f"\nTikTok's log id, for its support: {log_id}")
    for code, near in found.unknown.items():
        how = "it comes with" if code.isdigit() else "near is"
        guess = f"; {how} {', '.join(near)}" if near else ""
        click.echo(f"{code} is no code that is known here{guess}", err=True)
    if found.strange:
        more = " more" if found.unknown else ""
        is_what = "word is no code" if found.strange == 1 else "words are no codes"
        known = "that is known here" if found.strange == 1 else "that are known here"
        click.echo(f"{found.strange}{more} {is_what} {known}", err=True)


def _print_status(status: str, codes: tuple[Explanation, ...]) -> None:
    """Print the codes of an HTTP status, one line or two each."""
    _fill(f"HTTP {status} alone does not say enough: {ASK_FOR_MORE}")
    for one in codes:
        _fill(f"{_name(one)}: {_brief(one)}", "  ", "      ")
    click.echo("`tiktok-bridge doctor explain CODE` says what to do about one of them.")


def _brief(one: Explanation) -> str:
    """Return the first sentence of what *one* means."""
    return re.split(r"(?<=\.)\s", one.meaning, maxsplit=1)[0]


def _name(one: Explanation) -> str:
    numbered = f"{one.kind} {one.code}" if one.code[:1].isdigit() else one.code
    return numbered or "an answer without a code"


def _print_one(one: Explanation) -> None:
    click.echo(_name(one))
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
    for name, text in rows:
        if text:
            _fill(text, f"  {name:10}", " " * 12)


def _fill(text: str, first: str = "", others: str = "") -> None:
    """Print *text* in lines that fit, the first after *first*."""
    click.echo(
        textwrap.fill(
            text,
            min(shutil.get_terminal_size().columns, WIDEST),
            initial_indent=first,
            subsequent_indent=others,
            break_on_hyphens=False,
            break_long_words=False,
        )
    )
