"""Which redirect URIs can be registered, and which are then the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tiktok_bridge_sandbox import redirects

if TYPE_CHECKING:
    from tests.sandbox.conftest import Person

ANY_PORT = ("http://127.0.0.1:*/callback/",)


@pytest.mark.parametrize("port", ["1", "3455", "65535"])
def test_a_star_stands_for_any_port(port: str) -> None:
    uri = f"http://127.0.0.1:{port}/callback/"

    assert redirects.is_registered(uri, ANY_PORT, hosts_are_equal=False)


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "http://127.0.0.1/callback/",
        "http://127.0.0.1:/callback/",
        "http://127.0.0.1:0/callback/",
        "http://127.0.0.1:65536/callback/",
        "http://127.0.0.1:*/callback/",
        "http://127.0.0.1:3455/callback",
        "http://127.0.0.1:3455/callback/?a=1",
        "http://127.0.0.1:3455/Callback/",
        "https://127.0.0.1:3455/callback/",
        "http://localhost:3455/callback/",
        "http://127.0.0.1:80@evil.example:80/callback/",
        "http://127.0.0.1:٣/callback/",
    ],
)
def test_everything_but_the_port_must_be_identical(uri: str) -> None:
    assert not redirects.is_registered(uri, ANY_PORT, hosts_are_equal=False)


def test_localhost_is_another_host_unless_the_switch_says_so(acme: Person) -> None:
    only = {"redirect_uris": "http://127.0.0.1:*/callback/"}
    url = acme.authorize_url(redirect_uri="http://localhost:3455/callback/")

    acme.sandbox.reset(**only)
    distinct = acme.http.get(url).status_code
    acme.sandbox.reset(loopback_hosts="equal", **only)

    assert (distinct, acme.http.get(url).status_code) == (302, 200)


@pytest.mark.parametrize(
    ("platform", "uri"),
    [
        ("desktop", "http://localhost:8080/cb"),
        ("desktop", "https://127.0.0.1:*/"),
        ("web", "https://example.com/cb/"),
        ("web", "https://example.com:8443/cb/"),
    ],
)
def test_the_portal_registers(platform: str, uri: str) -> None:
    redirects.check((uri,), platform)


@pytest.mark.parametrize(
    ("platform", "uri", "words"),
    [
        ("desktop", "http://localhost:8080", "path"),
        ("desktop", "http://localhost/cb/", "port"),
        ("desktop", "http://localhost:0/cb/", "port"),
        ("desktop", "http://example.com:80/cb/", "Desktop tab"),
        ("desktop", "ftp://localhost:21/cb/", "absolute"),
        ("desktop", "/cb/", "absolute"),
        ("desktop", "http://localhost:1/cb/?a=b", "query"),
        ("desktop", "http://localhost:1/cb/#a", "fragment"),
        ("desktop", "http://localhost:1/" + "a" * 500, "512"),
        ("web", "http://example.com/cb/", "Web tab"),
        ("web", "https://localhost/cb/", "Web tab"),
        ("web", "https://example.com:*/cb/", "Web tab"),
    ],
)
def test_the_portal_refuses(acme: Person, platform: str, uri: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        acme.sandbox.reset(platform=platform, redirect_uris=uri)


def test_the_portal_takes_ten_redirect_uris(acme: Person) -> None:
    uris = [f"http://localhost:{port}/cb/" for port in range(1, 12)]

    acme.sandbox.reset(redirect_uris=",".join(uris[:10]))

    assert len(acme.sandbox.state()["app"]["redirect_uris"]) == 10
    with pytest.raises(ValueError, match="at most 10"):
        acme.sandbox.reset(redirect_uris=",".join(uris))


def test_a_refused_reset_changes_nothing(acme: Person) -> None:
    with pytest.raises(ValueError, match="absolute"):
        acme.sandbox.reset("demo", redirect_uris="nonsense")

    assert acme.sandbox.state()["scenario"] == "audited"
