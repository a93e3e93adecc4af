"""What the checks of tokens make of facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.diagnostics.seen import (
    CONFIG,
    DAY,
    NOW,
    OFFERED,
    broken,
    causes,
    fact,
    http,
    judged,
    outcome,
    probe,
    token,
)
from tests.diagnostics.test_app_checks import grant, refused

if TYPE_CHECKING:
    from tiktok_bridge import Fact

DEAD: dict[str, Any] = {"status": 401, "code": "access_token_invalid"}
NO_SCOPE: dict[str, Any] = {"status": 401, "code": "scope_not_authorized"}
NO_POST: dict[str, Any] = {"status": 400, "code": "invalid_publish_id"}
STORE = fact("tokens", is_readable=True, accounts=1)


def test_every_account_has_a_token() -> None:
    missing = token("shop", status="none")
    shut = fact("tokens", is_readable=False, accounts=0)

    assert outcome("tok.present", STORE, token(), missing) == [
        ("acme", "pass", "present", "confirmed"),
        ("shop", "fail", "missing", "confirmed"),
    ]
    assert outcome("tok.present", STORE) == [("", "fail", "missing", "confirmed")]
    assert outcome("tok.present", shut) == [("", "unknown", "unreadable", "none")]
    assert outcome("tok.present") == []
    assert "auth login shop" in str(judged("tok.present", STORE, missing)[0].remedy)


@pytest.mark.parametrize("status", ["no-key", "damaged", "unreadable"])
def test_every_record_opens(status: str) -> None:
    assert outcome("tok.decrypt", token()) == [("acme", "pass", "opens", "confirmed")]
    assert outcome("tok.decrypt", token(status=status)) == [
        ("acme", "fail", status, "confirmed")
    ]
    assert outcome("tok.decrypt", token(status="none")) == []


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"expires_at": NOW + 1}, ("pass", "lives")),
        ({"expires_at": NOW}, ("warn", "ended")),
        ({"expires_at": NOW - 9}, ("warn", "ended")),
        ({"expires_at": NOW - 9, "refresh_expires_at": None}, ("warn", "ended")),
        (
            {"expires_at": NOW - 9, "refresh_expires_at": NOW},
            ("fail", "ended-for-good"),
        ),
        (
            {"expires_at": NOW - 9, "is_renewable": False},
            ("fail", "ended-for-good"),
        ),
    ],
)
def test_an_access_token_lives_or_can_be_renewed(
    data: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert outcome("tok.access_expiry", token(**data)) == [
        ("acme", *expected, "confirmed")
    ]


def test_where_two_clocks_disagree_the_end_is_only_probable() -> None:
    behind = probe(at=NOW, seconds=0.0, date=NOW + 3600)

    near = outcome("tok.access_expiry", token(expires_at=NOW + 1800), behind)
    far = outcome("tok.access_expiry", token(expires_at=NOW + 7200), behind)

    assert near == [("acme", "pass", "lives", "probable")]
    assert far == [("acme", "pass", "lives", "confirmed")]


def test_a_wrong_clock_explains_an_end() -> None:
    samples = [probe(n, at=NOW, seconds=0.0, date=NOW - DAY * 2) for n in (1, 2)]
    ended = token(expires_at=NOW - 9, is_renewable=False)

    assert causes(*samples, STORE, ended) == [("clock.skew", "wrong")]
    assert causes(STORE, ended) == [("tok.access_expiry", "ended-for-good")]


@pytest.mark.parametrize(
    ("ends_at", "expected"),
    [
        (NOW + 7 * DAY + 1, ("pass", "lives")),
        (NOW + 7 * DAY, ("warn", "ends-soon")),
        (NOW + 1, ("warn", "ends-soon")),
        (NOW, ("fail", "ended")),
    ],
)
def test_a_refresh_token_lives(ends_at: float, expected: tuple[str, str]) -> None:
    assert outcome("tok.refresh_expiry", token(refresh_expires_at=ends_at)) == [
        ("acme", *expected, "confirmed")
    ]


def test_without_a_refresh_token_there_is_no_end_of_it() -> None:
    assert outcome("tok.refresh_expiry", token(refresh_expires_at=None)) == []
    assert outcome("tok.refresh_expiry", token(is_renewable=False)) == []


def test_an_account_that_is_over_is_one_red_line() -> None:
    over = token(expires_at=NOW - 9, refresh_expires_at=NOW - 5)

    assert causes(STORE, over) == [("tok.access_expiry", "ended-for-good")]


@pytest.mark.parametrize(
    ("ends_at", "refresh_ends_at", "reason"),
    [
        (NOW + DAY, NOW + 365 * DAY, "a-day-and-a-year"),
        (NOW + 7200, NOW + 180 * DAY, "two-hours-and-half-a-year"),
        (NOW - DAY, NOW + 363 * DAY, "a-day-and-a-year"),
        (NOW + DAY, NOW + 180 * DAY, "undocumented"),
        (NOW + DAY, NOW + 365 * DAY + 2, "undocumented"),
    ],
)
def test_lives_are_compared_with_what_pages_name(
    ends_at: float, refresh_ends_at: float, reason: str
) -> None:
    seen = token(expires_at=ends_at, refresh_expires_at=refresh_ends_at)

    assert outcome("tok.lifetime_drift", seen) == [
        ("acme", "pass", reason, "confirmed")
    ]


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ([http("user_info")], ("pass", "taken", "confirmed")),
        ([http("user_info", **NO_SCOPE)], ("pass", "taken", "confirmed")),
        ([http("creator_info", code="spam_risk")], ("pass", "taken", "confirmed")),
        ([http("status", **NO_POST)], ("pass", "taken", "confirmed")),
        ([http("user_info", **DEAD)], ("fail", "refused", "confirmed")),
        (
            [http("user_info", status=200, code="access_token_invalid")],
            ("fail", "refused", "confirmed"),
        ),
        (
            [http("user_info"), http("status", **DEAD)],
            ("unknown", "contradicted", "contradicted"),
        ),
        ([broken("user_info")], ("unknown", "no-answer", "none")),
        (
            [http("user_info", status=503, is_json=False, code=None)],
            ("unknown", "no-answer", "none"),
        ),
        ([http("user_info", status=503, code="x")], ("unknown", "no-answer", "none")),
        (
            [http("user_info", status=429, code="rate_limit_exceeded")],
            ("unknown", "no-answer", "none"),
        ),
        (
            [http("user_info", **DEAD, at=NOW - 5), http("user_info")],
            ("pass", "taken", "confirmed"),
        ),
    ],
)
def test_any_answer_but_one_shows_that_a_token_is_taken(
    seen: list[Fact], expected: tuple[str, ...]
) -> None:
    assert outcome("tok.valid", *seen) == [("acme", *expected)]


def test_a_renewed_token_is_not_blamed_for_the_one_before_it() -> None:
    before = http("user_info", **DEAD, session="one", at=NOW - 5)
    after = http("creator_info", session="two")
    dead = http("creator_info", **DEAD, session="two")

    assert outcome("tok.valid", before, after) == [
        ("acme", "pass", "taken", "confirmed")
    ]
    assert outcome("tok.valid", http("user_info", session="one", at=NOW - 5), dead) == [
        ("acme", "fail", "refused", "confirmed")
    ]


def test_who_cannot_renew_a_token_logs_in_again() -> None:
    refusal = http("user_info", **DEAD)
    asked = {"grant_type": "refresh_token"}
    refresh: dict[str, Any] = {"asked": asked, "status": 400}
    refused = http("token", **refresh, code="invalid_grant")
    broken_off = http("token", **refresh, code=None, broke="timeout")

    assert [one.who_acts for one in judged("tok.valid", refusal)] == ["operator"]
    assert judged("tok.valid", refusal, refused)[0].who_acts == "creator"
    assert judged("tok.valid", refusal, broken_off)[0].who_acts == "operator"


def test_a_field_that_was_not_granted_is_a_missing_scope() -> None:
    refusal = http("user_info", **NO_SCOPE)

    assert outcome("tok.scopes_probe", refusal) == [
        ("acme", "fail", "missing", "confirmed")
    ]
    assert outcome("tok.scopes_probe", http("user_info")) == []


def test_a_bare_cassette_tells_of_a_token_too() -> None:
    assert outcome("tok.valid", http("user_info", "", **DEAD)) == [
        ("", "fail", "refused", "confirmed")
    ]
    assert outcome("tok.valid", probe(), probe(2, code="ok")) == []


def test_a_refused_token_is_renewed_first_if_it_can_be() -> None:
    refusal = http("user_info", **DEAD)

    (renew,) = judged("tok.valid", refusal, token())
    (log_in,) = judged("tok.valid", refusal, token(is_renewable=False))

    assert (renew.who_acts, log_in.who_acts) == ("operator", "creator")
    assert "auth refresh acme" in str(renew.remedy)
    assert "auth login acme" in str(log_in.remedy)


def test_tokens_are_of_their_user() -> None:
    same, other = (
        fact("user", "acme", is_same=True),
        fact("user", "acme", is_same=False),
    )
    unsaid = fact("user", "acme", is_same=None)

    assert outcome("tok.account", token(), same) == [
        ("acme", "pass", "same", "confirmed")
    ]
    assert outcome("tok.account", token(), other) == [
        ("acme", "fail", "another-user", "confirmed")
    ]
    assert outcome("tok.account", token(), unsaid) == []
    assert outcome("tok.account", token(namesakes=1), same) == [
        ("acme", "warn", "namesake", "confirmed")
    ]


PART = ["user.info.basic", "video.upload"]


def test_creators_grant_what_is_configured() -> None:
    assert outcome("tok.scopes_stored", CONFIG, token()) == [
        ("acme", "pass", "granted", "confirmed")
    ]
    (part,) = judged("tok.scopes_stored", CONFIG, token(scopes=PART))
    assert (part.status, part.reason) == ("fail", "missing")
    assert part.says.endswith("grant video.publish")
    assert outcome("tok.scopes_stored", CONFIG, token(scopes=[])) == []
    assert outcome("tok.scopes_stored", token(scopes=PART)) == []


def test_what_tiktok_takes_was_granted_whatever_is_stored() -> None:
    taken = http("creator_info", answered=OFFERED)

    assert outcome("tok.scopes_stored", CONFIG, token(scopes=PART), taken) == [
        ("acme", "pass", "granted", "confirmed")
    ]
    assert outcome("tok.scope_conflict", token(scopes=PART), taken) == [
        ("acme", "warn", "differ", "contradicted")
    ]


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ([http("creator_info")], [("acme", "pass", "granted", "confirmed")]),
        (
            [http("creator_info", code="spam_risk_too_many_posts")],
            [("acme", "pass", "granted", "confirmed")],
        ),
        (
            [http("creator_info", code="reached_active_user_cap")],
            [("acme", "pass", "granted", "confirmed")],
        ),
        (
            [http("creator_info", **NO_SCOPE)],
            [("acme", "fail", "missing", "confirmed")],
        ),
        (
            [http("creator_info", status=403, code="scope_permission_missed")],
            [("acme", "fail", "missing", "confirmed")],
        ),
        ([http("status", **NO_POST)], [("acme", "pass", "granted", "confirmed")]),
        ([http("status", **NO_SCOPE)], [("acme", "fail", "missing", "confirmed")]),
        ([http("status", **DEAD)], []),
        ([broken("creator_info")], []),
    ],
)
def test_questions_show_the_scopes(
    seen: list[Fact], expected: list[tuple[str, ...]]
) -> None:
    assert outcome("tok.scopes_probe", CONFIG, *seen) == expected


def test_a_scope_that_nobody_wants_is_not_missed() -> None:
    drafts = fact("config", is_valid=True, scopes=PART)
    seen = [http("creator_info", **NO_SCOPE), http("status", **NO_POST)]

    assert outcome("tok.scopes_probe", drafts, *seen) == [
        ("acme", "pass", "granted", "confirmed")
    ]
    assert outcome("tok.scopes_probe", drafts, http("status", **NO_SCOPE)) == [
        ("acme", "fail", "missing", "confirmed")
    ]


def test_what_is_stored_and_what_is_seen_agree() -> None:
    refusal = http("creator_info", **NO_SCOPE)

    assert outcome("tok.scope_conflict", token(), http("creator_info")) == [
        ("acme", "pass", "agree", "confirmed")
    ]
    assert outcome("tok.scope_conflict", token(), refusal) == [
        ("acme", "warn", "differ", "contradicted")
    ]
    assert outcome("tok.scope_conflict", token(scopes=[]), refusal) == []
    assert outcome("tok.scope_conflict", token()) == []


def test_a_missing_scope_is_one_red_line() -> None:
    refusals = [http("creator_info", **NO_SCOPE), http("status", **NO_POST)]
    asked = [CONFIG, STORE, probe(), grant(), http("user_info"), *refusals]

    assert causes(*asked, token(scopes=PART)) == [("tok.scopes_stored", "missing")]
    assert causes(*asked, token()) == [("tok.scopes_probe", "missing")]


@pytest.mark.parametrize(
    ("began", "expected"),
    [
        (None, ("pass", "none", "confirmed")),
        (NOW - 119, ("unknown", "under-way", "none")),
        (NOW - 120, ("fail", "cut-off", "probable")),
    ],
)
def test_a_renewal_that_was_cut_off_is_seen(
    began: float | None, expected: tuple[str, ...]
) -> None:
    assert outcome("tok.refresh_intent", token(renewal_began_at=began)) == [
        ("acme", *expected)
    ]


def test_a_renewal_that_was_cut_off_explains_a_dead_token() -> None:
    lost = token(renewal_began_at=NOW - 9000)
    refusal = http("user_info", **DEAD)

    assert causes(STORE, probe(), lost, refusal) == [("tok.refresh_intent", "cut-off")]
    assert causes(STORE, probe(), token(), refusal) == [("tok.valid", "refused")]


RENEWED = fact("renewal", "acme", is_kept=True)
UNRENEWED = fact("renewal", "acme", is_kept=False)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ([RENEWED, grant("refresh_token", "acme")], ("pass", "renewed", "confirmed")),
        (
            [
                UNRENEWED,
                http(
                    "token", code="invalid_grant", asked={"grant_type": "refresh_token"}
                ),
            ],
            ("fail", "refused", "confirmed"),
        ),
        (
            [
                UNRENEWED,
                http(
                    "token", code="server_error", asked={"grant_type": "refresh_token"}
                ),
            ],
            ("unknown", "other", "none"),
        ),
        (
            [
                UNRENEWED,
                http(
                    "token",
                    code=None,
                    broke="timeout",
                    asked={"grant_type": "refresh_token"},
                ),
            ],
            ("unknown", "other", "none"),
        ),
    ],
)
def test_a_renewal_with_consent_shows_whether_it_works(
    seen: list[Fact], expected: tuple[str, ...]
) -> None:
    assert outcome("tok.refresh_works", *seen) == [("acme", *expected)]


def test_a_renewal_that_asked_nobody_shows_nothing() -> None:
    assert outcome("tok.refresh_works", UNRENEWED) == []
    assert outcome("tok.refresh_works", UNRENEWED, refused("invalid_grant")) == []


def test_a_removed_access_explains_a_dead_token() -> None:
    removal = fact("removal", "acme", at=NOW - DAY, code="auth_removed")
    refusal = http("user_info", **DEAD)

    assert outcome("tok.revoked_event", removal, refusal) == [
        ("acme", "fail", "removed", "probable")
    ]
    assert outcome("tok.revoked_event", removal, http("user_info")) == [
        ("acme", "pass", "since-renewed", "confirmed")
    ]
    assert outcome("tok.revoked_event", removal) == []
    assert outcome("tok.revoked_event", removal, http("user_info", "shop")) == []
    assert causes(STORE, probe(), token(), removal, refusal) == [
        ("tok.revoked_event", "removed")
    ]


def test_a_refused_refresh_token_is_seen_to_be_gone() -> None:
    assert outcome("tok.retired", token()) == [("acme", "pass", "held", "confirmed")]
    assert outcome("tok.retired", token(is_renewable=False)) == [
        ("acme", "warn", "refused", "confirmed")
    ]
    assert (
        outcome("tok.retired", token(is_renewable=False, refresh_expires_at=None)) == []
    )


def test_one_account_does_not_explain_another() -> None:
    seen = [STORE, probe(), token(), token("shop", status="damaged")]
    refusal = http("user_info", **DEAD)

    assert causes(*seen, refusal) == [
        ("tok.decrypt", "damaged"),
        ("tok.valid", "refused"),
    ]


def test_a_server_error_says_nothing_of_a_token() -> None:
    limit = http("user_info", status=429, code="rate_limit_exceeded")
    half = http("user_info", broke="protocol")

    assert outcome("tok.valid", http("user_info", status=500, code="x"))[0][1] == (
        "unknown"
    )
    assert outcome("tok.valid", half)[0][1] == "unknown"
    assert "limit of a minute" in judged("tok.valid", limit)[0].says
    assert "HTTP 500" in judged("tok.valid", http("user_info", status=500))[0].says


def test_who_the_creator_is_needs_a_scope_of_its_own() -> None:
    granted = http("creator_info", answered=OFFERED)

    (missing,) = judged(
        "tok.scopes_probe", CONFIG, granted, http("user_info", **NO_SCOPE)
    )
    assert missing.says.endswith("lack of user.info.basic")
    assert outcome("tok.scopes_probe", CONFIG, granted, http("user_info")) == [
        ("acme", "pass", "granted", "confirmed")
    ]
