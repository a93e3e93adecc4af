"""Write a report as SARIF 2.1.0, which code scanners show."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from tiktok_bridge import Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tiktok_bridge import Check, Finding
    from tiktok_bridge_diagnostics.report import Report

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"

KINDS: Final = {
    Status.PASS: ("pass", "none"),
    Status.WARN: ("fail", "warning"),
    Status.FAIL: ("fail", "error"),
    Status.UNKNOWN: ("open", "none"),
    Status.CRASHED: ("open", "none"),
    Status.BLOCKED: ("open", "none"),
    Status.SKIPPED: ("notApplicable", "none"),
}
"""The kind and the level of each status; only what fails has a level."""


def render(report: Report, checks: Mapping[str, Check]) -> str:
    """Return *report* as JSON: a rule is a check, and a result is a finding."""
    used = [
        checks[name] for name in dict.fromkeys(one.check for one in report.findings)
    ]
    index = {check.id: number for number, check in enumerate(used)}
    run = {
        "tool": {
            "driver": {
                "name": "tiktok-bridge doctor",
                "version": version("tiktok-bridge-diagnostics"),
                "rules": [_rule(check) for check in used],
            }
        },
        "invocations": [
            {"executionSuccessful": True, "exitCode": report.exit_status()}
        ],
        "results": [_result(one, index[one.check]) for one in report.findings],
        "properties": {"verdictDigest": report.digest},
    }
    sarif = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(sarif, indent=2, ensure_ascii=False) + "\n"


def _rule(check: Check) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "id": check.id,
        "shortDescription": {"text": check.title},
        "fullDescription": {"text": check.explanation},
    }
    return rule | ({"helpUri": check.docs} if check.docs else {})


def _result(one: Finding, index: int) -> dict[str, Any]:
    kind, level = KINDS[one.status]
    remedy = f" {one.remedy.text}" if one.remedy else ""
    place = {"name": one.about or "installation", "kind": "resource"}
    return {
        "ruleId": one.check,
        "ruleIndex": index,
        "kind": kind,
        "level": level,
        "message": {"text": one.says + remedy},
        "locations": [{"logicalLocations": [place]}],
        "partialFingerprints": {"reason/v1": f"{one.check}:{one.about}:{one.reason}"},
        "properties": {
            "status": one.status,
            "certainty": one.certainty,
            "whoActs": one.who_acts,
            "blockedBy": one.blocked_by,
            "evidence": sorted(fact.id for fact in one.evidence),
            "logIds": list(one.log_ids),
        },
    }
