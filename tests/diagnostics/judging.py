"""Give facts to one check, and read its findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tiktok_bridge import Fact, Facts, Status
from tiktok_bridge_diagnostics import registry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tiktok_bridge import Finding

NOW = 1_800_000_000.0
DAY = 86_400.0

Seen = tuple[str, str, dict[str, Any]]
"""Kind, about and data of a fact."""

CHECKS = registry.all_checks()


def facts(*seen: Seen) -> list[Fact]:
    """Build facts as a collector would number them."""
    return [
        Fact(kind, about, data, f"test.{number}", NOW)
        for number, (kind, about, data) in enumerate(seen, 1)
    ]


def judge(
    check: str, *seen: Seen, checks: Mapping[str, Any] | None = None
) -> list[Finding]:
    """Return what *check* makes of what was *seen*, and hold it to what all promise."""
    given = facts(*seen)
    judged = list((checks or CHECKS)[check].judge(Facts(given, NOW)))
    for one in judged:
        assert one.evidence
        if one.status in (Status.FAIL, Status.WARN):
            assert one.who_acts
            assert one.remedy
    turned = list((checks or CHECKS)[check].judge(Facts(reversed(given), NOW)))
    assert sorted(map(str, judged)) == sorted(map(str, turned))
    return judged


def said(findings: Sequence[Finding]) -> list[str]:
    """Return status, reason and what it is about of each finding, in one word."""
    words = (f"{one.status}:{one.reason}:{one.about}" for one in findings)
    return [word.removesuffix(":") for word in words]
