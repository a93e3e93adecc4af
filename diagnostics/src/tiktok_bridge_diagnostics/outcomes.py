"""Build the findings of checks that say the same things of different facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Certainty, Finding, Status

if TYPE_CHECKING:
    from tiktok_bridge import Fact, Remedy


def passed(
    reason: str, says: str, *evidence: Fact, about: str | None = None
) -> Finding:
    """Return that all is well, *about* what the first fact is about unless said."""
    about = evidence[0].about if about is None else about
    return Finding(Status.PASS, reason, says, about, evidence=evidence)


def warned(
    reason: str,
    says: str,
    remedy: Remedy,
    *evidence: Fact,
    certainty: Certainty = Certainty.CONFIRMED,
    about: str | None = None,
) -> Finding:
    """Return that the operator had better do something."""
    return Finding(
        Status.WARN,
        reason,
        says,
        evidence[0].about if about is None else about,
        certainty=certainty,
        evidence=evidence,
        who_acts="operator",
        remedy=remedy,
    )


def failed(
    reason: str,
    says: str,
    remedy: Remedy,
    *evidence: Fact,
    certainty: Certainty = Certainty.CONFIRMED,
    about: str | None = None,
) -> Finding:
    """Return that the operator has to do something."""
    return Finding(
        Status.FAIL,
        reason,
        says,
        evidence[0].about if about is None else about,
        certainty=certainty,
        evidence=evidence,
        who_acts="operator",
        remedy=remedy,
    )
