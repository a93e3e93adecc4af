"""Compare two verdicts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tiktok_bridge_diagnostics.report import Report

Rows = dict[str, list[list[Any]]]
"""By the id of each check what counts of its findings; `audit` is one of them."""


def rows(report: Report) -> Rows:
    """Return of each finding what the digest is made of."""
    found: Rows = {"audit": [[str(report.audit.status), str(report.audit.certainty)]]}
    for one in report.findings:
        ids = sorted(fact.id for fact in one.evidence)
        row = [str(one.status), str(one.certainty), one.reason, ids]
        found.setdefault(one.check, []).append(row)
    return {check: sorted(found[check]) for check in found}


def rows_of_value(value: Mapping[str, Any]) -> Rows:
    """Return the same of a report that was written as JSON.

    Raises:
        KeyError, TypeError, AttributeError: It is none.
    """
    audit = value["audit"]
    found: Rows = {"audit": [[str(audit["status"]), str(audit["certainty"])]]}
    for one in value["findings"]:
        ids = sorted(str(name) for name in one["evidence"])
        row = [str(one["status"]), str(one["certainty"]), str(one["reason"]), ids]
        found.setdefault(str(one["check"]), []).append(row)
    return {check: sorted(found[check]) for check in found}


def differing(one: Rows, other: Rows) -> tuple[str, ...]:
    """Return the ids of the checks that do not say the same in both, sorted."""
    return tuple(
        sorted(
            check
            for check in one.keys() | other.keys()
            if one.get(check) != other.get(check)
        )
    )
