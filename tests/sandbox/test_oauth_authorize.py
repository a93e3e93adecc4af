"""What is wrong with a login before any person is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import Person
    from tiktok_bridge_sandbox.handle import TikTokSandbox

CMS = "https://cms.example.com/tiktok/callback/"


def refusal(person: Person, url: str) -> tuple[str, str, str | None]:
    """Open *url*; return error, error_type and errCode of where it leads."""
    answer = person.http.get(url)
    location = answer.headers["location"]
    given = dict(parse_qsl(urlsplit(location).query))
    assert answer.status_code == 302
    assert location.startswith(url)
    assert len(given["logid"]) == 34
    return given["error"], given["error_type"], given.get("errCode")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"client_key": None, "client_id": "aw"},
            ("param_error", "client_key", "10003"),
        ),
        ({"client_key": "nobody"}, ("unauthorized_client", "client_key", None)),
        (
            {"client_key": "sbawlocalsandbox00", "scope": "photo.publish"},
            ("invalid_scope", "scope", None),
        ),
        ({"redirect_uri": None}, ("invalid_request", "redirect_uri", None)),
        ({"redirect_uri": CMS}, ("invalid_request", "redirect_uri", None)),
        ({"scope": None}, ("invalid_scope", "scope", None)),
        ({"scope": "video.publish,photo.publish"}, ("invalid_scope", "scope", None)),
        ({"scope": "video.publish video.upload"}, ("invalid_scope", "scope", None)),
        ({"scope": "video.publish, video.upload"}, ("invalid_scope", "scope", None)),
        (
            {"response_type": "token"},
            ("unsupported_response_type", "response_type", None),
        ),
        ({"code_challenge": None}, ("param_error", "code_challenge", "10007")),
        (
            {"code_challenge_method": "plain"},
            ("param_error", "code_challenge_method", "10008"),
        ),
        (
            {"code_challenge_method": None},
            ("param_error", "code_challenge_method", "10008"),
        ),
    ],
)
def test_a_mistake_in_the_url_is_shown_on_tiktoks_own_page(
    acme: Person,
    changes: dict[str, str | None],
    expected: tuple[str, str, str | None],
) -> None:
    assert refusal(acme, acme.authorize_url(**changes)) == expected


def test_the_page_of_a_failure_names_it(acme: Person) -> None:
    url = acme.authorize_url(scope="photo.publish")

    page = acme.http.get(url, follow_redirects=True)

    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "Something went wrong" in page.text
    assert "<dd>invalid_scope</dd>" in page.text


def test_the_recorded_order_of_a_failures_parameters(acme: Person) -> None:
    answer = acme.http.get(acme.authorize_url(code_challenge=None))

    tail = answer.headers["location"].partition("&error=")[2]
    assert tail.startswith("param_error&errCode=10007&error_type=code_challenge&logid=")


def test_a_redirect_uri_that_is_not_encoded_is_blamed_on_the_key(acme: Person) -> None:
    url = acme.authorize_url(redirect_uri=None)
    raw = url + "&redirect_uri=http://127.0.0.1:3455/callback/"

    strict = refusal(acme, raw)
    acme.sandbox.reset(unencoded_redirect="accept")

    assert strict == ("unauthorized_client", "client_key", None)
    assert acme.http.get(raw).status_code == 200


def test_an_unregistered_redirect_uri_can_be_blamed_on_the_key(acme: Person) -> None:
    acme.sandbox.reset(unregistered_redirect="client-key")

    found = refusal(acme, acme.authorize_url(redirect_uri=CMS))

    assert found == ("unauthorized_client", "client_key", None)


@pytest.mark.parametrize("state", ["draft", "in-review", "not-approved"])
def test_only_a_live_app_can_be_logged_in_to(acme: Person, state: str) -> None:
    acme.sandbox.reset(app_state=state)

    production = refusal(acme, acme.authorize_url())
    twin = acme.http.get(acme.authorize_url(client_key="sbawlocalsandbox00"))

    assert production == ("unauthorized_client", "client_key", None)
    assert twin.status_code == 200


def test_a_draft_still_gets_client_credentials(acme: Person) -> None:
    acme.sandbox.reset(app_state="draft")

    assert acme.oauth(grant_type="client_credentials").status_code == 200


@pytest.mark.parametrize("key", ["awlocalsandbox00", "sbawlocalsandbox00"])
def test_an_app_without_login_kit_cannot_be_logged_in_to(
    acme: Person, key: str
) -> None:
    acme.sandbox.reset(login_kit=False)

    found = refusal(acme, acme.authorize_url(client_key=key))

    assert found == ("unauthorized_client", "client_key", None)


def test_a_scope_that_is_not_approved_kills_the_request(acme: Person) -> None:
    acme.sandbox.reset(approved_scopes="user.info.basic,video.upload")

    bad = refusal(acme, acme.authorize_url())
    good = acme.http.get(acme.authorize_url(scope="user.info.basic,video.upload"))

    assert bad == ("invalid_scope", "scope", None)
    assert good.status_code == 200


def test_spaces_between_scopes_can_be_made_harmless(acme: Person) -> None:
    acme.sandbox.reset(scope_separator="either")

    answer = acme.login(scope="video.publish video.upload")

    assert answer["scopes"] == "video.publish,video.upload"


@pytest.mark.parametrize(("pkce", "status"), [("always", 302), ("desktop-only", 200)])
def test_a_web_app_needs_a_challenge_by_the_switch(
    acme: Person, pkce: str, status: int
) -> None:
    acme.sandbox.reset(platform="web", pkce=pkce)
    nothing = {"code_challenge": None, "code_challenge_method": None}

    answer = acme.http.get(acme.authorize_url(redirect_uri=CMS, **nothing))

    assert answer.status_code == status


def test_a_desktop_app_always_needs_a_challenge(acme: Person) -> None:
    acme.sandbox.reset(pkce="desktop-only")

    found = refusal(acme, acme.authorize_url(code_challenge=None))

    assert found == ("param_error", "code_challenge", "10007")


def test_the_sandbox_app_has_a_key_and_a_secret_of_its_own(
    tiktok_sandbox: TikTokSandbox,
) -> None:
    production = (tiktok_sandbox.client_key, tiktok_sandbox.client_secret)

    tiktok_sandbox.reset("sandbox-app")

    assert tiktok_sandbox.client_key.startswith("sb")
    assert tiktok_sandbox.client_key != production[0]
    assert tiktok_sandbox.client_secret != production[1]


def test_only_target_users_log_in_to_a_sandbox_app(acme: Person) -> None:
    acme.sandbox.reset("sandbox-app")

    allowed = acme.login()
    refused = acme.sandbox.login(acme.authorize_url(), "shop")

    assert acme.exchange(allowed["code"]).status_code == 200
    assert refused.startswith(acme.authorize_url())
    assert "&error=access_denied&error_type=non_sandbox_target&logid=" in refused


def test_who_is_no_target_user_has_no_token(acme: Person) -> None:
    acme.sandbox.reset("sandbox-app")

    with pytest.raises(KeyError):
        acme.sandbox.token("shop")


def test_a_sandbox_app_is_never_audited(acme: Person) -> None:
    acme.sandbox.reset("audited", app_environment="sandbox", audited=True)

    answer = acme.init("PUBLIC_TO_EVERYONE")

    assert answer.json()["error"]["code"].startswith("unaudited_client_")


def test_the_sandbox_app_has_a_redirect_list_of_its_own(acme: Person) -> None:
    acme.sandbox.reset(sandbox_redirect_uris="http://localhost:9/own/")
    key, own = "sbawlocalsandbox00", "http://localhost:9/own/"

    usual = refusal(acme, acme.authorize_url(client_key=key))

    assert usual == ("invalid_request", "redirect_uri", None)
    assert acme.http.get(
        acme.authorize_url(client_key=key, redirect_uri=own)
    ).is_success
    assert acme.http.get(acme.authorize_url()).is_success
    assert refusal(acme, acme.authorize_url(redirect_uri=own))[0] == "invalid_request"


@pytest.mark.parametrize("kind", ["status", "html"])
def test_a_fault_can_hit_the_login_page(acme: Person, kind: str) -> None:
    acme.sandbox.faults("authorize", [{"kind": kind}])

    answer = acme.http.get(acme.authorize_url())

    assert answer.status_code == 503
    assert acme.http.get(acme.authorize_url()).status_code == 200
    acme.sandbox.assert_consumed()
