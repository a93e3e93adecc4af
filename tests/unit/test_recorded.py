"""What TikTok was recorded to answer becomes the right result or the right error."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.unit.conversation import CLIENT_SECRET, EXAMPLES, Line
from tiktok_bridge import LoginError, RefusedError, Secret, catalogue, errors
from tiktok_bridge.tiktok import authorize, webhooks
from tiktok_bridge_diagnostics.explain.scan import scan

ROOT = Path(__file__).parents[2]
RECORDED: list[dict[str, Any]] = json.loads(
    (ROOT / "tests" / "recorded" / "responses.json").read_text(encoding="utf-8")
)["responses"]
OUTCOMES = [one["expected"] for one in RECORDED]
STATE = Secret("state-of-the-login")


def of(*calls: str, outcome: str = "expected") -> list[Any]:
    """Return the recordings of *calls*, one per HTTP status, to parametrize a test."""
    return [
        pytest.param(one, status, id=f"{one['number']}-{status}")
        for one in RECORDED
        if one["call"] in calls and (outcome in one or outcome in one["expected"])
        for status in one["http_status"] or [0]
    ]


def whole(one: dict[str, Any]) -> bytes:
    """Return the body; what was not shown of a success is put around it."""
    body: str = one["body"]
    ok = '"error":{"code":"ok","message":"","log_id":""}'
    if one["shown"] == "data":
        body = f'{{"data":{body},{ok}}}'
    elif one["shown"] == "data member":
        body = f"{body.removesuffix('}')},{ok}}}"
    return body.encode()


def fields(result: Any, names: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401 - a result
    """Return the fields *names* of *result*, as JSON has them."""
    found = {name: getattr(result, name) for name in names}
    return dict(json.loads(json.dumps(found)))


@pytest.mark.parametrize(("one", "status"), of(*EXAMPLES, outcome="result"))
def test_a_recorded_success_gives_its_result(one: dict[str, Any], status: int) -> None:
    line = Line(status, whole(one), one["headers"])
    result = EXAMPLES[one["call"]].call(line.client())

    assert fields(result, one["expected"]["result"]) == one["expected"]["result"]
    assert line.sent[0][1].partition("?")[0].endswith(one["endpoint"])


@pytest.mark.parametrize(("one", "status"), of(*EXAMPLES, outcome="error"))
def test_a_recorded_refusal_gives_its_error(one: dict[str, Any], status: int) -> None:
    line = Line(status, whole(one), one["headers"])
    with pytest.raises(RefusedError) as caught:
        EXAMPLES[one["call"]].call(line.client())

    error, expected = caught.value, one["expected"]
    entry = catalogue.find(error.kind, expected["code"])
    assert type(error) is getattr(errors, expected["error"])
    assert (error.code, error.log_id) == (expected["code"], expected["log_id"])
    assert error.http_status == status
    assert str(error).startswith(one["endpoint"])
    assert str(error).endswith(f"(log id {error.log_id})") == bool(error.log_id)
    assert entry
    assert error.hint == entry.remedy


@pytest.mark.parametrize(("one", "_status"), of("webhook"))
def test_the_recorded_webhook_gives_its_event(
    one: dict[str, Any], _status: int
) -> None:
    body, now = one["body"].encode(), 1770210900
    key = CLIENT_SECRET.reveal().encode()
    signature = hmac.new(key, f"{now}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {"Tiktok-Signature": f"t={now},s={signature}"}

    event = webhooks.verify(headers, body, [CLIENT_SECRET], now)

    assert isinstance(event, webhooks.PubliclyAvailable)
    assert fields(event, one["expected"]["result"]) == one["expected"]["result"]
    assert event.user_openid == json.loads(body)["user_openid"]


@pytest.mark.parametrize(("one", "_status"), of("login"))
def test_a_recorded_login_page_is_explained(one: dict[str, Any], _status: int) -> None:
    error = authorize.read_failure(one["body"])

    assert_login_error(error, one["expected"])


@pytest.mark.parametrize(("one", "_status"), of("login"))
def test_the_same_on_the_way_back_is_explained(
    one: dict[str, Any], _status: int
) -> None:
    with pytest.raises(LoginError) as caught:
        authorize.read_redirect(f"{one['body']}&state={STATE.reveal()}", STATE)

    assert_login_error(caught.value, one["expected"])


def assert_login_error(error: LoginError | None, expected: dict[str, Any]) -> None:
    names = {name: value for name, value in expected.items() if name != "error"}
    entry = catalogue.find("authorize", expected["error_type"])

    assert error
    assert type(error) is getattr(errors, expected["error"])
    assert fields(error, names) == names
    assert entry
    assert entry.meaning in error.message
    assert error.hint == entry.remedy


@pytest.mark.parametrize(("one", "_status"), of(*EXAMPLES, "login", outcome="error"))
def test_the_doctor_finds_code_and_log_id_of_a_recording(
    one: dict[str, Any], _status: int
) -> None:
    expected = one["expected"]
    (entry,) = dict.fromkeys(scan(one["body"]).found)
    code = expected.get("error_type") or expected["code"]
    is_real = expected["log_id"] and len(expected["log_id"]) == 34

    assert code in (entry.code, *entry.spellings)
    assert scan(one["body"]).log_ids == ((expected["log_id"],) if is_real else ())


def test_every_recording_is_numbered_as_on_the_page() -> None:
    page = (ROOT / "docs" / "tiktok.md").read_text(encoding="utf-8")
    _, _, section = page.partition("\n## Recorded responses\n")
    numbers = re.findall(r"^\| (\d+) \|", section.partition("\n## ")[0], re.MULTILINE)

    assert [str(one["number"]) for one in RECORDED] == numbers
    assert len(numbers) == 22


def test_every_recording_is_played() -> None:
    played = {one["call"] for one in RECORDED} - EXAMPLES.keys()

    assert played == {"webhook", "login"}
    assert all(("error" in x) != ("result" in x) for x in OUTCOMES)
