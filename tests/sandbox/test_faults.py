"""How things go wrong on demand."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import httpx
import pytest

from tiktok_bridge_sandbox.faults import KINDS
from tiktok_bridge_sandbox.sabotage import PERFORMERS

if TYPE_CHECKING:
    from tests.sandbox.conftest import Person

LOST = (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError)


def test_every_kind_has_a_performer() -> None:
    assert set(PERFORMERS) == set(KINDS)


def test_a_status_comes_with_its_code_and_its_delay(acme: Person) -> None:
    fault = {"kind": "status", "status": 429, "retry_after": 3}
    acme.sandbox.faults("creator_info", [fault])

    answer = acme.creator_info()

    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "3"
    assert answer.json()["error"]["code"] == "rate_limit_exceeded"


def test_a_gateways_status_has_an_empty_code(acme: Person) -> None:
    acme.sandbox.faults("creator_info", [{"kind": "status", "status": 502}])

    assert acme.creator_info().json()["error"]["code"] == ""


def test_a_status_can_carry_any_code(acme: Person) -> None:
    fault = {"kind": "status", "status": 403, "code": "spam_risk"}
    acme.sandbox.faults("video_init", [fault])

    assert acme.init().json()["error"]["code"] == "spam_risk"


def test_a_token_endpoints_status_is_flat(acme: Person) -> None:
    acme.sandbox.faults("token", [{"kind": "status", "status": 503}])

    answer = acme.oauth(grant_type="client_credentials")

    assert (answer.status_code, answer.json()["error"]) == (503, "server_error")


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "invalid_request"),
        (401, "invalid_client"),
        (403, "access_denied"),
        (404, "invalid_request"),
        (429, "temporarily_unavailable"),
        (500, "server_error"),
    ],
)
def test_a_token_endpoints_status_has_a_code_that_fits(
    acme: Person, status: int, code: str
) -> None:
    acme.sandbox.reset(log_id_key="logid")
    acme.sandbox.faults("token", [{"kind": "status", "status": status}])

    said = acme.oauth(grant_type="client_credentials").json()

    assert (said["error"], list(said)[2]) == (code, "logid")


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "invalid_param"),
        (401, "access_token_invalid"),
        (403, "scope_not_authorized"),
        (404, "invalid_param"),
        (500, "internal_error"),
        (503, ""),
    ],
)
def test_a_status_is_spelt_as_the_switches_say(
    acme: Person, status: int, code: str
) -> None:
    acme.sandbox.reset(invalid_code="invalid_param", log_id_key="logid")
    acme.sandbox.faults("creator_info", [{"kind": "status", "status": status}])

    error = acme.creator_info().json()["error"]

    assert (error["code"], list(error)[2]) == (code, "logid")


@pytest.mark.parametrize("status", [204, 304])
def test_a_status_that_has_no_body_comes_without_one(
    acme: Person, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    acme.sandbox.faults("creator_info", [{"kind": "status", "status": status}])

    answer = acme.creator_info()

    assert (answer.status_code, answer.content) == (status, b"")
    acme.sandbox.state()
    assert caplog.records == []


def test_a_chunk_met_by_a_status_is_not_stored(acme: Person) -> None:
    acme.sandbox.faults("upload", [{"kind": "status", "status": 502}])
    url = acme.init().json()["data"]["upload_url"]

    codes = [acme.put(url).status_code, acme.put(url).status_code]

    assert codes == [502, 201]


def test_a_skipped_or_empty_entry_lets_a_call_go_well(acme: Person) -> None:
    fault = {"kind": "status", "status": 500, "skip": 1}
    acme.sandbox.faults("creator_info", [None, fault])

    codes = [acme.creator_info().status_code for _ in range(4)]

    assert codes == [200, 200, 500, 200]


def test_a_fault_far_away_costs_nothing_until_then(acme: Person) -> None:
    fault = {"kind": "empty", "skip": 2_000_000_000}
    acme.sandbox.faults("creator_info", [fault])

    assert acme.creator_info().status_code == 200

    pending = acme.sandbox.state()["pending_faults"]["creator_info"]
    assert [entry["skip"] for entry in pending] == [1_999_999_999]


def test_a_reset_before_leaves_no_trace_of_the_call(acme: Person) -> None:
    acme.sandbox.faults("video_init", [{"kind": "reset_before"}])

    with pytest.raises(LOST):
        acme.init()

    assert acme.sandbox.state()["publishes"] == []
    assert acme.sandbox.state()["calls"]["video_init"] == 1


def test_a_reset_before_the_reply_loses_only_the_reply(acme: Person) -> None:
    acme.sandbox.faults("video_init", [{"kind": "reset_before_reply"}])

    with pytest.raises(LOST):
        acme.init()

    assert len(acme.sandbox.state()["publishes"]) == 1


def test_a_chunk_reset_on_its_way_can_be_sent_again(acme: Person) -> None:
    acme.sandbox.faults("upload", [{"kind": "reset_after_bytes", "bytes": 1_000_000}])
    url = acme.init(video=acme.movie).json()["data"]["upload_url"]

    with pytest.raises(LOST):
        acme.put(url, acme.movie)

    assert acme.sandbox.state()["publishes"][0]["received"] == 0
    assert acme.put(url, acme.movie).status_code == 201


def test_a_body_too_short_for_its_reset_is_reset_at_its_end(acme: Person) -> None:
    acme.sandbox.faults("video_init", [{"kind": "reset_after_bytes", "bytes": 10**9}])

    with pytest.raises(LOST):
        acme.init()

    acme.sandbox.assert_consumed()


def test_a_call_without_a_body_is_reset_at_once(acme: Person) -> None:
    acme.sandbox.faults("user_info", [{"kind": "reset_after_bytes", "bytes": 10}])

    with pytest.raises(LOST):
        acme.http.get("/v2/user/info/?fields=open_id", headers=acme.bearer())

    acme.sandbox.assert_consumed()


def test_a_call_whose_body_nobody_needs_is_reset_too(acme: Person) -> None:
    acme.sandbox.faults("video_init", [{"kind": "reset_after_bytes", "bytes": 10}])

    with pytest.raises(LOST):
        acme.http.post("/v2/post/publish/video/init/", json={"x": "y" * 99})


def test_a_stalled_reply_comes_late(acme: Person) -> None:
    acme.sandbox.faults("creator_info", [{"kind": "stall", "seconds": 0.01}])

    assert acme.creator_info().status_code == 200


def test_a_stalled_call_is_processed_although_its_client_leaves(acme: Person) -> None:
    acme.sandbox.faults("video_init", [{"kind": "stall", "seconds": 60}])
    acme.http.timeout = httpx.Timeout(0.2)

    with pytest.raises(httpx.ReadTimeout):
        acme.init()

    assert len(acme.sandbox.state()["publishes"]) == 1


def test_truncated_json_cannot_be_parsed(acme: Person) -> None:
    acme.sandbox.faults("creator_info", [{"kind": "truncated_json"}])

    answer = acme.creator_info()

    assert answer.headers["content-type"] == "application/json"
    with pytest.raises(json.JSONDecodeError):
        answer.json()


def test_a_gateways_page_is_html(acme: Person) -> None:
    acme.sandbox.faults("creator_info", [{"kind": "html", "status": 502}])

    answer = acme.creator_info()

    assert answer.status_code == 502
    assert answer.text.startswith("<html>")


def test_an_empty_reply_has_no_body(acme: Person) -> None:
    acme.sandbox.faults("creator_info", [{"kind": "empty"}])

    answer = acme.creator_info()

    assert (answer.status_code, answer.content) == (200, b"")


def test_a_reply_of_the_wrong_types_is_still_json(acme: Person) -> None:
    acme.sandbox.faults("creator_info", [{"kind": "wrong_type"}])

    assert acme.creator_info().json() == {"data": "", "error": []}


def test_a_fault_that_no_call_met_is_told(acme: Person) -> None:
    acme.sandbox.faults("status", [{"kind": "empty"}])

    with pytest.raises(AssertionError, match="status"):
        acme.sandbox.assert_consumed()


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "earthquake"},
        {},
        "empty",
        {"kind": "empty", "colour": "red"},
        {"kind": "empty", "skip": -1},
        {"kind": "empty", "skip": 1.5},
        {"kind": "stall", "seconds": "1"},
        {"kind": "status", "status": 99},
        {"kind": "status", "status": 503.0},
        {"kind": "status", "code": 5},
        {"kind": "status", "retry_after": "1\r\nx: y"},
        {"kind": "status", "retry_after": -1},
        {"kind": "html", "status": 204},
        {"kind": "empty", "skip": True},
        {"kind": "empty", "skip": 2**31},
        {"kind": "stall", "seconds": 10**400},
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(acme: Person, fault: object) -> None:
    with pytest.raises(ValueError, match="fault"):
        acme.sandbox.faults("status", [fault])  # type: ignore[list-item]  # the point


def test_an_unknown_endpoint_is_refused(acme: Person) -> None:
    with pytest.raises(ValueError, match="endpoint"):
        acme.sandbox.faults("teapot", [None])


def test_wrong_json_is_valid_and_of_another_api(acme: Person) -> None:
    acme.sandbox.faults("creator_info", [{"kind": "wrong_json"}])

    answer = acme.creator_info()

    assert answer.status_code == 200
    assert isinstance(answer.json(), list)


def test_a_call_met_by_wrong_json_was_processed(acme: Person) -> None:
    acme.sandbox.faults("video_init", [{"kind": "wrong_json"}])

    acme.init()

    assert len(acme.sandbox.state()["publishes"]) == 1


def test_a_slow_reply_trickles_and_is_whole(acme: Person) -> None:
    acme.sandbox.faults("creator_info", [{"kind": "slow", "bytes_per_second": 2_000}])
    started = time.monotonic()

    answer = acme.creator_info()

    assert time.monotonic() - started >= len(answer.content) / 2_000
    assert answer.json()["error"]["code"] == "ok"


def test_a_slow_request_is_read_whole(acme: Person) -> None:
    fault = {"kind": "slow", "bytes_per_second": 60_000_000}
    acme.sandbox.faults("upload", [fault])
    started = time.monotonic()

    publish_id = acme.publish(video=acme.movie)

    assert time.monotonic() - started >= len(acme.movie) / 60_000_000
    acme.sandbox.advance(1)
    assert acme.status(publish_id).json()["data"]["status"] == "PUBLISH_COMPLETE"


def test_a_client_that_hangs_up_ends_a_slow_reply(acme: Person) -> None:
    acme.sandbox.faults("creator_info", [{"kind": "slow", "bytes_per_second": 1}])

    with pytest.raises(httpx.ReadTimeout):
        acme.http.post(
            "/v2/post/publish/creator_info/query/",
            headers=acme.bearer(),
            timeout=0.05,
        )

    assert acme.creator_info().status_code == 200


@pytest.mark.parametrize("rate", [0, -1, 1.5, "fast"])
def test_a_rate_that_is_none_is_refused(acme: Person, rate: object) -> None:
    with pytest.raises(ValueError, match="bytes_per_second"):
        acme.sandbox.faults("status", [{"kind": "slow", "bytes_per_second": rate}])
