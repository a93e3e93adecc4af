"""Put findings into a report: one cause first, and a digest of the verdict."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tiktok_bridge import Certainty, Status
from tiktok_bridge_diagnostics.audit import Audit, judge
from tiktok_bridge_diagnostics.examination import causes, examine

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tiktok_bridge import Check, Facts, Finding

VERSION: Final = 1
"""Version of the report; see `schemas/doctor-report.schema.json`."""

UNDECIDED: Final = (Status.UNKNOWN, Status.CRASHED)


@dataclass(frozen=True, slots=True)
class Report:
    """What the doctor says.

    Attributes:
        findings: Of every check that was asked for, in their order.
        audit: What is known of the audit.
        at: When it was judged, in seconds since the epoch.
    """

    findings: tuple[Finding, ...]
    audit: Audit
    at: float

    @property
    def causes(self) -> list[Finding]:
        """The failures that no other failure explains, the likeliest first."""
        return causes(self.findings)

    @property
    def counts(self) -> dict[str, int]:
        """How many findings there are of each status."""
        counted = Counter(str(one.status) for one in self.findings)
        return {status.value: counted.get(status.value, 0) for status in Status}

    def exit_status(self, *, strict: bool = False) -> int:
        """Return 3 for failures, 5 for undecided, 4 for warnings if *strict*, or 0."""
        statuses = {one.status for one in self.findings}
        if Status.FAIL in statuses:
            return 3
        if statuses.intersection(UNDECIDED):
            return 5
        return 4 if strict and Status.WARN in statuses else 0

    @property
    def digest(self) -> str:
        """SHA-256 of the verdict: no times, paths or words in it."""
        judged = sorted(
            [
                one.check,
                one.status,
                one.certainty,
                one.reason,
                sorted(fact.id for fact in one.evidence),
            ]
            for one in self.findings
        )
        audit = [self.audit.status, self.audit.certainty]
        text = json.dumps([judged, audit], separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def make(
    facts: Facts, checks: Mapping[str, Check], wanted: Iterable[str] | None = None
) -> Report:
    """Return what *checks* say of *facts*; see `examine`."""
    return Report(tuple(examine(facts, checks, wanted)), _audit(facts), facts.now)


def _audit(facts: Facts) -> Audit:
    """Return what is known of the audit; facts that nobody can read decide nothing."""
    try:
        return judge(facts)
    except Exception as error:  # noqa: BLE001 - a stranger's evidence may be anything
        says = f"the evidence cannot be weighed ({type(error).__name__})"
        return Audit("undetermined", Certainty.NONE, (), None, says)


def to_value(report: Report, checks: Mapping[str, Check]) -> dict[str, Any]:
    """Return *report* as JSON; see `schemas/doctor-report.schema.json`."""
    return {
        "version": VERSION,
        "at": report.at,
        "verdict_digest": report.digest,
        "exit_status": report.exit_status(),
        "causes": [[one.check, one.about] for one in report.causes],
        "counts": report.counts,
        "audit": {
            "status": report.audit.status,
            "certainty": report.audit.certainty,
            "says": report.audit.says,
            "settles_it": report.audit.settles_it,
            "evidence": sorted(
                {fact.id for one in report.audit.evidence for fact in one.facts}
            ),
        },
        "findings": [finding_value(one, checks[one.check]) for one in report.findings],
    }


def finding_value(one: Finding, check: Check) -> dict[str, Any]:
    """Return *one* finding of *check* as JSON."""
    return {
        "check": one.check,
        "title": check.title,
        "about": one.about,
        "status": one.status,
        "certainty": one.certainty,
        "reason": one.reason,
        "says": one.says,
        "who_acts": one.who_acts,
        "evidence": sorted(fact.id for fact in one.evidence),
        "log_ids": list(one.log_ids),
        "remedy": one.remedy
        and {
            "text": one.remedy.text,
            "command": one.remedy.command,
            "docs": one.remedy.docs or check.docs,
        },
        "settles_it": one.settles_it,
        "blocked_by": one.blocked_by,
    }
