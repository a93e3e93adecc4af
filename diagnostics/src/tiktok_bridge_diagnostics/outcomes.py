"""Make the findings that an operator acts on, about what the first fact is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Certainty
from tiktok_bridge_diagnostics import say

if TYPE_CHECKING:
    from tiktok_bridge import Fact, Finding, Remedy


def passed(
    reason: str, says: str, *evidence: Fact, about: str | None = None
) -> Finding:
    """Return that all is well, *about* what the first fact is about unless said."""
    return say.passed(reason, says, *evidence, about=_about(evidence, about))


def warned(
    reason: str,
    says: str,
    remedy: Remedy,
    *evidence: Fact,
    certainty: Certainty = Certainty.CONFIRMED,
    about: str | None = None,
) -> Finding:
    """Return that the operator had better do something."""
    return say.warned(
        reason,
        says,
        *evidence,
        who="operator",
        fix=remedy,
        about=_about(evidence, about),
        certainty=certainty,
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
    return say.failed(
        reason,
        says,
        *evidence,
        who="operator",
        fix=remedy,
        about=_about(evidence, about),
        certainty=certainty,
    )


def _about(evidence: tuple[Fact, ...], about: str | None) -> str:
    return evidence[0].about if about is None else about
