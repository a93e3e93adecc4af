"""A login is sent off as TikTok wants it, and only its own redirect is believed."""

from __future__ import annotations

import base64
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.unit.conversation import APP
from tiktok_bridge import AppSettings, ConfigError, Secret
from tiktok_bridge.errors import LoginError
from tiktok_bridge.tiktok.authorize import (
    authorize,
    challenge,
    read_failure,
    read_redirect,
)

PAGE = "https://www.tiktok.com/v2/auth/authorize/"
LOOPBACK = "http://127.0.0.1:3455/callback/"
STATE = Secret("a-state")

VECTORS = {
    "tiktok-mcp-ai_pinned-pkce-vector_0123456789abcdefghijklmnopqrstuvwxyz": (
        "6d737a2ebee1e9712ca50681cb2cb3ae5315985849a85cf11400a06b2fcbd91f"
    ),
    "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk": (
        "13d31e961a1ad8ec2f16b10c4c982e0876a878ad6df144566ee1894acb70f9c3"
    ),
}


@pytest.mark.parametrize("verifier", VECTORS)
def test_the_challenge_is_hex(verifier: str) -> None:
    assert challenge(Secret(verifier)) == VECTORS[verifier]


def test_the_address_has_exactly_the_documented_parameters() -> None:
    begun = authorize(APP, PAGE, LOOPBACK)
    base, _, query = begun.url.partition("?")
    found = {name: values[0] for name, values in parse_qs(query).items()}

    assert base == PAGE
    assert found == {
        "client_key": APP.client_key,
        "scope": "user.info.basic,video.publish,video.upload",
        "response_type": "code",
        "redirect_uri": LOOPBACK,
        "state": begun.state.reveal(),
        "code_challenge": challenge(begun.verifier),
        "code_challenge_method": "S256",
    }


def test_each_login_has_a_state_and_a_lawful_verifier_of_its_own() -> None:
    logins = [authorize(APP, PAGE, LOOPBACK) for _ in range(50)]

    assert len({one.state for one in logins}) == 50
    assert len({one.verifier for one in logins}) == 50
    signs = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
    for one in logins:
        assert 43 <= len(one.verifier.reveal()) <= 128
        assert set(one.verifier.reveal()) <= signs


@pytest.mark.parametrize(("always_ask", "value"), [(False, "0"), (True, "1")])
def test_the_web_platform_may_always_ask(always_ask: bool, value: str) -> None:  # noqa: FBT001 - a parameter of the test
    app = AppSettings(client_key="aw", client_secret=Secret("s"), platform="web")
    url = authorize(app, PAGE, "https://cms.example/cb/", always_ask=always_ask).url
    query = parse_qs(urlsplit(url).query)

    assert query["disable_auto_auth"] == [value]
    assert query["code_challenge_method"] == ["S256"]


def test_what_a_login_shows_holds_no_secret() -> None:
    begun = authorize(APP, PAGE, LOOPBACK)

    for secret in (begun.state, begun.verifier):
        assert secret.reveal() not in repr(begun)


def test_a_page_that_has_a_query_keeps_it() -> None:
    begun = authorize(APP, "http://127.0.0.1:1/page?lang=en", LOOPBACK)

    query = parse_qs(urlsplit(begun.url).query)
    assert (query["lang"], query["client_key"]) == (["en"], [APP.client_key])


def test_a_redirect_uri_that_tiktok_refuses_begins_no_login() -> None:
    with pytest.raises(ConfigError, match="localhost or 127"):
        authorize(APP, PAGE, "https://cms.example/cb/")


def test_a_code_is_decoded_once() -> None:
    scopes = "user.info.basic%2Cvideo.upload"
    query = f"code=ab%252A%2A%210%216410.va&scopes={scopes}&state=a-state"
    consent = read_redirect(query, STATE)

    assert consent.code.reveal() == "ab%2A*!0!6410.va"
    assert consent.scopes == ("user.info.basic", "video.upload")
    assert "6410" not in repr(consent)


@pytest.mark.parametrize(
    "query",
    [
        "code=secret-code&state=b-state",
        "code=secret-code",
        "code=secret-code&state=",
        "code=secret-code&state=a-state%00",
        "code=secret-code&state=b&state=a-state",
        "error=access_denied&state=b-state",
        "%ff&&&=",
        "&".join(f"a{i}=1" for i in range(200)) + "&state=a-state",
    ],
)
def test_a_redirect_with_another_state_is_refused_before_it_is_read(query: str) -> None:
    with pytest.raises(LoginError, match="does not belong to this login") as caught:
        read_redirect(query, STATE)

    assert "secret-code" not in str(caught.value)
    assert caught.value.code == ""


@pytest.mark.parametrize("query", ["code=attacker", "code=attacker&state="])
def test_a_state_that_was_lost_fits_nothing(query: str) -> None:
    with pytest.raises(LoginError, match="no state to compare"):
        read_redirect(query, Secret(""))


def test_a_person_who_says_no_is_no_mistake_of_the_configuration() -> None:
    query = urlencode(
        {
            "error": "access_denied",
            "error_description": "user said no",
            "state": "a-state",
        }
    )
    with pytest.raises(LoginError, match="user said no") as caught:
        read_redirect(query, STATE)

    assert caught.value.code == "access_denied"
    assert caught.value.hint


def test_a_redirect_without_code_and_error_is_no_login() -> None:
    with pytest.raises(LoginError, match="neither a code nor an error"):
        read_redirect("state=a-state", STATE)


FAILURES = [
    ("unauthorized_client", "client_key", "", "key"),
    ("param_error", "client_key", "10003", "client_id"),
    ("access_denied", "non_sandbox_target", "", "target user"),
    ("invalid_request", "redirect_uri", "", "redirect"),
    ("invalid_scope", "scope", "", "scope"),
    ("param_error", "code_challenge", "10007", "challenge"),
    ("param_error", "code_challenge_method", "10008", "S256"),
]


@pytest.mark.parametrize(("code", "kind", "number", "word"), FAILURES)
def test_a_failure_on_tiktoks_own_page_is_explained(
    code: str, kind: str, number: str, word: str
) -> None:
    query = {"client_key": "aw", "error": code, "error_type": kind, "logid": "L1"}
    error = read_failure(urlencode(query | ({"errCode": number} if number else {})))

    assert error is not None
    assert (error.code, error.error_type, error.err_code) == (code, kind, number)
    assert error.log_id == "L1"
    assert str(error).endswith("(log id L1)")
    assert word in f"{error} {error.hint}"


def test_an_address_without_an_error_is_no_failure() -> None:
    assert read_failure("?client_key=aw&state=b") is None


def test_the_wrong_encoding_of_the_challenge_is_not_ours() -> None:
    for verifier, right in VECTORS.items():
        wrong = base64.urlsafe_b64encode(bytes.fromhex(right)).decode().rstrip("=")
        assert challenge(Secret(verifier)) != wrong


def test_what_a_stranger_writes_into_an_error_reaches_no_terminal() -> None:
    query = urlencode({"error": "x\x1b[2J", "error_description": "a\r\nb" + "c" * 9999})
    error = read_failure(query)

    assert error is not None
    assert str(error).isprintable()
    assert len(str(error)) < 1500
