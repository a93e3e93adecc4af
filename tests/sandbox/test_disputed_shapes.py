"""Envelopes, statuses and keys in each of the ways that were seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import httpx

    from tests.sandbox.conftest import Person


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


@pytest.mark.parametrize(
    ("envelope", "success", "refusal"),
    [
        ("recorded", ["data", "error"], ["error"]),
        ("data-first", ["data", "error"], ["data", "error"]),
        ("error-first", ["error", "data"], ["error", "data"]),
        ("error-only-on-refusal", ["data", "error"], ["error"]),
        ("bare-refusal", ["data", "error"], ["code", "message", "log_id"]),
    ],
)
def test_the_envelope_has_the_shape_of_the_switch(
    acme: Person, envelope: str, success: list[str], refusal: list[str]
) -> None:
    acme.sandbox.reset(envelope=envelope)

    assert list(acme.init().json()) == success
    assert list(acme.init("NONSENSE").json()) == refusal


@pytest.mark.parametrize(
    ("envelope", "keys"),
    [("recorded", {"error", "data"}), ("error-only-on-refusal", {"error"})],
)
def test_a_bad_token_has_empty_data_where_the_recordings_do(
    acme: Person, envelope: str, keys: set[str]
) -> None:
    acme.sandbox.reset("token-revoked", envelope=envelope)

    assert set(acme.creator_info().json()) == keys


@pytest.mark.parametrize("status", [200, 403])
def test_a_cap_on_creator_info_has_the_status_of_the_switch(
    acme: Person, status: int
) -> None:
    acme.sandbox.reset("banned", creator_info_status=status)

    answer = acme.creator_info()

    assert code_of(answer) == (status, "spam_risk_user_banned_from_posting")
    assert acme.init().status_code == 403


@pytest.mark.parametrize("scenario", ["banned", "daily-cap", "user-cap"])
def test_every_cap_can_come_with_http_200(acme: Person, scenario: str) -> None:
    acme.sandbox.reset(scenario, init_refusal_status="200")

    answer = acme.init()

    assert answer.status_code == 200
    assert answer.json()["error"]["code"] != "ok"


def test_http_200_is_for_caps_and_spam_only(acme: Person) -> None:
    acme.sandbox.reset(init_refusal_status="200")

    assert acme.init("NONSENSE").status_code == 403
    assert acme.init(post_info={"title": 7}).status_code == 400


def test_the_draft_cap_can_come_with_http_200_and_400(acme: Person) -> None:
    code = "spam_risk_too_many_pending_share"
    acme.sandbox.reset("pending-drafts", init_refusal_status="200")
    quiet = code_of(acme.draft())
    acme.sandbox.reset("pending-drafts", pending_share_status=400)

    assert quiet == (200, code)
    assert code_of(acme.draft()) == (400, code)


@pytest.mark.parametrize("status", [403, 400, 200])
def test_the_mismatch_has_the_status_of_the_switch(acme: Person, status: int) -> None:
    acme.sandbox.reset(option_mismatch_status=status)

    assert code_of(acme.init("NONSENSE")) == (status, "privacy_level_option_mismatch")


@pytest.mark.parametrize(
    ("texts", "message"), [("code", "url_ownership_unverified"), ("empty", "")]
)
def test_a_message_nobody_recorded_can_be_anything(
    acme: Person, texts: str, message: str
) -> None:
    acme.sandbox.reset("url-unverified", refusal_texts=texts)

    assert acme.pull().json()["error"]["message"] == message


def test_a_recorded_message_stays(acme: Person) -> None:
    acme.sandbox.reset("unaudited-public-account", refusal_texts="empty")

    assert "integration guidelines" in acme.init().json()["error"]["message"]


@pytest.mark.parametrize(
    "key", ["publicaly_available_post_id", "publicly_available_post_id"]
)
def test_the_post_id_has_the_key_of_the_switch(acme: Person, key: str) -> None:
    acme.sandbox.reset(post_id_key=key)
    publish_id = acme.publish("PUBLIC_TO_EVERYONE")
    acme.sandbox.advance(60)

    assert sorted(acme.status(publish_id).json()["data"]) == [key, "status"]


def test_the_longest_video_is_what_the_switch_says(acme: Person) -> None:
    acme.sandbox.reset(max_duration=300)

    seconds = acme.creator_info().json()["data"]["max_video_post_duration_sec"]

    assert seconds == 300


@pytest.mark.parametrize(
    ("switch", "expected"),
    [
        ("scope_not_authorized", (401, "scope_not_authorized")),
        ("scope_permission_missed", (400, "scope_permission_missed")),
    ],
)
def test_a_field_of_another_scope_has_the_code_of_the_switch(
    acme: Person, switch: str, expected: tuple[int, str]
) -> None:
    acme.sandbox.reset(field_scope_code=switch)

    answer = acme.http.get("/v2/user/info/?fields=username", headers=acme.bearer())

    assert code_of(answer) == expected


@pytest.mark.parametrize("status", [401, 200])
def test_a_dead_token_is_refused_with_either_status(acme: Person, status: int) -> None:
    acme.sandbox.reset("token-revoked", token_refusal_status=status)

    assert code_of(acme.init()) == (status, "access_token_invalid")


@pytest.mark.parametrize("status", [401, 403])
def test_a_missing_scope_is_refused_with_either_status(
    acme: Person, status: int
) -> None:
    acme.sandbox.reset("scope-missing", scope_refusal_status=status)

    assert code_of(acme.init()) == (status, "scope_not_authorized")


@pytest.mark.parametrize(
    ("verdict", "code"), [("refuse", "invalid_params"), ("ignore", "ok")]
)
def test_an_unknown_field_meets_the_switch(
    acme: Person, verdict: str, code: str
) -> None:
    acme.sandbox.reset(unknown_fields=verdict)
    photos = {"privacy_level": "SELF_ONLY", "disable_duet": True, "is_aigc": True}

    assert code_of(acme.init(post_info={"auto_add_music": True}))[1] == code
    assert code_of(acme.photos(post_info=photos))[1] == code


@pytest.mark.parametrize(
    ("shape", "kind", "start"),
    [
        ("envelope", "application/json", '{"error"'),
        ("bare", "application/json", '{"code"'),
        ("html", "text/html; charset=utf-8", "<html>"),
        ("empty", None, ""),
    ],
)
def test_a_5xx_without_a_code_has_the_body_of_the_switch(
    acme: Person, shape: str, kind: str | None, start: str
) -> None:
    acme.sandbox.reset(empty_code_5xx=shape)
    acme.sandbox.faults("creator_info", [{"kind": "status", "status": 502}])

    answer = acme.creator_info()

    assert (answer.status_code, answer.headers.get("content-type")) == (502, kind)
    assert answer.text.startswith(start)


def test_a_5xx_with_a_code_keeps_its_envelope(acme: Person) -> None:
    acme.sandbox.reset(empty_code_5xx="empty")
    acme.sandbox.faults("creator_info", [{"kind": "status", "status": 500}])

    assert code_of(acme.creator_info()) == (500, "internal_error")
