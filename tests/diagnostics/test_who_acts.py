"""Who has to act, and which check explains which, for network, app and tokens."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest

from tests.diagnostics.seen import NOW, broken, fact, http, judged, probe, token
from tests.diagnostics.test_app_checks import app, refused
from tests.diagnostics.test_creator_checks import plan, said, told
from tests.diagnostics.test_network_checks import address, linked, proxied, upload
from tiktok_bridge_diagnostics import registry

if TYPE_CHECKING:
    from tiktok_bridge import Fact

OFF = [probe(n, at=NOW, seconds=0.0, date=NOW + 99) for n in (1, 2)]
GONE = token(is_renewable=False, expires_at=NOW - 9)
UNRENEWED = fact("renewal", "acme", is_kept=False)
RENEWING: dict[str, Any] = {"asked": {"grant_type": "refresh_token"}}


@pytest.mark.parametrize(
    ("check", "seen", "who"),
    [
        ("clock.skew", OFF, "operator"),
        ("dns.resolve", [address(status="failed")], "operator"),
        ("net.proxy", [proxied(is_usable=False)], "operator"),
        ("net.tcp_tls", [linked(status="refused")], "operator"),
        ("net.tcp_tls", [linked(is_intercepted=True)], "operator"),
        ("net.tcp_tls", [linked(days_left=1)], "tiktok"),
        ("net.api_shape", [broken("video_list", "")], "operator"),
        ("net.api_shape", [probe(is_json=False)], "operator"),
        ("net.api_shape", [probe(status=503)], "wait"),
        ("net.upload_hosts", [linked(role="upload", status="dns")], "operator"),
        (
            "net.throughput",
            [upload(1, 9.0, "a"), fact("planned", "b", size_bytes=9999)],
            "operator",
        ),
        ("app.key_shape", [app(is_same=True)], "operator"),
        ("app.client_valid", [refused("invalid_client")], "developer"),
        ("app.mode", [app(is_sandbox_key=True)], "operator"),
        (
            "app.url_property",
            [fact("attempt", code="url_ownership_unverified")],
            "developer",
        ),
        ("tok.present", [fact("tokens", is_readable=True)], "creator"),
        ("tok.decrypt", [token(status="damaged")], "operator"),
        ("tok.access_expiry", [token(expires_at=NOW - 9)], "operator"),
        ("tok.access_expiry", [GONE], "creator"),
        ("tok.refresh_expiry", [token(refresh_expires_at=NOW + 9)], "operator"),
        ("tok.refresh_expiry", [token(refresh_expires_at=NOW)], "creator"),
        ("tok.account", [fact("user", "acme", is_same=False)], "creator"),
        ("tok.account", [token(namesakes=1)], "operator"),
        ("tok.scopes_probe", [http("status", code="scope_not_authorized")], "creator"),
        ("tok.refresh_intent", [token(renewal_began_at=NOW - 999)], "creator"),
        (
            "tok.refresh_works",
            [UNRENEWED, http("token", code="invalid_grant", **RENEWING)],
            "creator",
        ),
        ("tok.retired", [token(is_renewable=False)], "creator"),
        ("creator.info", [said("ok")], "tiktok"),
        ("creator.user_cap", [said("reached_active_user_cap")], "wait"),
        ("creator.privacy_choice", [plan(privacy="X"), told()], "operator"),
        ("creator.duration", [plan(seconds=9999.0), told()], "operator"),
        (
            "creator.interactions",
            [plan(duet=True), told(duet_disabled=True)],
            "operator",
        ),
    ],
)
def test_who_acts_is_named(check: str, seen: list[Fact], who: str) -> None:
    (one,) = judged(check, *seen)

    assert (one.who_acts, bool(one.remedy), bool(one.evidence)) == (who, True, True)


CHAIN = [
    "cfg.found",
    "cfg.schema",
    "dns.resolve",
    "net.tcp_tls",
    "net.api_shape",
    "app.client_valid",
    "tok.valid",
    "creator.can_post",
    "creator.info",
    "creator.visibility",
]


@pytest.mark.parametrize(("cause", "effect"), list(itertools.pairwise(CHAIN)))
def test_each_failure_explains_the_next(cause: str, effect: str) -> None:
    assert cause in registry.all_checks()[effect].needs


@pytest.mark.parametrize(
    "check",
    [
        one
        for one in registry.all_checks()
        if one.partition(".")[0] in ("clock", "dns", "net", "app", "tok", "creator")
    ],
)
def test_every_check_is_explained_by_a_bad_configuration(check: str) -> None:
    known, open_, seen = registry.all_checks(), [check], set[str]()
    while open_:
        seen.add(one := open_.pop())
        open_ += [need for need in known[one].needs if need in known]

    assert "cfg.schema" in seen
