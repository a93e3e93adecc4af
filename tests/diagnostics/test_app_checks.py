"""What the checks of the app make of facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.diagnostics.seen import NOW, causes, fact, http, outcome, probe

if TYPE_CHECKING:
    from tiktok_bridge import Fact


def app(**data: object) -> Fact:
    usual: dict[str, Any] = {
        "environment": "production",
        "platform": "desktop",
        "key_length": 16,
        "secret_length": 32,
        "is_sandbox_key": False,
        "is_key": True,
        "is_secret_a_key": False,
        "is_same": False,
        "is_sample": False,
        "has_space": False,
    }
    return fact("app", **usual | data)


def grant(kind: str = "client_credentials", about: str = "", **changes: Any) -> Fact:  # noqa: ANN401 - JSON
    usual: dict[str, Any] = {
        "code": None,
        "asked": {"grant_type": kind},
        "answered": {"access_token": "clt.x", "token_type": "Bearer"},
    }
    return http("token", about, **usual | changes)


def refused(code: str | None, **changes: Any) -> Fact:  # noqa: ANN401 - JSON
    return grant(**{"code": code, "status": 400, "answered": {}} | changes)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({}, ("pass", "plausible", "confirmed")),
        ({"is_key": False}, ("pass", "plausible", "confirmed")),
        ({"is_secret_a_key": True}, ("pass", "plausible", "confirmed")),
        (
            {"is_secret_a_key": True, "is_key": False},
            ("fail", "swapped", "probable"),
        ),
        ({"is_same": True}, ("fail", "equal", "probable")),
        ({"is_sample": True}, ("fail", "is-sample", "probable")),
        ({"has_space": True}, ("fail", "has-space", "probable")),
    ],
)
def test_key_and_secret_look_like_a_pair(
    data: dict[str, Any], expected: tuple[str, ...]
) -> None:
    assert outcome("app.key_shape", app(**data)) == [("", *expected)]


def test_a_pair_that_was_taken_is_right_whatever_it_looks_like() -> None:
    taken = ("", "pass", "taken", "confirmed")

    assert outcome("app.key_shape", app(is_sample=True), grant()) == [taken]
    assert outcome("app.key_shape", app(is_sample=True), refused("x"))[0][1] == "fail"
    assert outcome("app.key_shape") == []


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (grant(), ("pass", "taken", "confirmed")),
        (grant(answered={"token_type": "Bearer"}), ("pass", "taken", "confirmed")),
        (grant(code="ok"), ("pass", "taken", "confirmed")),
        (refused("invalid_client"), ("fail", "invalid-client", "confirmed")),
        (
            refused("invalid_client", status=200),
            ("fail", "invalid-client", "confirmed"),
        ),
        (refused("unauthorized_client"), ("unknown", "other-refusal", "none")),
        (refused("unsupported_grant_type"), ("unknown", "other-refusal", "none")),
        (refused(None, status=503, is_json=False), ("unknown", "no-answer", "none")),
        (refused(None, status=200), ("unknown", "no-answer", "none")),
        (grant(status=500), ("unknown", "no-answer", "none")),
        (grant(is_json=False), ("unknown", "no-answer", "none")),
        (grant(broke="protocol"), ("unknown", "no-answer", "none")),
        (refused(None, broke="timeout", status=None), ("unknown", "no-answer", "none")),
    ],
)
def test_only_invalid_client_proves_a_wrong_pair(
    asked: Fact, expected: tuple[str, ...]
) -> None:
    assert outcome("app.client_valid", asked) == [("", *expected)]


def test_another_grant_says_nothing_of_the_pair() -> None:
    assert outcome("app.client_valid", grant("refresh_token", "acme")) == []


def test_the_pair_is_refused_whatever_it_asked_for() -> None:
    asked = {"asked": {"grant_type": "authorization_code"}, "code": "invalid_client"}
    wrong = http("token", "", **asked, status=400, at=NOW - 9)

    assert outcome("app.client_valid", wrong) == [
        ("", "fail", "invalid-client", "confirmed")
    ]
    assert outcome("app.client_valid", wrong, grant("refresh_token")) == []
    assert outcome("app.client_valid", wrong, grant()) == [
        ("", "pass", "taken", "confirmed")
    ]


def test_a_wrong_pair_is_the_one_cause() -> None:
    wrong = refused("invalid_client")
    dead: dict[str, Any] = {"status": 401, "code": "access_token_invalid"}
    acme = [http("user_info", **dead), http("creator_info", **dead)]

    assert causes(app(), probe(), wrong, *acme) == [
        ("app.client_valid", "invalid-client")
    ]
    assert causes(app(is_same=True), probe(), wrong, *acme) == [
        ("app.key_shape", "equal")
    ]


@pytest.mark.parametrize(
    ("declared", "is_sandbox", "expected"),
    [
        ("production", False, ("pass", "agrees")),
        ("sandbox", True, ("pass", "agrees")),
        ("production", True, ("warn", "disagrees")),
        ("sandbox", False, ("warn", "disagrees")),
    ],
)
def test_the_key_hints_at_the_environment(
    *, declared: str, is_sandbox: bool, expected: tuple[str, str]
) -> None:
    seen = app(environment=declared, is_sandbox_key=is_sandbox)

    assert outcome("app.mode", seen) == [("", *expected, "probable")]


def test_a_recorded_login_shows_the_redirect_uri() -> None:
    mismatch = "Redirect_uri is not matched with the uri when requesting code."
    login = "authorization_code"
    wrong = grant(login, code="invalid_request", message=mismatch, number=2)
    other = grant(login, code="invalid_request", message="Code verifier …", number=3)

    assert outcome("app.redirect_registered", grant(login))[0][1:3] == (
        "pass",
        "registered",
    )
    assert outcome("app.redirect_registered", wrong)[0][1:3] == ("warn", "differs")
    assert outcome("app.redirect_registered", other) == []
    assert outcome("app.redirect_registered", grant()) == []
    assert outcome("app.redirect_registered", grant(login, is_json=False)) == []


def init(code: str, at: float = NOW, **source: object) -> Fact:
    asked = {"post_info": {"privacy_level": "SELF_ONLY"}, "source_info": source}
    return http("video_init", code=code, at=at, asked=asked)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("ok", [("", "pass", "taken", "confirmed")]),
        (
            "unaudited_client_can_only_post_to_private_accounts",
            [("", "pass", "judged", "probable")],
        ),
        ("spam_risk_too_many_posts", [("", "pass", "judged", "probable")]),
        ("scope_not_authorized", [("", "unknown", "refused-for-scope", "none")]),
        ("url_ownership_unverified", []),
    ],
)
def test_an_init_shows_whether_direct_post_is_on(
    code: str, expected: list[tuple[str, ...]]
) -> None:
    assert outcome("app.direct_post_enabled", init(code)) == expected


def test_the_newest_init_counts() -> None:
    old, new = init("scope_not_authorized", at=NOW - 5), init("ok")

    assert outcome("app.direct_post_enabled", new, old)[0][2] == "taken"


PULL = "PULL_FROM_URL"


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (
            [init("url_ownership_unverified", source=PULL)],
            ("fail", "unverified", "confirmed"),
        ),
        (
            [init("url_ownership_unverified", at=NOW - 900, source=PULL)],
            ("fail", "unverified", "probable"),
        ),
        (
            [fact("attempt", code="url_ownership_unverified")],
            ("fail", "unverified", "probable"),
        ),
        ([init("ok", source=PULL)], ("pass", "verified", "confirmed")),
        (
            [
                init("ok", source=PULL),
                init("url_ownership_unverified", at=NOW - 9, source=PULL),
            ],
            ("pass", "verified", "confirmed"),
        ),
    ],
)
def test_an_address_has_to_be_of_a_verified_property(
    seen: list[Fact], expected: tuple[str, ...]
) -> None:
    assert outcome("app.url_property", *seen) == [("", *expected)]


def test_an_upload_says_nothing_of_addresses() -> None:
    assert outcome("app.url_property", init("ok", source="FILE_UPLOAD")) == []
    assert outcome("app.url_property", init("internal_error", source=PULL)) == []
