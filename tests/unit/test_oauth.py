"""Forms, not JSON, go to the OAuth endpoints, and what comes back is kept whole."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs

import pytest

from tests.unit.conversation import (
    ACCESS,
    APP,
    CODE,
    EXAMPLES,
    LOG_ID,
    QR,
    REFRESH,
    TOKEN,
    TOKENS,
    VERIFIER,
    Line,
    line,
)
from tiktok_bridge import BadAnswerError, RefusedError, Secret
from tiktok_bridge.errors import LoginError

BACK = "http://127.0.0.1:1/cb/"
PAIR = {"client_key": APP.client_key, "client_secret": APP.client_secret.reveal()}


def form(sent: Line) -> dict[str, str]:
    ((method, _, headers, body),) = sent.sent
    assert method == "POST"
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    return {name: one for name, (one,) in parse_qs(body.decode()).items()}


def test_a_code_is_exchanged_with_verifier_and_redirect_uri() -> None:
    said = line(TOKENS)
    token = said.client().oauth.exchange(CODE, BACK, VERIFIER, 1000)

    assert form(said) == PAIR | {
        "grant_type": "authorization_code",
        "code": CODE.reveal(),
        "redirect_uri": BACK,
        "code_verifier": VERIFIER.reveal(),
    }
    assert token.access_token == Secret("act.new")
    assert token.scopes == ("user.info.basic", "video.publish")
    assert (token.expires_at, token.refresh_expires_at) == (87_400, 31_537_000)


def test_without_a_verifier_none_is_sent() -> None:
    said = line(TOKENS)
    said.client().oauth.exchange(CODE, BACK, None, 0)

    assert "code_verifier" not in form(said)


def test_the_old_shape_of_a_token_response_is_read_too() -> None:
    inner = TOKENS | {"error_code": 0, "captcha": "", "description": "", "log_id": ""}
    said = line({"data": inner, "message": "success"})

    token = said.client().oauth.exchange(CODE, BACK, VERIFIER, 0)

    assert (token.open_id, token.expires_at) == ("-000user", 86_400)


def test_the_old_shape_of_a_refusal_is_a_refusal() -> None:
    inner = {"error_code": 10007, "description": "Bad code", "log_id": LOG_ID}
    said = line({"data": inner, "message": "error"})

    with pytest.raises(RefusedError, match="10007"):
        said.client().oauth.exchange(CODE, BACK, VERIFIER, 0)


def test_a_token_of_the_app_needs_no_creator() -> None:
    said = line({"access_token": "clt.a", "expires_in": 7200, "token_type": "Bearer"})
    token = said.client().oauth.client_token(10)

    assert form(said) == PAIR | {"grant_type": "client_credentials"}
    assert (token.access_token, token.expires_at) == (Secret("clt.a"), 7210)


@pytest.mark.parametrize(
    "content", [b"", b'{"error":{"code":"ok","message":"","log_id":"L"}}']
)
def test_revoking_succeeds_without_a_body(content: bytes) -> None:
    said = Line(content=content, headers={"x-tt-logid": LOG_ID})

    assert said.client().oauth.revoke(ACCESS) in (LOG_ID, "L")
    assert form(said) == PAIR | {"token": ACCESS.reveal()}


def test_revoking_a_dead_token_is_refused() -> None:
    said = line({"error": "invalid_grant", "error_description": "x", "log_id": "L"})

    with pytest.raises(RefusedError) as caught:
        said.client().oauth.revoke(ACCESS)

    assert (caught.value.code, caught.value.log_id) == ("invalid_grant", "L")


def test_a_qr_code_shows_a_ticket_of_this_login() -> None:
    body = {
        "scan_qrcode_url": "https://x.example/?a=1&client_ticket=tobefilled&b=2",
        "token": "qr",
    }
    said = line(body)
    code = said.client().oauth.qr_code(["user.info.basic", "video.publish"], "s")

    assert form(said) == {
        "client_key": APP.client_key,
        "scope": "user.info.basic,video.publish",
        "state": "s",
    }
    assert f"client_ticket={code.ticket.reveal()}&b=2" in code.url
    assert code.ticket.reveal() not in repr(code)


@pytest.mark.parametrize("scope", [None, ["video.list"], 7])
def test_a_renewal_that_names_no_scopes_keeps_them(scope: object) -> None:
    before = replace(TOKEN, scopes=("video.publish",))
    said = line({"access_token": "act.new", "expires_in": 5, "scope": scope})

    assert said.client().oauth.refresh(before, 0).scopes == ("video.publish",)


def test_a_token_knows_the_log_id_of_its_answer() -> None:
    said = line(TOKENS, x_tt_logid=LOG_ID)

    assert said.client().oauth.exchange(CODE, BACK, None, 0).log_id == LOG_ID


def test_a_success_may_have_keys_that_look_like_a_refusal() -> None:
    body = {"status": "confirmed", "code": "ab*!0", "message": "success"}
    login = line(body).client().oauth.check_qr_code(QR)

    assert login.code == Secret("ab*!0")


CONFIRMED = [
    {"redirect_uri": "https://a.example/cb/?code=ab%2A%210&state=s&scopes=x"},
    {"code": "ab*!0", "state": "s", "redirect_uri": "https://a.example/cb/"},
]


@pytest.mark.parametrize("said", CONFIRMED, ids=["redirect", "fields"])
def test_a_confirmed_qr_login_gives_its_code_decoded_once(
    said: dict[str, str],
) -> None:
    login = line({"status": "confirmed", **said}).client().oauth.check_qr_code(QR)

    assert login.code == Secret("ab*!0")
    assert (login.state, login.redirect_uri) == ("s", "https://a.example/cb/")
    assert "ab*!0" not in repr(login)


@pytest.mark.parametrize("status", ["new", "scanned", "expired", "utilised", "other"])
def test_a_qr_login_that_is_not_confirmed_has_no_code(status: str) -> None:
    login = line({"status": status}).client().oauth.check_qr_code(QR)

    assert (login.status, login.code) == (status, None)


def test_a_ticket_of_another_login_is_refused() -> None:
    body = {"status": "confirmed", "code": "stolen", "client_ticket": "another"}

    with pytest.raises(LoginError, match="not the one that was shown") as caught:
        line(body).client().oauth.check_qr_code(QR)

    assert "stolen" not in str(caught.value)


@pytest.mark.parametrize("name", ["exchange", "refresh", "revoke", "check_qr_code"])
def test_a_refusal_repeats_nothing_that_was_sent(name: str) -> None:
    sent = [CODE, VERIFIER, REFRESH, ACCESS, APP.client_secret, QR.token]
    echo = " ".join(one.reveal() for one in sent) + " Code-Of-A-Login%2A0%216410.va"
    example = EXAMPLES[name]
    for body in (
        {"error": "invalid_grant", "error_description": echo, "log_id": "L"},
        {"error": {"code": "invalid_params", "message": echo}},
    ):
        said = line(body)
        with pytest.raises(RefusedError) as caught:
            example.call(said.client())

        raw = said.sent[0][3].decode()
        for one in sent:
            if one.reveal().split("*")[0] in raw:
                assert one.reveal() not in str(caught.value)
        assert name != "exchange" or "6410" not in str(caught.value)


@pytest.mark.parametrize("key", ["access_token", "refresh_token", "open_id", "scope"])
def test_a_number_with_a_point_is_no_text(key: str) -> None:
    said = line(TOKENS | {key: 0.5})

    with pytest.raises(BadAnswerError, match=key):
        said.client().oauth.exchange(CODE, BACK, VERIFIER, 0)
