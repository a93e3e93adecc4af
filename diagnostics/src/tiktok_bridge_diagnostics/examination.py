"""Judge facts by every check, and find the one cause behind many failures."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tiktok_bridge import Certainty, Finding, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tiktok_bridge import Check, Fact, Facts

BAD: Final = (Status.FAIL, Status.BLOCKED)
"""What explains the failure of a check that needs this one."""

EXPLAINED: Final = (Status.WARN, Status.FAIL, Status.UNKNOWN, Status.CRASHED)
"""What is blocked if a check that is needed failed."""


def examine(
    facts: Facts, checks: Mapping[str, Check], wanted: Iterable[str] | None = None
) -> list[Finding]:
    """Return what *checks* make of *facts*, in the order of *checks*.

    The order of the facts does not matter, nor does a fact that nobody reads. A check
    that raises is a finding too.

    Args:
        facts: What was collected.
        checks: Every check by its id; also those that only explain others.
        wanted: The ids whose findings are returned; all unless given.
    """
    found: dict[str, list[Finding]] = {}
    for check in _sorted(checks):
        judged = _as_the_site_wants(check, _judged(check, facts), facts)
        found[check.id] = [_explained(check, one, found) for one in judged]
    ids = checks if wanted is None else set(wanted)
    return [one for check in checks if check in ids for one in found[check]]


def causes(findings: Iterable[Finding]) -> list[Finding]:
    """Return the failures that no other failure explains, the likeliest first."""
    return [one for one in findings if one.status == Status.FAIL]


def _as_the_site_wants(
    check: Check, judged: list[Finding], facts: Facts
) -> list[Finding]:
    """Return *judged* as the rules of the site want it; see docs/doctor.md."""
    topic = check.id.partition(".")[0]
    rules = [*facts.of("rule", topic), *facts.of("rule", check.id)]
    for rule in rules:
        if rule.data["because"] is not None:
            says = f"skipped by the site: {rule.data['because']}"
            skipped = Finding(
                Status.SKIPPED, "site-rule", says, evidence=(rule,), check=check.id
            )
            return [skipped]
    wanted = [rule.data["with"].get("severity") for rule in rules]
    severity = next((Status(one) for one in reversed(wanted) if one), None)
    if severity is None:
        return judged
    bad = (Status.WARN, Status.FAIL)
    return [
        replace(one, status=severity) if one.status in bad else one for one in judged
    ]


def _judged(check: Check, facts: Facts) -> list[Finding]:
    try:
        judged = [replace(one, check=check.id) for one in check.judge(facts)]
    except Exception as error:  # noqa: BLE001 - a check may be a stranger's
        says = f"the check itself failed: {type(error).__name__}"
        crashed = Finding(
            Status.CRASHED, "check-crashed", says, certainty=Certainty.NONE
        )
        return [replace(crashed, check=check.id)]
    return judged or [replace(_nothing(check, facts), check=check.id)]


def _nothing(check: Check, facts: Facts) -> Finding:
    """Return what it means that the facts say nothing to *check*: never a pass."""
    ran = {fact.about: fact for fact in facts.of("collected")}
    missed = [ran[name] for name in check.reads if name in ran]
    lost = [one for one in missed if one.data["status"] in ("crashed", "late")]
    if lost:
        words = "; ".join(f"{one.about}: {one.data['says']}" for one in lost)
        return Finding(
            Status.UNKNOWN,
            "not-collected",
            f"what it takes could not be gathered ({words})",
            certainty=Certainty.NONE,
            evidence=tuple(lost),
        )
    if check.effect in ("S3", "S4", "S5") and not _has_run(check, ran):
        return Finding(
            Status.SKIPPED,
            "needs-consent",
            "it changes something, so it runs only with consent",
            certainty=Certainty.NONE,
        )
    return Finding(
        Status.SKIPPED,
        "not-applicable",
        "nothing here to check",
        certainty=Certainty.NONE,
    )


def _has_run(check: Check, ran: Mapping[str, Fact]) -> bool:
    return any(name in ran for name in check.reads)


def _explained(
    check: Check, finding: Finding, found: Mapping[str, list[Finding]]
) -> Finding:
    """Return *finding*, or that a failure of what it needs blocks it."""
    is_silent = finding.reason == "not-applicable"
    if finding.status not in EXPLAINED and not is_silent:
        return finding
    for need in check.needs:
        for other in found.get(need, ()):
            if other.status in BAD and _concerns(other, finding):
                return _blocked(finding, other)
    return finding


def _concerns(cause: Finding, finding: Finding) -> bool:
    return not cause.about or not finding.about or cause.about == finding.about


def _blocked(finding: Finding, cause: Finding) -> Finding:
    root = cause.blocked_by or cause.check
    return replace(
        finding,
        status=Status.BLOCKED,
        says=f"it cannot be told before {root} is repaired",
        certainty=Certainty.NONE,
        who_acts=None,
        remedy=None,
        settles_it=None,
        blocked_by=root,
    )


def _sorted(checks: Mapping[str, Check]) -> list[Check]:
    """Return *checks*, each after those that it needs.

    Raises:
        ValueError: Some need each other in a circle.
    """
    done: dict[str, Check] = {}

    def visit(check: Check, path: tuple[str, ...]) -> None:
        if check.id in path:
            raise ValueError(f"checks need each other: {' -> '.join(path)}")
        if check.id not in done:
            for need in check.needs:
                if need in checks:
                    visit(checks[need], (*path, check.id))
            done[check.id] = check

    for check in checks.values():
        visit(check, ())
    return list(done.values())
