"""Whoever reads the ticket alone knows the cause, the evidence and who acts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.diagnostics import evidence
from tests.diagnostics.evidence import NOW, UNAUDITED
from tiktok_bridge import Check, Fact, Facts, Finding, Remedy, Status
from tiktok_bridge_diagnostics import derive, report
from tiktok_bridge_diagnostics.bundle import ticket, timeline

if TYPE_CHECKING:
    from tiktok_bridge_diagnostics.exchange import Exchange


def written(
    exchanges: list[Exchange], *findings: Finding, facts: list[Fact] | None = None
) -> str:
    """Return the ticket of checks that find *findings*."""
    seen = Facts([*derive.facts(exchanges), *(facts or [])], NOW)
    checks = {
        one.check: Check(one.check, f"{one.check} is well", lambda _, one=one: [one])  # type: ignore[misc] # a default binds it
        for one in findings
    }
    judged = report.make(seen, checks)
    return ticket.write(judged, seen, checks, ["Looked."], {"Python": "3.11"})


def finding(status: Status, check: str, **said: object) -> Finding:
    return replace(Finding(status, "reason", "says"), check=check, **said)  # type: ignore[arg-type] # fields of a finding


def test_it_says_of_a_failure_what_somebody_has_to_do() -> None:
    exchanges = evidence.unaudited()
    facts = tuple(derive.facts(exchanges))
    said = written(
        exchanges,
        finding(
            Status.FAIL,
            "own.check",
            about="acme",
            says="it is <b>broken</b>, and `said` so",
            evidence=facts,
            who_acts="creator",
            remedy=Remedy("do *this*", docs="https://docs.example/page"),
            settles_it="asking again",
        ),
    )

    for words in (
        r"* **own.check** of `acme`: it is \<b\>broken\</b\>, and 'said' so",
        "    * certainty: confirmed; reason: reason",
        "    * who acts: creator",
        r"    * what to do: do \*this\*",
        "    * rule: https://docs.example/page",
        f"    * log ids: `{evidence.LOG_ID}`",
        "    * what would settle it: asking again",
        "    * evidence: `probe#1`, `probe#2`",
    ):
        assert words in said.splitlines(), words


def test_what_passed_is_ruled_out_only_with_evidence() -> None:
    fact = Fact("k", "", {}, "a.1", NOW)
    said = written(
        [],
        finding(Status.PASS, "own.seen", evidence=(fact,)),
        finding(Status.PASS, "own.unseen"),
        finding(Status.UNKNOWN, "own.open", settles_it="a look"),
    )

    assert "* own.seen is well (own.seen, confirmed)" in said
    assert "own.unseen" not in said
    assert "* own.open: says; it would take a look" in said
    assert "No request was made to TikTok." in said


def test_what_waits_for_a_repair_is_named_once() -> None:
    cause = finding(Status.FAIL, "own.cause")
    seen = Facts([], NOW)
    checks = {
        "own.cause": Check("own.cause", "Cause.", lambda _: [cause]),
        "own.other": Check(
            "own.other", "Other.", lambda _: [cause, cause], needs=("own.cause",)
        ),
    }
    said = ticket.write(report.make(seen, checks), seen, checks, [], {})

    assert "Not told before own.cause is repaired: own.other." in said


def test_a_refusal_that_the_doctor_asked_for_is_no_symptom() -> None:
    meant = evidence.init("access_token_invalid", number=1, by="network", about="")
    said = written([meant])

    assert said.startswith("# TikTok Content Posting API: a report of the doctor")
    assert "No request in this evidence was refused by TikTok." in said
    assert "they are marked (meant)." in said
    assert "`video_init SELF_ONLY (meant)`" in said
    assert "What do your logs say" not in said
    assert "(meant)" not in written(evidence.unaudited())


def test_the_symptom_is_the_refusal_that_the_cause_rests_on() -> None:
    other = evidence.init("spam_risk", number=5)
    exchanges = [*evidence.unaudited(), other]
    cause = finding(
        Status.FAIL, "own.cause", evidence=tuple(derive.facts(exchanges[:2]))
    )

    assert UNAUDITED in written(exchanges, cause).splitlines()[0]
    assert "spam_risk" in written(exchanges).splitlines()[0]


def test_a_scope_is_asked_about_when_one_is_missing() -> None:
    asked = "which did the user grant"

    assert asked in written([evidence.init("scope_not_authorized", status=401)])
    assert asked not in written(evidence.unaudited())


def test_the_life_of_tokens_is_told() -> None:
    data = {"expires_at": NOW, "refresh_expires_at": NOW + 60, "scopes": ["a", "b"]}
    token = Fact("token", "acme", data | {"sequence": 1}, "tokens.1", NOW)

    assert (
        "* `acme`: the access token lives until 2023-11-14 22:13:20 UTC; the refresh"
        " token until 2023-11-14 22:14:20 UTC; scopes a, b; stored 2 times"
    ) in written([], facts=[token])


def test_a_long_timeline_keeps_every_refusal_and_the_newest() -> None:
    many = [
        evidence.exchange(n, "status/fetch", {}, {"error": evidence.error("ok")})
        for n in range(2, 100)
    ]
    every = timeline.calls(
        Facts(derive.facts([evidence.init(UNAUDITED, number=1), *many]), NOW)
    )
    shown = timeline.shortened(every)

    assert len(shown) == timeline.MOST
    assert shown[0].code == UNAUDITED
    assert shown[-1] == every[-1]
    assert shown == sorted(shown, key=lambda one: one.at)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.0, "?"), (1e300, "?"), (-1e300, "?"), (NOW, "2023-11-14 22:13:20 UTC")],
)
def test_a_time_that_is_none_is_not_told(seconds: float, said: str) -> None:
    assert timeline.utc(seconds) == said
