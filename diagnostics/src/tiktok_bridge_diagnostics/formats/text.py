"""Write a report for people: one cause first, a box for each topic."""

from __future__ import annotations

import shutil
import textwrap
from typing import TYPE_CHECKING, Final

import click

from tiktok_bridge import Status
from tiktok_bridge_diagnostics.formats.topics import grouped, summary, title
from tiktok_bridge_diagnostics.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tiktok_bridge import Check, Finding
    from tiktok_bridge_diagnostics.report import Report

WIDEST: Final = 100
"""Columns that text takes at most."""

BOXES: Final = {
    Status.PASS: ("[✓]", "[ok]", "green"),
    Status.WARN: ("[!]", "[!]", "yellow"),
    Status.FAIL: ("[✗]", "[x]", "red"),
    Status.UNKNOWN: ("[?]", "[?]", "yellow"),
    Status.BLOCKED: ("[…]", "[..]", "bright_black"),
    Status.SKIPPED: ("[-]", "[-]", "bright_black"),
    Status.CRASHED: ("[?]", "[?]", "magenta"),
}
"""The box of each status: as it is, in plain ASCII, and its colour."""

QUIET: Final = (Status.PASS, Status.SKIPPED)
"""What is only counted."""


def render(
    report: Report,
    checks: Mapping[str, Check],
    *,
    spotlight: bool = False,
    verbose: bool = False,
    ascii_only: bool = False,
) -> str:
    """Return *report* as text.

    Args:
        report: What to tell.
        checks: The checks that it speaks of.
        spotlight: Whether only the first cause is told.
        verbose: Whether what passed and what was skipped is told one by one.
        ascii_only: Whether the reader's terminal knows no other signs.
    """
    told = report.causes[:1] if spotlight else list(report.findings)
    lines = [_headline(report), ""]
    for topic, found in grouped(report).items():
        shown = [one for one in found if one in told]
        if not spotlight or shown:
            lines += _topic(topic, shown, checks, verbose=verbose, plain=ascii_only)
    if not spotlight:
        lines += ["", *_audit(report), *_counts(report)]
    return "\n".join(lines).rstrip() + "\n"


def _headline(report: Report) -> str:
    colour = "red" if report.causes else "green"
    return click.style(_filled(summary(report), "", ""), fg=colour, bold=True)


def _topic(
    topic: str,
    found: list[Finding],
    checks: Mapping[str, Check],
    *,
    verbose: bool,
    plain: bool,
) -> Iterator[str]:
    yield f"{_box(found[0].status, plain=plain)} {click.style(title(topic), bold=True)}"
    quiet = [one for one in found if one.status in QUIET and not verbose]
    for one in found:
        if one not in quiet:
            yield from _told(one, checks[one.check], plain=plain)
    if quiet and len(quiet) < len(found):
        yield f"    {_counted(quiet)}"


def _told(one: Finding, check: Check, *, plain: bool) -> Iterator[str]:
    about = f" · {printable(one.about)}" if one.about else ""
    yield f"    {_box(one.status, plain=plain)} {check.title}{about}  ({one.check})"
    yield _filled(one.says, "        ", "        ")
    if one.status in QUIET or one.status == Status.BLOCKED:
        return
    sure = f"certainty: {one.certainty}"
    yield "        " + "; ".join(
        [f"who acts: {one.who_acts}", sure] if one.who_acts else [sure]
    )
    if one.remedy:
        yield _filled(one.remedy.text, "        do: ", "            ")
        if one.remedy.command:
            yield f"            $ {printable(one.remedy.command)}"
        if docs := one.remedy.docs or check.docs:
            yield f"            {docs}"
    if one.settles_it:
        yield _filled(one.settles_it, "        what settles it: ", "            ")
    seen = ", ".join(sorted(fact.id for fact in one.evidence))
    if seen:
        yield _filled(seen, "        evidence: ", "            ")
    if one.log_ids:
        yield _filled(", ".join(one.log_ids), "        log ids: ", "            ")


def _audit(report: Report) -> Iterator[str]:
    audit = report.audit
    yield click.style(f"Audit: {audit.status}, {audit.certainty}", bold=True)
    yield _filled(audit.says, "    ", "    ")
    if audit.settles_it:
        yield _filled(audit.settles_it, "    what settles it: ", "        ")
    yield ""


def _counts(report: Report) -> Iterator[str]:
    yield ", ".join(f"{count} {name}" for name, count in report.counts.items() if count)


def _counted(quiet: list[Finding]) -> str:
    passed = sum(one.status == Status.PASS for one in quiet)
    skipped = len(quiet) - passed
    words = [f"{passed} passed"] * bool(passed) + [f"{skipped} skipped"] * bool(skipped)
    return ", ".join(words)


def _box(status: Status, *, plain: bool) -> str:
    sign, ascii_sign, colour = BOXES[status]
    return click.style(ascii_sign if plain else sign, fg=colour)


def _filled(text: str, first: str, others: str) -> str:
    return textwrap.fill(
        printable(text),
        min(shutil.get_terminal_size().columns, WIDEST),
        initial_indent=first,
        subsequent_indent=others,
        break_on_hyphens=False,
        break_long_words=False,
    )
