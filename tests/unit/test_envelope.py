"""TikTok's answers are read in every shape, and nothing else passes as one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok_bridge import BadAnswerError, RefusedError, Secret, TikTokError
from tiktok_bridge.tiktok import envelope
from tiktok_bridge.tiktok.wire import Reply

LOG = "20260828035612A3942F2F64B39F7F0B89"


def reply(
    body: object, status: int = 200, headers: dict[str, str] | None = None
) -> Reply:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Reply(status, headers or {}, raw)


@pytest.mark.parametrize("key", ["log_id", "logid"])
def test_a_success_gives_its_data_and_its_log_id(key: str) -> None:
    body = {"data": {"a": 1}, "error": {"code": "ok", "message": "", key: LOG}}

    answer = envelope.read(reply(body), "/x/")

    assert (answer.data, answer.log_id, answer.http_status) == ({"a": 1}, LOG, 200)


def test_a_success_may_have_no_data() -> None:
    body = {"error": {"code": "ok", "message": "", "log_id": LOG}}

    assert envelope.read(reply(body), "/x/").data == {}


def test_a_log_id_in_a_header_is_kept() -> None:
    body = {"data": {}, "error": {"code": "ok", "message": ""}}
    answer = envelope.read(reply(body, headers={"x-tt-logid": LOG}), "/x/")

    assert answer.log_id == LOG


REFUSALS: dict[str, tuple[object, int, str]] = {
    "unaudited": (
        {"error": {"code": "unaudited_client_can_only_post_to_private_accounts"}},
        403,
        "unaudited_client_can_only_post_to_private_accounts",
    ),
    "a ban with HTTP 200": (
        {"data": {}, "error": {"code": "spam_risk_user_banned_from_posting"}},
        200,
        "spam_risk_user_banned_from_posting",
    ),
    "flat": (
        {"error": "invalid_grant", "error_description": "expired", "log_id": LOG},
        200,
        "invalid_grant",
    ),
    "bare": ({"code": "invalid_params", "message": "Bad"}, 400, "invalid_params"),
    "legacy": (
        {"data": {"error_code": 10007, "description": "x"}, "message": "error"},
        200,
        "10007",
    ),
    "a code nobody knows": ({"error": {"code": "brand_new"}}, 418, "brand_new"),
    "no code": ({"error": {"code": ""}}, 500, ""),
}


@pytest.mark.parametrize(("body", "status", "code"), REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_is_read_in_every_shape(body: object, status: int, code: str) -> None:
    with pytest.raises(RefusedError) as caught:
        envelope.read(reply(body, status), "/x/")

    assert (caught.value.code, caught.value.http_status) == (code, status)
    assert "/x/" in str(caught.value)


def test_a_refusal_repeats_no_secret_of_its_request() -> None:
    body = {"error": "x", "error_description": "bad rft.a", "log_id": "rft.a"}
    with pytest.raises(RefusedError) as caught:
        envelope.read(reply(body), "/x/", "oauth", hide=(Secret("rft.a"),))

    assert "rft.a" not in f"{caught.value} {caught.value.log_id}"


def test_a_short_secret_spoils_no_code() -> None:
    body = {"error": "server_error", "error_description": "so sorry"}
    with pytest.raises(RefusedError) as caught:
        envelope.read(reply(body), "/x/", "oauth", hide=(Secret("s"),))

    assert (caught.value.code, caught.value.retryable) == ("server_error", True)
    assert "sorry" not in str(caught.value)


RUBBISH: dict[str, bytes] = {
    "empty": b"",
    "null": b"null",
    "list": b"[]",
    "text": b"hello",
    "HTML": b"<html>Sign in</html>",
    "truncated": b'{"data":{"a":1},"er',
    "NaN": b'{"data":NaN,"error":{"code":"ok"}}',
    "twice": b'{"error":{"code":"ok","code":"banned"}}',
    "deep": b"[" * 100_000,
    "not UTF-8": b'{"error":{"code":"\xff"}}',
    "a long number": b'{"data":' + b"9" * 5000 + b',"error":{"code":"ok"}}',
    "half a surrogate": b'{"error":{"code":"banned","message":"cut \\ud83d"}}',
    "no envelope": b"{}",
    "error without a code": b'{"error":{}}',
    "code of a wrong type": b'{"error":{"code":0}}',
}


@pytest.mark.parametrize("status", [200, 403, 502])
@pytest.mark.parametrize("body", RUBBISH.values(), ids=RUBBISH)
def test_what_is_no_answer_is_never_a_success(body: bytes, status: int) -> None:
    with pytest.raises(BadAnswerError) as caught:
        envelope.read(reply(body, status, {"x-tt-logid": LOG}), "/x/")

    assert caught.value.log_id == LOG
    assert str(status) in str(caught.value)


WORDS = st.text("okab é\0", max_size=5)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS,
    lambda inner: st.lists(inner) | st.dictionaries(WORDS, inner),
    max_leaves=8,
)
KEYS = st.sampled_from(["error", "data", "code", "message", "log_id", "error_code"])


@given(st.dictionaries(KEYS, JSON | st.dictionaries(KEYS, JSON)), st.integers(200, 599))
def test_any_json_gives_an_answer_or_a_typed_error(
    body: dict[str, Any], status: int
) -> None:
    try:
        answer = envelope.read(reply(body, status), "/x/")
    except TikTokError:
        return
    assert isinstance(answer.data, dict)


def test_an_id_never_passes_a_float() -> None:
    body = b'{"data":{"id":7602997517160123666.0},"error":{"code":"ok"}}'

    found = envelope.read(reply(body), "/x/").data["id"]
    assert found == "7602997517160123666.0"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        (
            {
                "retry-after": "Sun, 22 Nov 2026 10:00:30 GMT",
                "date": "Sun, 22 Nov 2026 10:00:00 GMT",
            },
            30.0,
        ),
        ({"retry-after": "soon"}, None),
        ({"retry-after": f"Mon, 01 Jan {'9' * 20} 00:00:00 GMT"}, None),
        ({}, None),
    ],
    ids=str,
)
def test_retry_after_is_read_in_both_forms(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert envelope.retry_after(reply(b"", 429, headers)) == seconds
