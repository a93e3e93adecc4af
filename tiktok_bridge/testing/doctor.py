"""What every collector and every check of the doctor must do."""
# ruff: noqa: D102, S101 - a test's name is its sentence, and assert is its tool

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tiktok_bridge.findings import Fact, Facts, Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tiktok_bridge.findings import Check, Collector, Finding, Visit


class CollectorsContract:
    """Test what `register_collectors` returns.

    Provide two fixtures: `collectors` is what it returns, and `visit` is a `Visit` of
    an installation that works.
    """

    @pytest.fixture
    def collectors(self) -> Sequence[Collector]:
        """Return what the hook returns."""
        raise NotImplementedError

    @pytest.fixture
    def visit(self) -> Visit:
        """Return what they are given."""
        raise NotImplementedError

    def test_names_are_given_once(self, collectors: Sequence[Collector]) -> None:
        names = [one.name for one in collectors]

        assert len(names) == len(set(names))

    def test_facts_are_json(
        self, collectors: Sequence[Collector], visit: Visit
    ) -> None:
        for collector in collectors:
            for fact in collector.collect(visit):
                assert isinstance(fact, Fact)
                assert json.loads(json.dumps(dict(fact.data))) == fact.data


class ChecksContract:
    """Test what `register_checks` returns.

    Provide two fixtures: `checks` is what it returns, and `facts` is a list of facts
    that give each of them something to judge.
    """

    @pytest.fixture
    def checks(self) -> Sequence[Check]:
        """Return what the hook returns."""
        raise NotImplementedError

    @pytest.fixture
    def facts(self) -> Sequence[Fact]:
        """Return facts that every check has something to say to."""
        raise NotImplementedError

    def test_ids_are_a_topic_and_a_name(self, checks: Sequence[Check]) -> None:
        ids = [one.id for one in checks]

        assert len(ids) == len(set(ids))
        assert all("." in one for one in ids)

    def test_no_check_passes_without_a_fact(self, checks: Sequence[Check]) -> None:
        found = [one for check in checks for one in check.judge(Facts([], 0.0))]

        assert [one for one in found if one.status == Status.PASS] == []

    def test_the_order_of_the_facts_does_not_matter(
        self, checks: Sequence[Check], facts: Sequence[Fact]
    ) -> None:
        assert judged(checks, facts) == judged(checks, list(reversed(facts)))

    def test_every_check_judges_the_facts(
        self, checks: Sequence[Check], facts: Sequence[Fact]
    ) -> None:
        for check in checks:
            assert list(check.judge(Facts(facts, 0.0))), check.id

    def test_a_failure_says_who_acts_and_what_to_do(
        self, checks: Sequence[Check], facts: Sequence[Fact]
    ) -> None:
        for one in judged(checks, facts):
            if one.status in (Status.FAIL, Status.WARN):
                assert one.who_acts, one
                assert one.remedy, one
                assert one.evidence, one


def judged(checks: Sequence[Check], facts: Sequence[Fact]) -> list[Finding]:
    """Return every finding of *checks*, in their order."""
    return [one for check in checks for one in check.judge(Facts(facts, 0.0))]
