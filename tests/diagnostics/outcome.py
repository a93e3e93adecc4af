"""Judge facts by one check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Facts
from tiktok_bridge_diagnostics import registry
from tiktok_bridge_diagnostics.examination import examine

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tiktok_bridge import Fact, Finding

NOW = 1_800_000_000.0
DAY = 86_400.0

CHECKS = registry.all_checks()


def judged(check: str, facts: Iterable[Fact], now: float = NOW) -> list[Finding]:
    """What *check* alone says of *facts*."""
    return examine(Facts(facts, now), {check: CHECKS[check]})


def told(check: str, facts: Iterable[Fact]) -> list[tuple[str, str, str, str]]:
    """Status, reason, certainty and about of each finding."""
    return [
        (one.status.value, one.reason, one.certainty.value, one.about)
        for one in judged(check, facts)
    ]


SILENT = [("skipped", "not-applicable", "none", "")]
"""What comes of facts that say nothing to a check."""
