"""What the sandbox tells about itself."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tiktok_bridge_sandbox import endpoints, urls

if TYPE_CHECKING:
    from tests.sandbox.conftest import Person

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
QUEUE = '{"endpoint": "status", "faults": '


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
        {"processing_seconds": -1},
        {"processing_seconds": 1e300},
        {"expires_in": -1},
        {"posts_per_day": -1},
        {"draft_seconds": -0.5},
        {"webhook_retry_seconds": 0},
        {"webhook_url": "https://127.0.0.1/"},
        {"webhook_url": "http://192.0.2.1/"},
        {"webhook_url": "http://127.0.0.1:no/"},
        {"webhook_url": "http://127.0.0.1:0/"},
        {"webhook_url": "http://["},
        {"webhook_url": "nonsense"},
        {"fail_reason": "a\nb"},
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
        ("clock", {"advance": -1}),
        ("clock", {"advance": 1e13}),
        ("creator", {"action": []}),
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


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("clock", '{"advance": NaN}'),
        ("clock", '{"advance": 1e999}'),
        ("reset", '{"switches": {"processing_seconds": NaN}}'),
        ("reset", '{"switches": {"fail_reason": "\\ud800"}}'),
        ("faults", f'{QUEUE}[{{"kind": "stall", "seconds": NaN}}]}}'),
        ("faults", f'{QUEUE}[{{"kind": "status", "code": "\\ud800"}}]}}'),
        ("creator", "[" * 100_000),
        ("login", "[" * 100_000),
    ],
)
def test_what_only_python_takes_for_json_changes_nothing(
    acme: Person, name: str, body: str
) -> None:
    token = acme.sandbox.token()

    answer = acme.http.post(f"/_sandbox/{name}", content=body)

    assert (answer.status_code, bool(answer.json()["error"])) == (400, True)
    assert acme.sandbox.state()["pending_faults"] == {}
    assert acme.sandbox.token() == token, "no reset happened"


@pytest.mark.parametrize("path", ["video/init", "content/init", "status/fetch"])
def test_a_bottomless_body_is_a_bad_request(acme: Person, path: str) -> None:
    json_type = {"Content-Type": "application/json"}

    answer = acme.post_raw(path, b"[" * 100_000, json_type)

    assert answer.status_code in (400, 401)
    assert answer.json()["error"]["code"]


@pytest.mark.parametrize(("depth", "status"), [(62, 200), (63, 400), (900, 400)])
def test_a_body_may_be_nested_and_not_deeply(
    acme: Person, depth: int, status: int
) -> None:
    deep = json.loads("[" * depth + "]" * depth)

    assert acme.init(post_info={"new": deep}).status_code == status
    assert acme.sandbox.state()["scenario"] == "audited"


@pytest.mark.parametrize(
    "path",
    ["/_sandbox/reset", "/v2/oauth/token/", "/v2/post/publish/creator_info/query/"],
)
def test_a_body_of_more_than_a_megabyte_is_refused(acme: Person, path: str) -> None:
    sizes = [1_000_000, 1_000_001]

    answers = [
        acme.http.post(path, content=b" " * size, headers=acme.bearer() | FORM)
        for size in sizes
    ]

    assert [answer.status_code == 413 for answer in answers] == [False, True]


def test_a_client_that_leaves_in_the_middle_of_a_control_is_no_mistake(
    acme: Person, caplog: pytest.LogCaptureFixture
) -> None:
    url = urlsplit(acme.sandbox.base_url)
    head = "POST /_sandbox/reset HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{"

    with socket.create_connection((url.hostname, url.port)) as sender:
        sender.sendall(head.encode())

    acme.sandbox.state()
    acme.sandbox.state()
    assert caplog.records == []


def test_time_ends_before_its_year_has_five_digits(acme: Person) -> None:
    for _ in range(117):
        acme.sandbox.advance(2**31 - 1)

    with pytest.raises(ValueError, match="9998"):
        acme.sandbox.advance(2**31 - 1)

    assert acme.creator_info().status_code == 401, "the token is long dead"


def test_a_refused_switch_says_what_it_takes(acme: Person) -> None:
    with pytest.raises(ValueError, match="'decimal' or 'binary'"):
        acme.sandbox.reset(megabyte="metric")


def test_every_endpoint_that_has_a_name_has_an_address() -> None:
    assert list(urls.ENDPOINTS) == list(endpoints.NAMES)
