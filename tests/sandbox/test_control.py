"""What the sandbox tells about itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tiktok_bridge_sandbox import endpoints, urls

if TYPE_CHECKING:
    from tests.sandbox.conftest import Person


def test_the_state_keeps_what_was_sent(acme: Person) -> None:
    acme.init("PUBLIC_TO_EVERYONE", {"title": "Hello", "is_aigc": True})

    publish = acme.sandbox.state()["publishes"][0]

    assert publish["post_info"] == {
        "privacy_level": "PUBLIC_TO_EVERYONE",
        "title": "Hello",
        "is_aigc": True,
    }
    assert (publish["order"], publish["account"], publish["mode"]) == (
        1,
        "acme",
        "direct",
    )


def test_every_level_that_was_asked_for_is_remembered(acme: Person) -> None:
    acme.init("SELF_ONLY")
    acme.init("NONSENSE")
    acme.post("video/init", {})

    assert acme.sandbox.state()["privacy_levels"] == ["SELF_ONLY", "NONSENSE", None]


def test_calls_are_counted_per_endpoint(acme: Person) -> None:
    acme.creator_info()
    acme.creator_info()
    acme.publish()

    calls = acme.sandbox.state()["calls"]

    assert (calls["creator_info"], calls["video_init"], calls["upload"]) == (2, 1, 1)
    assert calls["token"] == 0


def test_publishes_are_listed_in_the_order_of_their_inits(acme: Person) -> None:
    ids = [acme.init().json()["data"]["publish_id"] for _ in range(3)]

    listed = acme.sandbox.state()["publishes"]

    assert [publish["publish_id"] for publish in listed] == ids


def test_a_reset_forgets_everything(acme: Person) -> None:
    token = acme.sandbox.token("acme")
    acme.publish()
    acme.sandbox.faults("status", [{"kind": "empty"}])

    acme.sandbox.reset()

    state = acme.sandbox.state()
    assert state["publishes"] == []
    assert state["pending_faults"] == {}
    assert acme.sandbox.token("acme") != token


def test_a_reset_keeps_the_scenario_but_not_the_switches(acme: Person) -> None:
    acme.sandbox.reset("demo", limits=False)
    acme.sandbox.reset()

    state = acme.sandbox.state()

    assert state["scenario"] == "demo"
    assert state["switches"]["limits"] is True


@pytest.mark.parametrize(
    "switches",
    [
        {"colour": "red"},
        {"audited": "yes"},
        {"expires_in": True},
        {"expires_in": 1.5},
        {"megabyte": "metric"},
        {"pending_share_status": 404},
        {"processing_seconds": "slow"},
    ],
)
def test_a_switch_that_makes_no_sense_is_refused(
    acme: Person, switches: dict[str, object]
) -> None:
    answer = acme.http.post("/_sandbox/reset", json={"switches": switches})

    assert answer.status_code == 400
    assert "switch" in answer.json()["error"]


def test_a_number_is_as_good_as_the_word_for_it(acme: Person) -> None:
    acme.sandbox.reset(oauth_error_status=200)

    assert acme.sandbox.state()["switches"]["oauth_error_status"] == "200"


def test_an_unknown_scenario_is_refused(acme: Person) -> None:
    with pytest.raises(ValueError, match="scenario"):
        acme.sandbox.reset("heaven")


def test_an_unknown_account_has_no_token(acme: Person) -> None:
    with pytest.raises(KeyError):
        acme.sandbox.token("nobody")


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("clock", {"advance": "1"}),
        ("clock", {}),
        ("clock", []),
        ("faults", {"endpoint": "status"}),
        ("reset", {"switches": []}),
    ],
)
def test_a_request_that_makes_no_sense_is_told_why(
    acme: Person, name: str, body: object
) -> None:
    answer = acme.http.post(f"/_sandbox/{name}", json=body)

    assert answer.status_code == 400
    assert answer.json()["error"]


def test_every_endpoint_that_has_a_name_has_an_address() -> None:
    assert list(urls.ENDPOINTS) == list(endpoints.NAMES)
