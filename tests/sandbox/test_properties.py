"""Which URLs lie in a verified property."""

from __future__ import annotations

import pytest

from tiktok_bridge_sandbox.errors import ApiError, UsageError
from tiktok_bridge_sandbox.properties import check_url
from tiktok_bridge_sandbox.switches import Switches, change

UNVERIFIED = "url_ownership_unverified"


def verdict(url: str, **switches: object) -> str:
    try:
        check_url(url, Switches(**switches))  # type: ignore[arg-type]  # one per field
    except ApiError as error:
        return error.code
    return "ok"


@pytest.mark.parametrize(
    "url",
    [
        "https://media.example.com/a.mp4",
        "https://MEDIA.example.com/a.mp4?size=1",
        "https://eu.media.example.com/a.mp4",
        "https://media.example.com:8443/a.mp4",
        "https://cdn.example.com/acme/a.mp4",
        "https://cdn.example.com/acme/deep/a.mp4",
        "https://cdn.example.com/acme/a..b;c%2520.mp4",
        "https://media.example.com./a.mp4",
        "https://eu_1.media.example.com/a.mp4",
    ],
)
def test_a_domain_covers_subdomains_and_a_prefix_its_paths(url: str) -> None:
    assert verdict(url) == "ok"


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/a.mp4",
        "https://media.example.com.evil.example/a.mp4",
        "https://notmedia.example.com/a.mp4",
        "https://media.example.com@evil.example/a.mp4",
        "https://user@media.example.com/a.mp4",
        "https://cdn.example.com/acme",
        "https://cdn.example.com/acme2/a.mp4",
        "https://cdn.example.com/acme/../other/a.mp4",
        "https://cdn.example.com/acme/%2e%2e/other/a.mp4",
        "https://cdn.example.com/acme/%252e%252e/other/a.mp4",
        "https://cdn.example.com/acme/%25252e%25252e/other/a.mp4",
        "https://cdn.example.com/acme/..%5cother/a.mp4",
        "https://cdn.example.com/acme/..%2fother/a.mp4",
        "https://cdn.example.com/acme/..;/other/a.mp4",
        "https://cdn.example.com/acme/..;x=1/other/a.mp4",
        "https://cdn.example.com:8443/acme/a.mp4",
        "https://sub.cdn.example.com/acme/a.mp4",
        "http://media.example.com/a.mp4",
        "ftp://media.example.com/a.mp4",
    ],
)
def test_everything_else_is_unverified(url: str) -> None:
    assert verdict(url) == UNVERIFIED


@pytest.mark.parametrize(
    "host", ["93.184.216.34", "[2001:db8::1]", "127.1", "2130706433", "localhost"]
)
def test_an_address_cannot_be_verified(host: str) -> None:
    assert verdict(f"https://{host}/a.mp4", verified=host) == UNVERIFIED


@pytest.mark.parametrize(
    "url",
    ["", "a.mp4", "//media.example.com/a.mp4", "https://", "https://[", "https://a:b/"],
)
def test_what_is_no_url_is_a_bad_argument(url: str) -> None:
    assert verdict(url) == "invalid_params"


@pytest.mark.parametrize("sign", ["\\", " ", "\n", "é"])
def test_a_url_with_a_sign_that_urls_lack_is_a_bad_argument(sign: str) -> None:
    assert verdict(f"https://media.example.com/{sign}.mp4") == "invalid_params"


@pytest.mark.parametrize(
    "host",
    [
        "evil.com%2f.media.example.com",
        ".media.example.com",
        "media.example.com..",
        "*.media.example.com",
        "a;.media.example.com",
        "-a.media.example.com",
        "media.example.com:0",
    ],
)
def test_a_host_that_no_dns_knows_is_a_bad_argument(host: str) -> None:
    assert verdict(f"https://{host}/a.mp4") == "invalid_params"


@pytest.mark.parametrize(
    "verified", ["http://[", "https://", "*.example.com", "a b", "a,,b/c", "//a.b/"]
)
def test_a_switch_that_names_no_property_is_refused(verified: str) -> None:
    with pytest.raises(UsageError, match="neither a domain nor a URL prefix"):
        change(Switches(), {"verified": verified})


@pytest.mark.parametrize(
    "verified", ["", " , ", "a.example, b.example.", "http://127.0.0.1:8000/", "A.b"]
)
def test_a_switch_may_name_domains_and_prefixes(verified: str) -> None:
    assert change(Switches(), {"verified": verified}).verified == verified


def test_an_insecure_url_can_be_a_bad_argument() -> None:
    url = "http://media.example.com/a.mp4"

    assert verdict(url, insecure_url="invalid_params") == "invalid_params"


@pytest.mark.parametrize("verified", ["", " , "])
def test_without_properties_nothing_is_verified(verified: str) -> None:
    assert verdict("https://media.example.com/a.mp4", verified=verified) == UNVERIFIED


@pytest.mark.parametrize(("pulls", "code"), [("fetch", "ok"), ("pretend", UNVERIFIED)])
def test_plain_http_to_loopback_is_only_for_real_fetches(pulls: str, code: str) -> None:
    url = "http://127.0.0.1:8000/a.mp4"

    assert verdict(url, pulls=pulls, verified="http://127.0.0.1:8000/") == code


def test_loopback_is_no_property_by_itself() -> None:
    assert verdict("http://127.0.0.1:8000/a.mp4", pulls="fetch") == UNVERIFIED
