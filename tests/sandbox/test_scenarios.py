"""What the presets promise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tiktok_bridge_sandbox.scenarios import SCENARIOS

if TYPE_CHECKING:
    from tests.sandbox.conftest import Person


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_starts_and_has_acme(acme: Person, name: str) -> None:
    acme.sandbox.reset(name)

    state = acme.sandbox.state()

    assert state["scenario"] == name
    assert state["accounts"][0]["account"] == "acme"
    assert acme.sandbox.token("acme")["access_token"]


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_says_what_it_is_in_one_sentence(name: str) -> None:
    summary = SCENARIOS[name].summary

    assert summary.endswith(".")
    assert len(summary) <= 72


def test_an_expired_token_is_repaired_by_one_refresh(acme: Person) -> None:
    acme.sandbox.reset("token-expired")
    before = acme.creator_info().status_code
    refresh_token = acme.sandbox.token("acme")["refresh_token"]

    acme.oauth(grant_type="refresh_token", refresh_token=refresh_token)

    assert (before, acme.creator_info().status_code) == (401, 200)


def test_a_revoked_token_cannot_be_repaired(acme: Person) -> None:
    acme.sandbox.reset("token-revoked")
    pair = acme.sandbox.token("acme")

    answer = acme.oauth(grant_type="refresh_token", refresh_token=pair["refresh_token"])

    assert acme.creator_info().status_code == 401
    assert answer.json()["error"] == "invalid_grant"


def test_slow_moderation_takes_two_hours(acme: Person) -> None:
    acme.sandbox.reset("moderation-slow")
    publish_id = acme.publish("PUBLIC_TO_EVERYONE")
    acme.sandbox.advance(7_000)

    before = acme.status(publish_id).json()["data"]
    acme.sandbox.advance(300)

    assert before == {"status": "PUBLISH_COMPLETE"}
    assert "publicaly_available_post_id" in acme.status(publish_id).json()["data"]


def test_the_flaky_scenario_starts_with_faults(acme: Person) -> None:
    acme.sandbox.reset("flaky")

    assert acme.creator_info().status_code == 503
    assert acme.creator_info().status_code == 200
