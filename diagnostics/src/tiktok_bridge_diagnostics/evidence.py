"""Combine evidence for and against a claim; pure, and no order matters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from tiktok_bridge import Certainty

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tiktok_bridge import Fact

FRESH: Final = 24 * 3600.0
"""Seconds after which decisive evidence only supports; so does what lies ahead."""

Claim = Literal["audited", "unaudited"]

Weight = Literal["decisive", "supporting"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason to believe a claim, or its contrary.

    Attributes:
        speaks_for: What it speaks for: `audited` or `unaudited`.
        weight: How much it proves while it is fresh.
        facts: What it rests on.
        says: What was seen, in words.
        at: When, in seconds since the epoch.
    """

    speaks_for: Claim
    weight: Weight
    facts: tuple[Fact, ...]
    says: str
    at: float

    def is_decisive(self, now: float) -> bool:
        """Tell whether it proves the claim *now*."""
        return self.weight == "decisive" and abs(now - self.at) <= FRESH


@dataclass(frozen=True, slots=True)
class Verdict:
    """What all evidence together says.

    Attributes:
        claim: Which claim won; None if none did, or both.
        certainty: How surely.
        evidence: What it rests on: all that was decisive, or else all.
    """

    claim: Claim | None
    certainty: Certainty
    evidence: tuple[Evidence, ...]


def combine(evidence: Iterable[Evidence], now: float) -> Verdict:
    """Return what *evidence* says *now*; equal evidence counts once.

    Fresh decisive evidence for one claim alone confirms it; for both, it contradicts
    itself. Else what only supports makes a claim probable, if it is for one alone; for
    both, nothing is known.
    """
    every = tuple(sorted(set(evidence), key=_order))
    decisive = tuple(one for one in every if one.is_decisive(now))
    claims = sorted({one.speaks_for for one in decisive})
    if len(claims) > 1:
        return Verdict(None, Certainty.CONTRADICTED, decisive)
    if claims:
        return Verdict(claims[0], Certainty.CONFIRMED, decisive)
    claims = sorted({one.speaks_for for one in every})
    if len(claims) == 1:
        return Verdict(claims[0], Certainty.PROBABLE, every)
    return Verdict(None, Certainty.NONE, every)


def _order(one: Evidence) -> tuple[str, str, float, list[str], str]:
    ids = sorted(fact.id for fact in one.facts)
    return one.speaks_for, one.weight, one.at, ids, one.says
