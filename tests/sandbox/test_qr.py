"""A login that begins on one screen and ends on a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import Person

CMS = "https://cms.example.com/tiktok/callback/"


def open_qr(person: Person, **changes: str) -> tuple[str, str]:
    """Return the scan URL, its ticket filled in, and the token."""
    form = {"scope": "user.info.basic,video.upload", "state": "s1"} | changes
    opened = person.oauth("get_qrcode", **form).json()
    url = opened["scan_qrcode_url"].replace("tobefilled", "ticket-1")
    return url, opened["token"]


def check(person: Person, token: str) -> dict[str, Any]:
    return dict(person.oauth("check_qrcode", token=token).json())


def test_a_qr_code_is_a_url_with_a_ticket_to_fill_in_and_a_token(acme: Person) -> None:
    answer = acme.oauth("get_qrcode", scope="user.info.basic").json()

    assert sorted(answer) == ["scan_qrcode_url", "token"]
    assert "client_ticket=tobefilled" in answer["scan_qrcode_url"]
    assert answer["token"] not in answer["scan_qrcode_url"]


def test_a_qr_login_is_new_then_scanned_then_confirmed_then_utilised(
    acme: Person,
) -> None:
    url, token = open_qr(acme)
    seen = [check(acme, token)]

    acme.http.get(url)
    seen.append(check(acme, token))
    acme.sandbox.login(url)
    seen.append(check(acme, token))
    given = dict(parse_qsl(urlsplit(seen[-1]["redirect_uri"]).query))
    pair = acme.exchange(given["code"], redirect_uri=CMS, code_verifier="").json()
    seen.append(check(acme, token))

    states = [answer["status"] for answer in seen]
    assert states == ["new", "scanned", "confirmed", "utilised"]
    tickets = [answer["client_ticket"] for answer in seen]
    assert tickets == ["", "ticket-1", "ticket-1", "ticket-1"]
    assert (given["scopes"], given["state"]) == ("user.info.basic,video.upload", "s1")
    assert pair["scope"] == "user.info.basic,video.upload"


def test_only_a_confirmed_login_brings_a_code(acme: Person) -> None:
    url, token = open_qr(acme)
    acme.http.get(url)

    assert sorted(check(acme, token)) == ["client_ticket", "status"]


def test_a_confirmed_login_can_bring_code_and_state(acme: Person) -> None:
    acme.sandbox.reset(qr_confirmed="code-and-state")
    url, token = open_qr(acme)

    acme.sandbox.login(url, scopes=["video.upload"])

    answer = check(acme, token)
    assert (answer["state"], "redirect_uri" in answer) == ("s1", False)
    pair = acme.exchange(answer["code"], redirect_uri=CMS).json()
    assert pair["scope"] == "video.upload"


def test_the_code_goes_to_the_first_registered_uri_with_a_port(acme: Person) -> None:
    uris = "http://localhost:*/a/,http://localhost:81/b/"
    acme.sandbox.reset(redirect_uris=uris)
    url, token = open_qr(acme)

    acme.sandbox.login(url)

    assert check(acme, token)["redirect_uri"].startswith("http://localhost:81/b/?code=")


def test_a_qr_code_dies_of_age(acme: Person) -> None:
    url, token = open_qr(acme)

    acme.sandbox.advance(300)

    assert check(acme, token)["status"] == "expired"
    with pytest.raises(ValueError, match="expired"):
        acme.sandbox.login(url)


def test_a_confirmed_login_does_not_die_with_its_qr_code(acme: Person) -> None:
    url, token = open_qr(acme)
    acme.sandbox.login(url)

    acme.sandbox.advance(400)

    assert check(acme, token)["status"] == "confirmed"


@pytest.mark.parametrize(("redeemed", "end"), [(False, "expired"), (True, "utilised")])
def test_a_confirmed_login_ends_with_its_code(
    acme: Person, *, redeemed: bool, end: str
) -> None:
    acme.sandbox.reset(qr_confirmed="code-and-state")
    url, token = open_qr(acme)
    acme.sandbox.login(url)
    code = check(acme, token)["code"]
    if redeemed:
        acme.exchange(code, redirect_uri=CMS)

    acme.sandbox.advance(600)

    assert check(acme, token)["status"] == end
    assert acme.exchange(code, redirect_uri=CMS).json()["error"] == "invalid_grant"


def test_a_cancelled_qr_login_is_expired(acme: Person) -> None:
    url, token = open_qr(acme)

    acme.sandbox.login(url, deny=True)

    assert check(acme, token)["status"] == "expired"


def test_a_qr_login_is_confirmed_once(acme: Person) -> None:
    url, _ = open_qr(acme)
    acme.sandbox.login(url)

    with pytest.raises(ValueError, match="confirmed"):
        acme.sandbox.login(url, "studio")


def test_the_scan_page_has_the_form_and_then_sends_the_person_back(
    acme: Person,
) -> None:
    url, _ = open_qr(acme)

    form = acme.http.get(url).text
    acme.sandbox.login(url)

    assert 'action="/_sandbox/consent"' in form
    assert "Go on where the QR code was shown." in acme.http.get(url).text


def test_a_stranger_cannot_confirm_the_qr_code_of_a_sandbox_app(acme: Person) -> None:
    acme.sandbox.reset("sandbox-app")
    url, token = open_qr(acme)

    location = acme.sandbox.login(url, "shop")

    assert "error_type=non_sandbox_target" in location
    assert "Something went wrong" in acme.http.get(location).text
    assert check(acme, token)["status"] == "scanned"


@pytest.mark.parametrize(
    ("state", "form", "error"),
    [
        ("live", {"client_key": "x"}, "invalid_client"),
        ("live", {"scope": "photo.publish"}, "invalid_scope"),
        ("live", {"scope": ""}, "invalid_scope"),
        ("draft", {}, "unauthorized_client"),
    ],
)
def test_a_qr_code_is_refused_in_the_flat_shape(
    acme: Person, state: str, form: dict[str, str], error: str
) -> None:
    acme.sandbox.reset(app_state=state)

    answer = acme.oauth("get_qrcode", **{"scope": "user.info.basic"} | form).json()

    assert sorted(answer) == ["error", "error_description", "log_id"]
    assert answer["error"] == error


def test_a_qr_code_is_asked_for_without_the_secret(acme: Person) -> None:
    form = {"client_key": acme.sandbox.client_key, "scope": "user.info.basic"}

    assert acme.http.post("/v2/oauth/get_qrcode/", data=form).status_code == 200


def test_checking_needs_the_secret_and_a_token_of_this_app(acme: Person) -> None:
    _, token = open_qr(acme)

    assert check(acme, "unknown")["error"] == "invalid_request"
    wrong = acme.oauth("check_qrcode", token=token, client_secret="x")  # noqa: S106 - bad
    assert wrong.json()["error"] == "invalid_client"
    twin = {
        "client_key": "sbawlocalsandbox00",
        "client_secret": "local-sandbox-twin-secret",
    }
    foreign = acme.oauth("check_qrcode", token=token, **twin)
    assert foreign.json()["error"] == "invalid_request"


def test_an_unknown_qr_code_has_no_page(acme: Person) -> None:
    assert acme.http.get("/_sandbox/scan?qr=unknown").status_code == 400


@pytest.mark.parametrize("endpoint", ["qr_code", "qr_check", "token", "revoke"])
def test_an_injected_error_of_an_oauth_endpoint_is_flat(
    acme: Person, endpoint: str
) -> None:
    paths = {"qr_code": "get_qrcode", "qr_check": "check_qrcode"}
    acme.sandbox.faults(endpoint, [{"kind": "status"}])

    answer = acme.oauth(paths.get(endpoint, endpoint))

    assert (answer.status_code, answer.json()["error"]) == (503, "server_error")
    acme.sandbox.assert_consumed()
