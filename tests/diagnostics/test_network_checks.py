"""What the checks of clock, names and network make of facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.diagnostics.seen import (
    CONFIG,
    NOW,
    broken,
    causes,
    fact,
    http,
    judged,
    outcome,
    probe,
    token,
)

if TYPE_CHECKING:
    from tiktok_bridge import Fact


def dated(offset: float, number: int = 1, **changes: object) -> Fact:
    """A sample of 0.2 s, whose date is in the middle of its second."""
    at = NOW + number
    return probe(number, at=at, date=at + 0.1 - 0.5 + offset, **changes)


@pytest.mark.parametrize(
    ("offsets", "expected"),
    [
        ([0, 0, 0], ("pass", "right", "confirmed")),
        ([60.5, 60.5, 60.5], ("pass", "right", "confirmed")),
        ([61, 61, 61], ("warn", "off", "confirmed")),
        ([-61, -61, -61], ("warn", "off", "confirmed")),
        ([300, 300, 300], ("warn", "off", "confirmed")),
        ([301, 301, 301], ("fail", "wrong", "confirmed")),
        ([-4000, -4000, -4000], ("fail", "wrong", "confirmed")),
        ([301, 320, 301], ("fail", "wrong", "probable")),
        ([301], ("fail", "wrong", "probable")),
        ([301, 302.1], ("fail", "wrong", "confirmed")),
        ([301, 302.3], ("fail", "wrong", "probable")),
    ],
)
def test_the_clock_is_compared_with_the_middle_of_dated_answers(
    offsets: list[float], expected: tuple[str, ...]
) -> None:
    samples = [dated(one, number) for number, one in enumerate(offsets)]

    assert outcome("clock.skew", *samples) == [("", *expected)]


def test_the_sharpest_sample_tells_the_clock() -> None:
    slow = probe(1, at=NOW, seconds=8.0, date=NOW + 400.0)
    sharp = dated(0, 2)

    assert outcome("clock.skew", slow, sharp) == [("", "pass", "right", "confirmed")]


@pytest.mark.parametrize(
    "changes", [{"is_json": False}, {"code": None}, {"broke": "protocol"}]
)
def test_a_date_of_somebody_else_says_nothing_of_the_clock(
    changes: dict[str, Any],
) -> None:
    assert outcome("clock.skew", dated(4000, **changes)) == []
    assert outcome("clock.skew", probe()) == []


def test_the_clock_is_said_to_be_behind_or_ahead() -> None:

    (behind,) = judged("clock.skew", dated(4000))
    (ahead,) = judged("clock.skew", dated(-4000))

    assert "4000.0 s behind" in behind.says
    assert "4000.0 s ahead" in ahead.says


def address(
    role: str = "api", host: str = "open.tiktokapis.com", **data: object
) -> Fact:
    usual: dict[str, Any] = {
        "role": role,
        "via_proxy": False,
        "is_literal": False,
        "is_loopback": False,
        "status": "ok",
        "count": 2,
        "public": 2,
        "private": 0,
    }
    return fact("address", host, **usual | data)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (address(), [("", "pass", "resolves", "confirmed")]),
        (address("login"), [("open.tiktokapis.com", "pass", "resolves", "confirmed")]),
        (
            address(status="not-found", count=0),
            [("", "fail", "not-found", "confirmed")],
        ),
        (address(status="timeout"), [("", "fail", "timeout", "confirmed")]),
        (
            address("upload", "up", status="failed"),
            [("up", "warn", "failed", "confirmed")],
        ),
        (
            address(public=0, private=1),
            [("", "fail", "private-address", "probable")],
        ),
        (
            address(public=1, private=1),
            [("", "fail", "private-address", "probable")],
        ),
        (
            address("login", "in", public=0, private=1),
            [("in", "warn", "private-address", "probable")],
        ),
        (
            address(is_literal=True, is_loopback=True, public=0, private=1),
            [("", "pass", "resolves", "confirmed")],
        ),
        (
            address(is_literal=True, public=0, private=1),
            [("", "pass", "resolves", "confirmed")],
        ),
        (address(status="not-found", via_proxy=True), []),
    ],
)
def test_names_resolve_to_public_addresses(
    seen: Fact, expected: list[tuple[str, ...]]
) -> None:
    assert outcome("dns.resolve", seen) == expected


def test_a_private_address_is_no_fault_if_tiktok_answers_there() -> None:
    private = address(public=0, private=1)

    assert outcome("dns.resolve", private, probe())[0][1:3] == (
        "pass",
        "private-and-answers",
    )
    assert outcome("dns.resolve", private, probe(is_json=False))[0][1] == "fail"


def proxied(**data: object) -> Fact:
    usual: dict[str, Any] = {
        "is_used": True,
        "is_usable": True,
        "has_credentials": False,
    }
    return fact("proxy", **usual | data)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ([proxied(is_used=False)], [("", "pass", "none", "confirmed")]),
        ([proxied(is_usable=False)], [("", "fail", "unusable", "confirmed")]),
        (
            [proxied(), broken("video_list", "", "proxy")],
            [("", "fail", "refused", "confirmed")],
        ),
        ([proxied(), probe()], [("", "pass", "passes", "confirmed")]),
        ([proxied(), broken("video_list", "", "timeout")], []),
        ([], []),
    ],
)
def test_a_proxy_leads_to_tiktok(
    seen: list[Fact], expected: list[tuple[str, ...]]
) -> None:
    assert outcome("net.proxy", *seen) == expected


def linked(host: str = "open.tiktokapis.com", **data: object) -> Fact:
    usual: dict[str, Any] = {
        "role": "api",
        "via_proxy": False,
        "status": "ok",
        "is_tls": True,
        "version": "TLSv1.3",
        "days_left": 80,
        "is_intercepted": False,
    }
    return fact("connection", host, **usual | data)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({}, ("pass", "connected")),
        ({"is_tls": False}, ("pass", "plain")),
        ({"days_left": 3}, ("pass", "connected")),
        ({"days_left": 2}, ("warn", "ends-soon")),
        ({"is_intercepted": True}, ("warn", "intercepted")),
        ({"status": "refused"}, ("fail", "refused")),
        ({"status": "timeout"}, ("fail", "timeout")),
        ({"status": "unreachable"}, ("fail", "unreachable")),
        ({"status": "no-roots"}, ("fail", "no-roots")),
        (
            {"status": "certificate", "fault": "expired"},
            ("fail", "certificate-expired"),
        ),
        (
            {"status": "certificate", "fault": "untrusted", "is_intercepted": True},
            ("fail", "intercepted"),
        ),
    ],
)
def test_the_connection_to_the_api_is_good(
    data: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert outcome("net.tcp_tls", linked(**data)) == [("", *expected, "confirmed")]


def test_the_connections_to_other_hosts_are_no_matter_of_the_api() -> None:
    assert outcome("net.tcp_tls", linked(role="upload", status="refused")) == []


def test_what_to_do_about_a_connection_depends_on_what_is_wrong() -> None:

    (refused,) = judged("net.tcp_tls", linked(status="refused"))
    (untrusted,) = judged("net.tcp_tls", linked(status="certificate", fault="name"))

    assert refused.remedy
    assert "443" in refused.remedy.text
    assert untrusted.remedy
    assert "SSL_CERT_FILE" in untrusted.remedy.text


HTML: dict[str, Any] = {"is_json": False, "code": None, "log_id": None}


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ([probe()], ("pass", "tiktok", "confirmed")),
        ([probe(log_id=None)], ("pass", "tiktok", "confirmed")),
        ([probe(status=503, **HTML)], ("fail", "server-error", "probable")),
        (
            [probe(status=500, code="internal_error")],
            ("fail", "server-error", "probable"),
        ),
        ([probe(1, status=503, **HTML), probe(2)], ("pass", "tiktok", "confirmed")),
        ([probe(status=200, **HTML)], ("fail", "not-tiktok", "confirmed")),
        ([probe(status=302, **HTML)], ("fail", "not-tiktok", "confirmed")),
        ([probe(status=404, code=None)], ("fail", "not-tiktok", "confirmed")),
        ([broken("video_list", "")], ("fail", "no-answer-timeout", "confirmed")),
        (
            [broken("video_list", "", "connect")],
            ("fail", "no-answer-connect", "confirmed"),
        ),
        ([probe(broke="protocol")], ("fail", "no-answer-protocol", "confirmed")),
    ],
)
def test_what_answers_is_tiktok(seen: list[Fact], expected: tuple[str, ...]) -> None:
    assert outcome("net.api_shape", *seen) == [("", *expected)]


def test_an_answer_to_an_account_says_nothing_of_the_shape() -> None:
    assert outcome("net.api_shape", http("video_list", "acme")) == []


def test_one_upload_host_that_is_reached_is_enough() -> None:
    near = linked("near", role="upload")
    far = linked("far", role="upload", status="dns")

    assert outcome("net.upload_hosts", near, far)[0][1:3] == ("pass", "reached")
    assert outcome("net.upload_hosts", far) == [
        ("", "warn", "none-reached", "probable")
    ]
    assert outcome("net.upload_hosts", linked()) == []


def upload(size: int, seconds: float, name: str) -> Fact:
    return fact("upload", name, size_bytes=size, seconds=seconds)


def test_the_median_rate_tells_whether_a_video_fits_into_the_hour() -> None:
    rates = [
        upload(1_000_000, 1.0, "a"),
        upload(2_000_000, 1.0, "b"),
        upload(90_000_000, 1.0, "c"),
    ]
    fits = fact("planned", "acme/one", size_bytes=7_200_000_000)
    small = fact("planned", "acme/zero", size_bytes=5)
    large = fact("planned", "acme/two", size_bytes=7_200_000_001)

    assert outcome("net.throughput", *rates, fits, small) == [
        ("", "pass", "fits", "probable")
    ]
    assert outcome("net.throughput", *rates, fits, large) == [
        ("acme/two", "warn", "too-slow", "probable")
    ]
    assert outcome("net.throughput", fits) == []
    assert outcome("net.throughput", *rates) == []
    assert outcome("net.throughput", *rates, fact("planned", size_bytes=None)) == []


DEAD_HOST = [
    fact("proxy", is_used=False, is_usable=True, has_credentials=False),
    broken("video_list", "", "connect"),
    broken("user_info"),
    broken("creator_info"),
    broken("status"),
]


@pytest.mark.parametrize(
    ("seen", "cause"),
    [
        (
            [address(status="not-found"), linked(status="dns")],
            ("dns.resolve", "not-found"),
        ),
        ([address(), linked(status="refused")], ("net.tcp_tls", "refused")),
        ([address(), linked()], ("net.api_shape", "no-answer-connect")),
    ],
)
def test_a_dead_network_is_one_red_line(
    seen: list[Fact], cause: tuple[str, str]
) -> None:

    assert causes(*DEAD_HOST, *seen, CONFIG, token(), token("shop")) == [cause]
