"""The page on which a person picks an account and permissions."""

from __future__ import annotations

from html.parser import HTMLParser
from http.client import HTTPConnection
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

if TYPE_CHECKING:
    import httpx

    from tests.sandbox.conftest import Person

CMS = "https://cms.example.com/tiktok/callback/"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Form(HTMLParser):
    """A form as a browser reads it, so that a test can fill it in."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.action = ""
        self.fields: list[tuple[str, str]] = []
        self.offered: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        if tag == "form":
            self.action = given["action"] or ""
        if tag != "input":
            return
        field = (given["name"] or "", given["value"] or "")
        self.offered.append(field)
        if given["type"] == "hidden" or "checked" in given:
            self.fields.append(field)

    def press(
        self, person: Person, button: str, fields: list[tuple[str, str]] | None = None
    ) -> httpx.Response:
        sent = [*(self.fields if fields is None else fields), ("decision", button)]
        return person.http.post(self.action, content=urlencode(sent), headers=FORM)


def open_form(person: Person, **changes: str | None) -> Form:
    page = person.http.get(person.authorize_url(**changes))
    assert page.status_code == 200
    return Form(page.text)


def callback(answer: httpx.Response) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


def test_allow_sends_code_scopes_and_state_to_the_app(acme: Person) -> None:
    answer = open_form(acme).press(acme, "allow")

    assert answer.status_code == 302
    location = answer.headers["location"]
    assert location.startswith("http://127.0.0.1:3455/callback/?code=")
    given = callback(answer)
    assert list(given) == ["code", "scopes", "state"]
    assert given["scopes"] == "user.info.basic,video.publish,video.upload"
    assert given["state"] == "st&te/1"
    assert acme.exchange(given["code"]).status_code == 200


def test_cancel_sends_an_error_and_the_state_to_the_app(acme: Person) -> None:
    given = callback(open_form(acme).press(acme, "cancel"))

    assert list(given) == ["error", "error_description", "state"]
    assert (given["error"], given["state"]) == ("access_denied", "st&te/1")


def test_without_a_state_none_comes_back(acme: Person) -> None:
    given = callback(open_form(acme, state=None).press(acme, "allow"))

    assert "state" not in given


def test_the_page_offers_every_account_and_every_scope_asked_for(acme: Person) -> None:
    form = open_form(acme, scope="video.list,user.info.basic")

    assert form.offered[1:] == [
        ("account", "acme"),
        ("account", "studio"),
        ("scope", "video.list"),
        ("scope", "user.info.basic"),
    ]
    assert set(form.fields[1:]) == set(form.offered[1:]) - {("account", "studio")}


def test_a_person_picks_the_account_and_some_permissions(acme: Person) -> None:
    form = open_form(acme)
    picked = [form.fields[0], ("account", "studio"), ("scope", "video.upload")]

    given = callback(form.press(acme, "allow", picked))

    pair = acme.exchange(given["code"]).json()
    assert given["scopes"] == "video.upload"
    assert pair["scope"] == "video.upload"
    assert pair == acme.sandbox.token("studio")


def test_allowing_nothing_shows_the_page_again_with_the_reason(acme: Person) -> None:
    form = open_form(acme)
    nothing = [form.fields[0], ("account", "studio")]

    answer = form.press(acme, "allow", nothing)

    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert Form(answer.text).fields[1:] == [("account", "studio")]


@pytest.mark.parametrize("field", [("account", "nobody"), ("scope", "video.list")])
def test_a_form_that_was_tampered_with_grants_nothing(
    acme: Person, field: tuple[str, str]
) -> None:
    form = open_form(acme)

    answer = form.press(acme, "allow", [*form.fields, ("account", "acme"), field][::-1])

    assert answer.status_code == 400
    assert "location" not in answer.headers


def test_a_form_with_another_url_is_judged_again(acme: Person) -> None:
    form = open_form(acme)
    evil = acme.authorize_url(redirect_uri="https://evil.example/")
    fields = [("url", evil), *form.fields[1:]]

    answer = form.press(acme, "allow", fields)

    assert answer.headers["location"].startswith(acme.sandbox.base_url)
    assert callback(answer)["error_type"] == "redirect_uri"


@pytest.mark.parametrize("button", ["allow", "cancel"])
@pytest.mark.parametrize("host", ["https://evil.example", "//evil.example"])
@pytest.mark.parametrize("page", ["authorize", "scan"])
def test_a_form_leads_to_no_other_host(
    acme: Person, page: str, host: str, button: str
) -> None:
    url = acme.authorize_url(client_key="x")
    if page == "scan":
        opened = acme.oauth("get_qrcode", scope="user.info.basic").json()
        url = opened["scan_qrcode_url"]
        acme.http.get(url)
    form = open_form(acme)
    evil = url.replace(acme.sandbox.base_url, host)
    fields = [("url", evil), ("account", "acme"), ("scope", "user.info.basic")]

    answer = form.press(acme, button, fields)

    assert answer.status_code == 302
    assert answer.headers["location"].startswith(f"{acme.sandbox.base_url}/")


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("https://evil.example", 403),
        ("http://127.0.0.1:1", 403),
        ("null", 403),
        (None, 302),
        ("", 302),
    ],
)
def test_only_the_pages_own_form_is_taken(
    acme: Person, origin: str | None, status: int
) -> None:
    form = open_form(acme)
    sent = urlencode([*form.fields, ("decision", "allow")])
    given = {} if origin is None else {"Origin": origin or acme.sandbox.base_url}

    answer = acme.http.post(form.action, content=sent, headers=FORM | given)

    assert answer.status_code == status
    assert ("location" in answer.headers) == (status == 302)


def test_a_stranger_to_the_sandbox_app_sees_tiktoks_page(acme: Person) -> None:
    acme.sandbox.reset("sandbox-app")
    form = open_form(acme)
    fields = [f for f in form.fields if f[0] != "account"] + [("account", "shop")]

    answer = form.press(acme, "allow", fields)

    page = acme.http.get(answer.headers["location"])
    assert callback(answer)["error_type"] == "non_sandbox_target"
    assert "no target user" in page.text


def test_nothing_from_the_url_becomes_markup(acme: Person) -> None:
    evil = '"><script>alert(1)</script>'

    login = acme.http.get(acme.authorize_url(state=evil)).text
    failure = acme.http.get(
        acme.authorize_url(error=evil, error_type=evil, errCode=evil, logid=evil)
    ).text

    assert "script" not in Form(login).tags
    assert "script" not in Form(failure).tags
    assert evil not in login + failure
    assert Form(login).fields[0][1] == acme.authorize_url(state=evil)


def test_a_url_that_no_browser_encoded_becomes_no_markup(acme: Person) -> None:
    target = acme.authorize_url().removeprefix(acme.sandbox.base_url)
    connection = HTTPConnection(urlsplit(acme.sandbox.base_url).netloc, timeout=10)

    connection.request("GET", target + '&x="><script>alert(1)</script>')
    page = connection.getresponse().read().decode()
    connection.close()

    assert "<fieldset>" in page
    assert "script" not in Form(page).tags


def test_the_page_works_by_keyboard_and_without_scripts(acme: Person) -> None:
    page = acme.http.get(acme.authorize_url()).text

    tags = Form(page).tags
    assert tags.count("label") == tags.count("input") - 1  # the hidden one
    assert tags.count("legend") == tags.count("fieldset") == 2
    assert tags.count("button") == 2
    assert not {"script", "link", "img", "iframe"} & set(tags)
    assert '<html lang="en">' in page
    assert 'name="viewport"' in page


def test_the_page_is_not_kept_framed_or_told_to_others(acme: Person) -> None:
    headers = acme.http.get(acme.authorize_url()).headers

    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "same-origin"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_no_secret_is_on_any_page(acme: Person) -> None:
    pages = [
        acme.http.get(acme.authorize_url()).text,
        acme.http.get(acme.authorize_url(scope="x"), follow_redirects=True).text,
    ]

    tokens = acme.sandbox.token("acme")
    secrets = {acme.sandbox.client_secret, tokens["access_token"]}
    assert [s for s in secrets for page in pages if s in page] == []


def test_a_login_needs_no_browser(acme: Person) -> None:
    location = acme.sandbox.login(acme.authorize_url(), "studio", ["video.upload"])

    assert location.startswith("http://127.0.0.1:3455/callback/?code=")
    assert location.endswith("&scopes=video.upload&state=st%26te%2F1")


def test_a_refusal_needs_no_browser(acme: Person) -> None:
    location = acme.sandbox.login(acme.authorize_url(), deny=True)

    assert location.startswith("http://127.0.0.1:3455/callback/?error=access_denied&")


def test_a_login_that_cannot_begin_leads_back_to_tiktok(acme: Person) -> None:
    location = acme.sandbox.login(acme.authorize_url(scope="x"))

    assert location.startswith(acme.authorize_url(scope="x") + "&error=invalid_scope&")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "path"),
        ({"url": "http://x/v2/auth/authorize"}, "path"),
        ({"url": None, "scopes": "video.upload"}, "list"),
        ({"account": "nobody"}, "account"),
        ({"scopes": []}, "nothing is granted"),
        ({"scopes": ["video.list"]}, "did not ask"),
    ],
)
def test_a_login_that_makes_no_sense_is_told_why(
    acme: Person, body: dict[str, object], words: str
) -> None:
    start = {} if not body or "url" in body else {"url": acme.authorize_url()}

    answer = acme.http.post("/_sandbox/login", json=start | body)

    assert answer.status_code == 400
    assert words in answer.json()["error"]


def skips(person: Person, **changes: str) -> bool:
    url = person.authorize_url(redirect_uri=CMS, **changes)
    return bool(person.http.get(url).status_code == 302)


def log_in_on_the_web(person: Person) -> None:
    code = person.login(redirect_uri=CMS)["code"]
    assert person.exchange(code, redirect_uri=CMS).status_code == 200


def test_a_standing_consent_skips_the_page_where_it_may(acme: Person) -> None:
    acme.sandbox.reset(platform="web", auto_auth=True)
    before = skips(acme, disable_auto_auth="0")

    log_in_on_the_web(acme)

    assert not before
    assert skips(acme, disable_auto_auth="0")
    assert not skips(acme, disable_auto_auth="1")
    assert not skips(acme, disable_auto_auth="0", scope="user.info.stats")


def test_the_page_is_never_skipped_unless_the_switch_says_so(acme: Person) -> None:
    acme.sandbox.reset(platform="web")

    log_in_on_the_web(acme)

    assert not skips(acme, disable_auto_auth="0")


def test_a_desktop_app_never_skips_the_page(acme: Person) -> None:
    acme.sandbox.reset(auto_auth=True)

    acme.exchange(acme.login()["code"])

    url = acme.authorize_url(disable_auto_auth="0")
    assert acme.http.get(url).status_code == 200


def test_a_removed_app_has_no_standing_consent(acme: Person) -> None:
    acme.sandbox.reset(platform="web", auto_auth=True)
    log_in_on_the_web(acme)

    acme.oauth("revoke", token=acme.sandbox.token("acme")["access_token"])

    assert not skips(acme, disable_auto_auth="0")
