"""Make the findings of checks; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Certainty, Finding, Remedy, Status

if TYPE_CHECKING:
    from tiktok_bridge import Fact
    from tiktok_bridge.findings import WhoActs


def passed(
    reason: str,
    says: str,
    *evidence: Fact,
    about: str = "",
    certainty: Certainty = Certainty.CONFIRMED,
) -> Finding:
    """Return that all is well, which *evidence* shows."""
    return Finding(
        Status.PASS, reason, says, about, certainty=certainty, evidence=evidence
    )


def failed(  # noqa: PLR0913 - a failure says all of it
    reason: str,
    says: str,
    *evidence: Fact,
    who: WhoActs,
    fix: Remedy,
    about: str = "",
    certainty: Certainty = Certainty.CONFIRMED,
    settles_it: str | None = None,
) -> Finding:
    """Return what is wrong, who acts, and what helps."""
    return Finding(
        Status.FAIL,
        reason,
        says,
        about,
        certainty=certainty,
        evidence=evidence,
        who_acts=who,
        remedy=fix,
        settles_it=settles_it,
    )


def warned(  # noqa: PLR0913 - as above
    reason: str,
    says: str,
    *evidence: Fact,
    who: WhoActs,
    fix: Remedy,
    about: str = "",
    certainty: Certainty = Certainty.CONFIRMED,
    settles_it: str | None = None,
) -> Finding:
    """Return what may become wrong, who acts, and what helps."""
    return Finding(
        Status.WARN,
        reason,
        says,
        about,
        certainty=certainty,
        evidence=evidence,
        who_acts=who,
        remedy=fix,
        settles_it=settles_it,
    )


def unknown(
    reason: str, says: str, *evidence: Fact, settles_it: str, about: str = ""
) -> Finding:
    """Return that it cannot be told, and what would settle it."""
    return Finding(
        Status.UNKNOWN,
        reason,
        says,
        about,
        certainty=Certainty.NONE,
        evidence=evidence,
        settles_it=settles_it,
    )
