"""What the presets promise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tiktok_bridge_sandbox.scenarios import SCENARIOS

if TYPE_CHECKING:
    from tests.sandbox.conftest import Person

PROMISED = (
    "audited",
    "unaudited-public-account",
    "unaudited-private-account",
    "unaudited-silent-self-only",
    "scope-missing",
    "token-expired",
    "token-revoked",
    "sandbox-app",
    "user-cap",
    "daily-cap",
    "pending-drafts",
    "banned",
    "url-unverified",
    "moderation-slow",
    "no-post-id",
    "flaky",
)


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


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_says_what_is_seen_and_what_that_proves(name: str) -> None:
    seen, proves, rest = SCENARIOS[name].proves.partition(" It proves ")

    assert seen.endswith(".")
    assert rest.endswith(".")
    assert proves


@pytest.mark.parametrize("name", PROMISED)
def test_every_promised_scenario_exists(name: str) -> None:
    assert name in SCENARIOS


def test_without_a_verified_property_only_uploads_work(acme: Person) -> None:
    acme.sandbox.reset("url-unverified")

    pulled = [acme.pull(), acme.pull(level=None), acme.photos()]

    assert {answer.status_code for answer in pulled} == {403}
    assert {answer.json()["error"]["code"] for answer in pulled} == {
        "url_ownership_unverified"
    }
    assert acme.init().status_code == 200


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
