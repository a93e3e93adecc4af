"""Tell from dated answers how far the machine's clock is off; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tiktok_bridge_diagnostics import answers

if TYPE_CHECKING:
    from tiktok_bridge import Fact, Facts

TICK: Final = 0.5
"""Seconds that half of a second is: a `Date` has whole ones, cut off."""


@dataclass(frozen=True, slots=True)
class Skew:
    """How far TikTok's clock is ahead of ours.

    Attributes:
        seconds: By how much; negative if ours is ahead.
        error: By how much that may be wrong, in seconds.
        agrees: Whether several samples say the same.
        facts: The samples.
    """

    seconds: float
    error: float
    agrees: bool
    facts: tuple[Fact, ...]


def measured(facts: Facts) -> Skew | None:
    """Return what the dates of TikTok's own answers say, None if none has one.

    The date is that of the middle of the exchange, whose length is measured by a clock
    that nobody sets. The sample with the smallest error is taken.
    """
    told = [one for one in answers.probes(facts) if _is_dated(one)]
    if not told:
        return None
    samples = [(_error(one), _offset(one)) for one in told]
    error, seconds = min(samples)
    agrees = len(samples) > 1 and all(
        abs(offset - seconds) <= wide + error for wide, offset in samples
    )
    return Skew(seconds, error, agrees, tuple(told))


def _is_dated(one: Fact) -> bool:
    return answers.is_tiktok(one) and isinstance(one.data.get("date"), int | float)


def _offset(one: Fact) -> float:
    middle = one.at + float(one.data["seconds"]) / 2
    return round(float(one.data["date"]) + TICK - middle, 3)


def _error(one: Fact) -> float:
    return round(float(one.data["seconds"]) / 2 + TICK, 3)
