"""The doctor names the root of a hundred situations, and is never surely wrong."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from tests.diagnostics import situations
from tests.diagnostics.scene import scene
from tiktok_bridge import Certainty, Status
from tiktok_bridge_sandbox.handle import TikTokSandbox
from tiktok_bridge_sandbox.threads import running

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.diagnostics.situations import Situation
    from tiktok_bridge import Finding
    from tiktok_bridge_diagnostics.report import Report

NOT_WELL = (Status.FAIL, Status.WARN, Status.UNKNOWN, Status.CRASHED)

LIKE_HEALTHY = "all is well"
"""The situation whose warnings and open questions are those of every test machine."""


@dataclass(frozen=True, slots=True)
class Score:
    """How a report was, held against a label."""

    is_exact: bool
    has_one_red_line: bool
    surely_wrong: tuple[str, ...]


def judged(label: Situation, report: Report, usual: set[str]) -> Score:
    """Hold *report* against *label*; *usual* are findings of every test machine."""
    reds = report.causes
    audit = (report.audit.status, str(report.audit.certainty))
    news = [one for one in report.findings if _name(one) not in usual]
    allowed = {*label.also, label.cause if label.kind == "red" else ""}
    surely = [
        _name(one)
        for one in reds
        if one.certainty == Certainty.CONFIRMED and one.check not in allowed
    ]
    surely += [
        _name(one)
        for one in report.findings
        if one.check == label.cause and one.status == Status.PASS
        if not any(_names(label, other) for other in report.findings)
    ]
    if audit[1] == "confirmed" and audit != label.audit:
        surely.append(f"audit is {audit[0]}")
    is_exact = _is_named(label, reds, news) and audit == label.audit
    wanted = 1 if label.kind == "red" and label.cause else 0
    has_one = len(reds) == wanted + len(label.also)
    return Score(is_exact, has_one, tuple(surely))


def _is_named(label: Situation, reds: list[Finding], news: list[Finding]) -> bool:
    """Tell whether the first red line, or the only news, is what *label* says."""
    if not label.cause:
        return not reds and not any(one.status in NOT_WELL for one in news)
    if label.kind == "red":
        return bool(reds) and _names(label, reds[0])
    status = Status.WARN if label.kind == "warn" else Status.UNKNOWN
    told = [one for one in news if one.status == status]
    if label.kind == "warn":
        told = told[:1]
    return not reds and any(_names(label, one) for one in told)


def _names(label: Situation, finding: Finding) -> bool:
    is_one = (finding.check, finding.reason) == (label.cause, label.reason)
    return is_one and finding.who_acts == label.acts


def _name(one: Finding) -> str:
    return f"{one.check} {one.reason} {one.status}"


def met(label: Situation, folder: Path, sandbox: TikTokSandbox) -> Report:
    """Bring the situation about and examine it."""
    sandbox.reset(label.scenario, **label.switches)
    with scene(folder, sandbox) as one:
        one.studio.log_in(*label.accounts)
        for step in label.make:
            step(one)
        return one.examine().report


@pytest.fixture(scope="module")
def sandbox() -> Iterator[TikTokSandbox]:
    with running() as base_url:
        sandbox = TikTokSandbox(base_url)
        yield sandbox
        sandbox.assert_lawful()


@pytest.fixture(scope="module")
def reports(
    sandbox: TikTokSandbox, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Report]:
    """What the doctor says in each situation."""
    folder = tmp_path_factory.mktemp("situations")
    return {
        one.name: met(one, folder / str(number), sandbox)
        for number, one in enumerate(situations.ALL)
    }


def scores(labels: Sequence[Situation], reports: dict[str, Report]) -> dict[str, Score]:
    """Hold the report of each situation against the label that has its name."""
    usual = {
        _name(one)
        for one in reports[LIKE_HEALTHY].findings
        if one.status in (Status.WARN, Status.UNKNOWN)
    }
    return {one.name: judged(one, reports[one.name], usual) for one in labels}


def confusion(labels: Sequence[Situation], reports: dict[str, Report]) -> list[str]:
    """Return a line for each situation that was not judged as its label says."""
    lines = []
    scored = scores(labels, reports)
    for one in labels:
        score, report = scored[one.name], reports[one.name]
        if score.is_exact and score.has_one_red_line and not score.surely_wrong:
            continue
        told = [
            f"{_name(found)} {found.who_acts}"
            for found in report.findings
            if found.status not in (Status.PASS, Status.SKIPPED, Status.BLOCKED)
        ]
        audit = f"{report.audit.status}/{report.audit.certainty}"
        lines.append(
            f"{one.name}: wanted {one.kind} {one.cause or 'nothing'} {one.reason}"
            f" {one.acts} {one.audit}; got {told}, audit {audit};"
            f" surely wrong: {score.surely_wrong or 'no'}"
        )
    return lines


def share(values: Sequence[bool]) -> float:
    return sum(values) / len(values)


def test_there_are_at_least_eighty_situations() -> None:
    names = {one.name for one in situations.ALL}

    assert len(names) == len(situations.ALL) >= 80


def test_the_root_is_named_and_nothing_is_surely_wrong(
    reports: dict[str, Report],
) -> None:
    scored = list(scores(situations.ALL, reports).values())
    told = "\n".join(confusion(situations.ALL, reports))
    sys.stdout.write(told)

    assert [one.surely_wrong for one in scored if one.surely_wrong] == [], told
    assert share([one.is_exact for one in scored]) >= 0.95, told
    assert share([one.has_one_red_line for one in scored]) >= 0.90, told


def test_swapped_labels_score_low(reports: dict[str, Report]) -> None:
    labels = sorted(situations.ALL, key=lambda one: (one.cause, one.reason))
    half = len(labels) // 2
    turned = [*labels[half:], *labels[:half]]
    swapped = [
        replace(label, name=one.name) for one, label in zip(labels, turned, strict=True)
    ]
    scored = list(scores(swapped, reports).values())

    assert share([one.is_exact for one in scored]) < 0.20
    assert any(one.surely_wrong for one in scored)
