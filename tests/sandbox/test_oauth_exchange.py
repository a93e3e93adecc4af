"""What a code is worth at the token endpoint."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import Person

BASE64URL = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
"""The challenge of the same verifier as RFC 7636 has it."""


def test_a_code_gives_a_pair_that_works(acme: Person) -> None:
    answer = acme.exchange(acme.login()["code"])

    pair = answer.json()
    assert answer.status_code == 200
    assert pair["scope"] == "user.info.basic,video.publish,video.upload"
    assert pair == acme.sandbox.token("acme")
    assert acme.creator_info().json()["error"]["code"] == "ok"


def test_a_code_has_stars_and_bangs_and_travels_without_them(acme: Person) -> None:
    location = acme.sandbox.login(acme.authorize_url())

    assert "%2A0%216410" in urlsplit(location).query
    assert acme.login()["code"].endswith("*0!6410")


def test_the_granted_scopes_belong_to_the_login(acme: Person) -> None:
    whole = acme.exchange(acme.login()["code"]).json()

    part = acme.exchange(acme.login(["user.info.basic"])["code"]).json()

    assert part["scope"] == "user.info.basic"
    assert acme.creator_info().json()["error"]["code"] == "scope_not_authorized"
    bearer = {"Authorization": f"Bearer {whole['access_token']}"}
    path = "/v2/post/publish/creator_info/query/"
    assert acme.http.post(path, headers=bearer).status_code == 200


def test_a_refresh_keeps_the_scopes_of_its_login(acme: Person) -> None:
    pair = acme.exchange(acme.login(["video.upload"])["code"]).json()

    form = {"grant_type": "refresh_token", "refresh_token": pair["refresh_token"]}
    renewed = acme.oauth(**form).json()

    assert renewed["scope"] == "video.upload"
    assert acme.sandbox.state()["accounts"][0]["scopes"] == ["video.upload"]


def test_a_new_login_repairs_a_removed_app(acme: Person) -> None:
    acme.sandbox.reset("token-revoked")

    acme.exchange(acme.login()["code"])

    assert acme.creator_info().status_code == 200


def test_a_code_works_once(acme: Person) -> None:
    code = acme.login()["code"]
    acme.exchange(code)

    body = acme.exchange(code).json()

    assert body["error"] == "invalid_grant"
    assert body["error_description"] == "Authorization code is expired."
    assert len(body["log_id"]) == 34


@pytest.mark.parametrize(("seconds", "status"), [(595, 200), (600, 400)])
def test_a_code_dies_of_age(acme: Person, seconds: int, status: int) -> None:
    code = acme.login()["code"]

    acme.sandbox.advance(seconds)

    assert acme.exchange(code).status_code == status


def test_the_life_of_a_code_follows_its_switch(acme: Person) -> None:
    acme.sandbox.reset(code_seconds=30)
    code = acme.login()["code"]

    acme.sandbox.advance(30)

    assert acme.exchange(code).json()["error"] == "invalid_grant"


def test_a_code_that_was_decoded_twice_is_refused(acme: Person) -> None:
    code = unquote(acme.login()["code"])

    assert acme.exchange(code).json()["error"] == "invalid_grant"


def test_a_code_that_was_not_decoded_is_refused(acme: Person) -> None:
    code = quote(acme.login()["code"])

    assert acme.exchange(code).json()["error"] == "invalid_grant"


def test_decoding_twice_can_be_made_harmless(acme: Person) -> None:
    acme.sandbox.reset(double_decoding="works")

    code = unquote(acme.login()["code"])

    assert acme.exchange(code).status_code == 200


def test_the_code_is_judged_before_the_app(acme: Person) -> None:
    pair = {"client_key": "awnobody00000000", "client_secret": "x"}

    bad_code = acme.exchange("no-code", **pair)
    good_code = acme.exchange(acme.login()["code"], **pair)

    assert bad_code.json()["error_description"] == "Authorization code is expired."
    assert good_code.json()["error"] == "invalid_client"


def test_a_code_of_another_app_is_refused(acme: Person) -> None:
    twin = {
        "client_key": "sbawlocalsandbox00",
        "client_secret": "local-sandbox-twin-secret",
    }

    answer = acme.exchange(acme.login()["code"], **twin)

    assert answer.json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "uri", ["http://127.0.0.1:3456/callback/", "http://127.0.0.1:3455/callback"]
)
def test_the_redirect_uri_must_be_the_one_of_the_login(acme: Person, uri: str) -> None:
    answer = acme.exchange(acme.login()["code"], redirect_uri=uri).json()

    assert answer["error"] == "invalid_request"
    assert answer["error_description"] == (
        "Redirect_uri is not matched with the uri when requesting code."
    )


@pytest.mark.parametrize("verifier", ["", "x" * 42, "x" * 43, "é" * 43])
def test_a_wrong_verifier_is_refused(acme: Person, verifier: str) -> None:
    answer = acme.exchange(acme.login()["code"], code_verifier=verifier)

    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_request"
    assert answer.json()["error_description"] == (
        "Code verifier or code challenge is invalid."
    )


@pytest.mark.parametrize("length", [42, 129])
def test_a_verifier_of_the_wrong_length_proves_nothing(
    acme: Person, length: int
) -> None:
    verifier = "v" * length
    challenge = hashlib.sha256(verifier.encode()).hexdigest()
    code = acme.login(code_challenge=challenge)["code"]

    assert acme.exchange(code, code_verifier=verifier).status_code == 400


def test_a_base64url_challenge_fails_at_the_exchange(acme: Person) -> None:
    code = acme.login(code_challenge=BASE64URL)["code"]

    answer = acme.exchange(code).json()

    assert answer["error"] == "invalid_request"
    assert answer["error_description"] == "Code verifier or code challenge is invalid."


def test_a_base64url_challenge_can_fail_at_the_login(acme: Person) -> None:
    acme.sandbox.reset(pkce_base64url="fails-at-authorize")

    refused = acme.login(code_challenge=BASE64URL)

    assert (refused["error"], refused["errCode"]) == ("param_error", "10007")
    assert acme.exchange(acme.login()["code"]).status_code == 200


def test_a_verifier_without_a_challenge_is_ignored(acme: Person) -> None:
    acme.sandbox.reset(platform="web", pkce="desktop-only")
    uri = "https://cms.example.com/tiktok/callback/"
    nothing = {"code_challenge": None, "code_challenge_method": None}

    code = acme.login(redirect_uri=uri, **nothing)["code"]

    assert acme.exchange(code, redirect_uri=uri).status_code == 200


@pytest.mark.parametrize("name", ["code", "redirect_uri", "client_key"])
def test_an_exchange_without_a_field_is_malformed(acme: Person, name: str) -> None:
    form = {"code": acme.login()["code"], name: ""}

    answer = acme.exchange(**form).json()

    assert answer["error_description"] == "The request parameters are malformed."


def test_an_exchange_in_json_is_refused_and_the_code_lives_on(acme: Person) -> None:
    code = acme.login()["code"]

    refused = acme.http.post("/v2/oauth/token/", json={"code": code})

    assert refused.json()["error"] == "invalid_request"
    assert acme.exchange(code).status_code == 200


def test_a_lost_reply_of_the_exchange_costs_the_code(acme: Person) -> None:
    code = acme.login()["code"]
    acme.sandbox.faults("token", [{"kind": "empty"}])

    lost = acme.exchange(code)

    assert lost.content == b""
    assert acme.exchange(code).json()["error"] == "invalid_grant"
