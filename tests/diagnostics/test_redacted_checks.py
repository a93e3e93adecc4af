"""What is judged on this machine is judged alike by who has the redacted facts only."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.diagnostics import test_checks_installation, test_checks_state
from tests.diagnostics.judging import CHECKS, NOW, Seen, facts
from tiktok_bridge import Facts
from tiktok_bridge_diagnostics.redact.exchanges import Redactor

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tiktok_bridge import Fact

TABLE = [
    (check, seen)
    for check, seen, _ in (*test_checks_installation.TABLE, *test_checks_state.TABLE)
]


def verdict(check: str, given: Iterable[Fact]) -> list[list[object]]:
    """Return what the digest of a verdict has of each finding."""
    return sorted(
        [
            one.status,
            one.certainty,
            one.reason,
            sorted(fact.id for fact in one.evidence),
        ]
        for one in CHECKS[check].judge(Facts(given, NOW))
    )


@pytest.mark.parametrize(("check", "seen"), TABLE)
@pytest.mark.parametrize("profile", ["tiktok", "public"])
def test_redacted_facts_give_the_same_verdict(
    check: str, seen: list[Seen], profile: str
) -> None:
    given = facts(*seen)
    redactor = Redactor(b"k" * 32, profile)  # type: ignore[arg-type] # one of them
    redactor.learn(given)

    redacted = [redactor.fact(one) for one in given]

    assert verdict(check, redacted) == verdict(check, given)


def test_no_verdict_depends_on_the_time_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    before = [verdict(check, facts(*seen)) for check, seen in TABLE]
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    time.tzset()
    try:
        assert [verdict(check, facts(*seen)) for check, seen in TABLE] == before
    finally:
        monkeypatch.undo()
        time.tzset()
