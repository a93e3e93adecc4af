"""Webhooks are told from forgeries by the code that is installed."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.diagnostics.outcome import NOW, SILENT, told
from tiktok_bridge import Fact
from tiktok_bridge_diagnostics.checks.hook.selftest import GENUINE
from tiktok_bridge_diagnostics.collectors import webhooks
from tiktok_bridge_diagnostics.collectors.webhooks import WEBHOOKS


def gathered() -> Fact:
    visit: Any = SimpleNamespace(now=NOW)
    (fact,) = WEBHOOKS.collect(visit)
    return fact


def test_our_own_code_tells_them_apart() -> None:
    fact = gathered()

    assert len(fact.data["taken"]) == 11
    assert {name for name, taken in fact.data["taken"].items() if taken} == set(GENUINE)
    assert told("hook.selftest", [fact]) == [("pass", "told-apart", "confirmed", "")]
    assert told("hook.dup", [fact]) == [("pass", "told-by-its-id", "confirmed", "")]


@pytest.mark.parametrize("vector", sorted(gathered().data["taken"]))
def test_each_vector_that_comes_out_wrong_fails(vector: str) -> None:
    fact = gathered()
    taken = dict(fact.data["taken"])
    taken[vector] = not taken[vector]
    wrong = Fact("webhooks", "", {"taken": taken, "is_repeated_alike": False})

    assert told("hook.selftest", [wrong]) == [("fail", "confused", "confirmed", "")]
    assert told("hook.dup", [wrong]) == [("fail", "ids-differ", "confirmed", "")]


def test_a_verifier_that_takes_everything_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        webhooks, "verify_webhook", lambda *_: SimpleNamespace(id="one")
    )

    assert told("hook.selftest", [gathered()])[0][:2] == ("fail", "confused")


def test_vectors_that_are_missing_do_not_pass() -> None:
    fact = Fact("webhooks", "", {"taken": {"plain": True}, "is_repeated_alike": True})

    assert told("hook.selftest", [fact])[0][0] == "fail"
    assert told("hook.selftest", []) == told("hook.dup", []) == SILENT
