"""What the OAuth endpoints answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import Person
    from tiktok_bridge_sandbox.handle import TikTokSandbox


def refresh(person: Person, token: str) -> tuple[int, dict[str, object]]:
    answer = person.oauth(grant_type="refresh_token", refresh_token=token)
    return answer.status_code, answer.json()


def test_a_token_response_is_flat_and_complete(tiktok_sandbox: TikTokSandbox) -> None:
    response = tiktok_sandbox.token("acme")

    assert sorted(response) == [
        "access_token",
        "expires_in",
        "open_id",
        "refresh_expires_in",
        "refresh_token",
        "scope",
        "token_type",
    ]
    assert response["access_token"].startswith("act.")
    assert response["refresh_token"].startswith("rft.")
    assert response["scope"] == "user.info.basic,video.publish,video.upload,video.list"


def test_a_refresh_gives_a_new_pair_that_works(acme: Person) -> None:
    old = acme.sandbox.token("acme")

    code, new = refresh(acme, old["refresh_token"])

    assert code == 200
    assert new["refresh_token"] != old["refresh_token"]
    assert acme.sandbox.token("acme") == new
    assert acme.creator_info().json()["error"]["code"] == "ok"


def test_a_refresh_token_works_once(acme: Person) -> None:
    old = acme.sandbox.token("acme")["refresh_token"]
    refresh(acme, old)

    code, body = refresh(acme, old)

    assert (code, body["error"]) == (400, "invalid_grant")
    assert body["error_description"] == "Refresh token is invalid or expired."
    assert len(str(body["log_id"])) == 34


def test_a_refresh_token_dies_of_age(acme: Person) -> None:
    acme.sandbox.advance(31_536_000)

    code, body = refresh(acme, acme.sandbox.token("acme")["refresh_token"])

    assert (code, body["error"]) == (400, "invalid_grant")


def test_an_access_token_dies_of_age(acme: Person) -> None:
    acme.sandbox.advance(86_400)

    answer = acme.creator_info()

    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "access_token_invalid"


def test_lifetimes_follow_the_switches(acme: Person) -> None:
    acme.sandbox.reset(expires_in=7_200, refresh_expires_in=15_552_000)

    response = acme.sandbox.token("acme")
    acme.sandbox.advance(7_200)

    assert (response["expires_in"], response["refresh_expires_in"]) == (
        7_200,
        15_552_000,
    )
    assert acme.creator_info().status_code == 401


def test_client_credentials_give_an_application_token(acme: Person) -> None:
    answer = acme.oauth(grant_type="client_credentials").json()

    assert answer["access_token"].startswith("clt.")
    assert (answer["expires_in"], answer["token_type"]) == (7_200, "Bearer")


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "authorization_code", "code": "x"}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token"}, "invalid_request"),
        ({"grant_type": "client_credentials", "client_key": "x"}, "invalid_client"),
        ({"grant_type": "client_credentials", "client_secret": ""}, "invalid_request"),
        ({}, "invalid_request"),
    ],
)
def test_a_wrong_form_is_refused(
    acme: Person, form: dict[str, str], error: str
) -> None:
    answer = acme.oauth(**form)

    assert answer.status_code in (400, 401)
    assert answer.json()["error"] == error


def test_a_token_request_in_json_is_refused(acme: Person) -> None:
    answer = acme.http.post("/v2/oauth/token/", json={"grant_type": "refresh_token"})

    assert answer.json()["error"] == "invalid_request"


def test_a_form_that_calls_itself_json_is_refused(acme: Person) -> None:
    key, secret = acme.sandbox.client_key, acme.sandbox.client_secret
    pair = f"client_key={key}&client_secret={secret}"

    answer = acme.http.post(
        "/v2/oauth/token/",
        content=f"{pair}&grant_type=client_credentials",
        headers={"Content-Type": "application/json"},
    )

    assert answer.json()["error_description"] == "The request parameters are malformed."


def test_without_the_slash_there_is_no_token_endpoint(acme: Person) -> None:
    assert acme.http.post("/v2/oauth/token").status_code == 404


def test_an_oauth_error_can_come_with_http_200(acme: Person) -> None:
    acme.sandbox.reset(oauth_error_status="200")

    code, body = refresh(acme, "rft.nonsense")

    assert (code, body["error"]) == (200, "invalid_grant")


def test_revoking_answers_nothing_and_kills_both_tokens(acme: Person) -> None:
    pair = acme.sandbox.token("acme")

    answer = acme.oauth("revoke", token=pair["access_token"])

    assert (answer.status_code, answer.content) == (200, b"")
    assert acme.creator_info().status_code == 401
    assert refresh(acme, pair["refresh_token"])[1]["error"] == "invalid_grant"


def test_revoking_an_unknown_token_is_refused(acme: Person) -> None:
    answer = acme.oauth("revoke", token="act.unknown")  # noqa: S106 - nobody's token

    assert answer.json()["error"] == "invalid_grant"


def test_without_rotation_the_refresh_token_stays(acme: Person) -> None:
    acme.sandbox.reset(rotation="same")
    old = acme.sandbox.token("acme")
    acme.sandbox.advance(3_600)

    first = refresh(acme, old["refresh_token"])[1]
    second = refresh(acme, old["refresh_token"])[1]

    assert first["refresh_token"] == second["refresh_token"] == old["refresh_token"]
    assert (
        len({old["access_token"], first["access_token"], second["access_token"]}) == 3
    )
    assert first["refresh_expires_in"] == pytest.approx(31_536_000 - 3_600, abs=5)
    assert acme.creator_info().status_code == 200


def test_a_wrapped_token_response_has_everything_in_data(acme: Person) -> None:
    acme.sandbox.reset(token_shape="wrapped")  # noqa: S106 - a shape
    old = acme.sandbox.token("acme")["refresh_token"]

    body = refresh(acme, old)[1]

    assert sorted(body) == ["data", "message"]
    data = body["data"]
    assert isinstance(data, dict)
    assert data.items() >= acme.sandbox.token("acme").items()
    assert (data["error_code"], body["message"]) == (0, "success")


def test_the_secret_of_the_sandbox_app_does_not_fit_the_production_key(
    acme: Person,
) -> None:
    production = acme.sandbox.client_key
    acme.sandbox.reset("sandbox-app")

    answer = acme.oauth(grant_type="client_credentials", client_key=production)

    assert answer.status_code == 401
    assert answer.json()["error_description"] == "Client key or secret is incorrect."


def test_a_refresh_token_of_another_app_is_refused_and_survives(acme: Person) -> None:
    own = {
        "client_key": acme.sandbox.client_key,
        "client_secret": acme.sandbox.client_secret,
    }
    acme.sandbox.reset("sandbox-app")
    token = acme.sandbox.token("acme")["refresh_token"]

    foreign = acme.oauth(grant_type="refresh_token", refresh_token=token, **own)

    assert foreign.json()["error"] == "invalid_grant"
    assert refresh(acme, token)[0] == 200
