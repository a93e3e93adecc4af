"""Write a report as Markdown, for an issue or a chat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Status
from tiktok_bridge_diagnostics.formats.topics import WORST, summary
from tiktok_bridge_diagnostics.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tiktok_bridge import Check, Finding
    from tiktok_bridge_diagnostics.report import Report

TOLD = (Status.FAIL, Status.WARN, Status.UNKNOWN, Status.CRASHED, Status.BLOCKED)
"""What has a row; the rest is counted."""


def render(report: Report, checks: Mapping[str, Check]) -> str:
    """Return *report* as Markdown; nothing of what was seen is rendered as such."""
    return "\n".join(_lines(report, checks)) + "\n"


def _lines(report: Report, checks: Mapping[str, Check]) -> Iterator[str]:
    yield f"**{escaped(summary(report))}**"
    yield ""
    yield f"Audit: {report.audit.status}, {report.audit.certainty}."
    yield escaped(f"{report.audit.says}.")
    if report.audit.settles_it:
        yield f"What settles it: {escaped(report.audit.settles_it)}"
    told = [one for one in report.findings if one.status in TOLD]
    if told:
        yield ""
        yield "| status | check | about | what | who acts | do | log ids |"
        yield "|---|---|---|---|---|---|---|"
    for one in sorted(told, key=lambda one: WORST.index(one.status)):
        yield _row(one, checks[one.check])
    counts = (f"{count} {name}" for name, count in report.counts.items() if count)
    yield ""
    yield f"{', '.join(counts)}. Verdict digest: `{report.digest}`"


def _row(one: Finding, check: Check) -> str:
    remedy = one.remedy.text if one.remedy else ""
    if docs := (one.remedy and one.remedy.docs) or (one.remedy and check.docs):
        remedy += f" {docs}"
    cells = [
        f"{one.status}, {one.certainty}",
        one.check,
        one.about,
        one.says,
        one.who_acts or "",
        remedy,
        ", ".join(one.log_ids),
    ]
    return f"| {' | '.join(escaped(cell) for cell in cells)} |"


def escaped(text: str) -> str:
    """Return *text* in one line that Markdown shows as it is."""
    said = printable(text)
    for sign in "\\`*_[]<>|#~!":
        said = said.replace(sign, f"\\{sign}")
    return said
