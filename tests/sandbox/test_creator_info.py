"""What the creator is offered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sandbox.conftest import Person


def test_a_public_account_may_post_to_everyone(acme: Person) -> None:
    data = acme.creator_info().json()["data"]

    assert data["privacy_level_options"] == [
        "PUBLIC_TO_EVERYONE",
        "MUTUAL_FOLLOW_FRIENDS",
        "SELF_ONLY",
    ]
    assert data["max_video_post_duration_sec"] == 3_600
    assert not data["duet_disabled"]


def test_a_private_account_may_post_to_followers(studio: Person) -> None:
    data = studio.creator_info().json()["data"]

    assert data["privacy_level_options"] == [
        "FOLLOWER_OF_CREATOR",
        "MUTUAL_FOLLOW_FRIENDS",
        "SELF_ONLY",
    ]
    assert data["duet_disabled"]
    assert data["stitch_disabled"]


def test_the_audit_does_not_change_what_is_offered(
    meet: Callable[[str], Person],
) -> None:
    shop = meet("shop")
    shop.sandbox.reset("demo")

    options = shop.creator_info().json()["data"]["privacy_level_options"]

    assert "PUBLIC_TO_EVERYONE" in options


@pytest.mark.parametrize(
    ("scenario", "code"),
    [
        ("banned", "spam_risk_user_banned_from_posting"),
        ("daily-cap", "spam_risk_too_many_posts"),
        ("user-cap", "reached_active_user_cap"),
    ],
)
def test_bans_and_caps_come_with_http_200(
    acme: Person, scenario: str, code: str
) -> None:
    acme.sandbox.reset(scenario)

    answer = acme.creator_info()

    assert (answer.status_code, answer.json()["error"]["code"]) == (200, code)


def test_no_body_is_needed(acme: Person) -> None:
    assert acme.post_raw("creator_info/query", b"", {}).json()["error"]["code"] == "ok"


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer act.wrong", "Basic abc"])
def test_without_a_good_token_nothing_is_said(acme: Person, header: str) -> None:
    answer = acme.post_raw("creator_info/query", b"", {"Authorization": header})

    assert answer.status_code == 401
    assert answer.json()["data"] == {}
    assert answer.json()["error"]["code"] == "access_token_invalid"


def test_every_answer_carries_a_log_id_of_34_characters(acme: Person) -> None:
    answer = acme.creator_info()

    log_id = answer.json()["error"]["log_id"]
    assert len(log_id) == 34
    assert log_id[:14].isdigit()
    assert answer.headers["x-tt-logid"] == log_id


def test_the_log_id_can_be_spelt_logid(acme: Person) -> None:
    acme.sandbox.reset(log_id_key="logid")

    assert "logid" in acme.creator_info().json()["error"]
