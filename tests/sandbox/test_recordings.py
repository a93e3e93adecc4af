"""The sandbox says what was recorded, key by key and in that order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from tests.sandbox.conftest import Person

RESPONSES = Path(__file__).parents[1] / "recorded" / "responses.json"
RECORDED = {
    one["number"]: json.loads(one["body"])
    for one in json.loads(RESPONSES.read_text())["responses"]
    if one["body"].startswith("{")
}


def shape_of(value: object) -> object:
    """Return the keys of JSON in their order, without the values."""
    if isinstance(value, dict):
        return [(name, shape_of(one)) for name, one in value.items()]
    return None


def user_info(person: Person, fields: str) -> httpx.Response:
    return person.http.get(f"/v2/user/info/?fields={fields}", headers=person.bearer())


def user_info_without_a_token(person: Person) -> httpx.Response:
    return person.http.get("/v2/user/info/?fields=open_id")


def info_of_a_bad_token(person: Person) -> httpx.Response:
    person.sandbox.creator("remove-app")
    return person.creator_info()


def status_while_downloading(person: Person) -> httpx.Response:
    person.sandbox.reset(pull_seconds=100)
    return person.status(person.pull().json()["data"]["publish_id"])


def status_of_a_failure(person: Person) -> httpx.Response:
    person.sandbox.reset(fail_reason="file_format_check_failed")
    publish_id = person.publish()
    person.sandbox.advance(60)
    return person.status(publish_id)


def sixth_draft(person: Person) -> httpx.Response:
    person.sandbox.reset(
        "pending-drafts", log_id_key="absent", pending_share_status=400
    )
    return person.draft()


def wrong_pair(person: Person) -> httpx.Response:
    person.sandbox.reset(log_id_key="absent")
    return person.exchange(
        person.login()["code"],
        client_secret="x",  # noqa: S106 - bad on purpose
    )


@pytest.mark.parametrize(
    ("number", "ask"),
    [
        (1, lambda p: p.creator_info()),
        (8, status_while_downloading),
        (10, status_of_a_failure),
        (11, sixth_draft),
        (12, user_info_without_a_token),
        (13, info_of_a_bad_token),
        (14, lambda p: user_info(p, "username")),
        (18, wrong_pair),
        (21, lambda p: user_info(p, "")),
    ],
)
def test_an_answer_has_the_keys_of_its_recording(
    acme: Person, number: int, ask: Callable[[Person], httpx.Response]
) -> None:
    answer = ask(acme)

    assert shape_of(answer.json()) == shape_of(RECORDED[number])


def test_an_absent_log_id_is_still_in_the_header(acme: Person) -> None:
    acme.sandbox.reset(log_id_key="absent")

    answer = acme.creator_info()

    assert answer.json()["error"] == {"code": "ok", "message": ""}
    assert len(answer.headers["x-tt-logid"]) == 34


@pytest.mark.parametrize("endpoint", ["creator_info", "token"])
def test_an_injected_error_has_no_log_id_either(acme: Person, endpoint: str) -> None:
    acme.sandbox.reset(log_id_key="absent")
    acme.sandbox.faults(endpoint, [{"kind": "status", "status": 500}])

    answer = acme.creator_info() if endpoint == "creator_info" else acme.oauth()

    assert answer.status_code == 500
    assert "absent" not in answer.text
    assert answer.headers["x-tt-logid"] not in answer.text
