"""How much room is left in TikTok's limits, as far as anybody counts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.diagnostics.outcome import DAY, NOW, SILENT, judged, told
from tiktok_bridge import Fact

REFUSED = "unaudited_client_can_only_post_to_private_accounts"
PUBLIC = ["PUBLIC_TO_EVERYONE", "SELF_ONLY"]


def calls(kind: str, made: int, most: int, about: str = "acme") -> Fact:
    data = {"kind": kind, "made": made, "most": most}
    return Fact("calls", about, data, f"history.{kind}", NOW)


def posts(about: str = "acme", **data: Any) -> Fact:  # noqa: ANN401 - JSON
    given: dict[str, Any] = {"refusals": [], "drafts_at": []}
    return Fact("posts", about, given | data, f"history.{about}", NOW)


def attempt(age: float, code: str = "ok", about: str = "acme") -> Fact:
    data = {"options": PUBLIC, "privacy": "SELF_ONLY", "code": code}
    return Fact("attempt", about, data, f"history.{about}.{age}", NOW - age)


def http(status: int, age: float, code: str | None = None) -> Fact:
    data = {"endpoint": "status", "status": status, "code": code}
    return Fact("http", "acme", data, f"creator#{age}", NOW - age)


def test_without_facts_nothing_is_said() -> None:
    for name in ("rate", "daily", "pending_share", "unaudited_users", "429_recent"):
        assert told(f"lim.{name}", []) == SILENT


def test_a_window_has_room_until_it_is_full() -> None:
    facts = [
        calls("status", 29, 30),
        calls("video_init", 6, 6, "shop"),
        calls("status", 1, 30, "shop"),
    ]

    assert told("lim.rate", facts) == [
        ("pass", "room", "confirmed", "acme"),
        ("warn", "full", "confirmed", "shop"),
    ]
    assert all("at least" in one.says for one in judged("lim.rate", facts))


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([attempt(5.0)], ("pass", "no-cap-seen", "confirmed")),
        (
            [attempt(5.0, "spam_risk_too_many_posts"), attempt(60.0)],
            ("warn", "at-the-cap", "probable"),
        ),
        (
            [
                attempt(2 * DAY, "spam_risk_too_many_posts"),
                attempt(2 * DAY + 1),
                attempt(2 * DAY + 2),
                attempt(60.0),
            ],
            ("pass", "below-the-cap", "confirmed"),
        ),
        (
            [
                attempt(2 * DAY, "spam_risk_too_many_posts"),
                attempt(2 * DAY + 1),
                attempt(60.0),
            ],
            ("warn", "at-the-cap", "probable"),
        ),
    ],
)
def test_posts_of_a_day_are_held_against_the_cap_that_was_seen(
    facts: list[Fact], expected: tuple[str, str, str]
) -> None:
    assert told("lim.daily", facts) == [(*expected, "acme")]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"drafts_at": [NOW] * 4}, ("pass", "room", "confirmed")),
        ({"drafts_at": [NOW - DAY - 1] * 9 + [NOW]}, ("pass", "room", "confirmed")),
        ({"drafts_at": [NOW] * 5}, ("warn", "perhaps-full", "probable")),
        (
            {"refusals": [["spam_risk_too_many_pending_share", NOW - 60]]},
            ("warn", "refused", "confirmed"),
        ),
    ],
)
def test_drafts_that_wait_are_counted(
    data: dict[str, Any], expected: tuple[str, str, str]
) -> None:
    assert told("lim.pending_share", [posts(**data)]) == [(*expected, "acme")]


def test_a_refused_draft_of_a_conversation_is_told_for_a_day() -> None:
    refused = {"code": "spam_risk_too_many_pending_share", "endpoint": "inbox_init"}
    today = Fact("http", "acme", refused, "publish#1", NOW - 60)
    before = Fact("http", "acme", refused, "publish#1", NOW - 90_000)

    assert told("lim.pending_share", [today]) == [
        ("warn", "refused", "confirmed", "acme")
    ]
    assert told("lim.pending_share", [before]) == SILENT


def test_who_sends_no_drafts_hears_nothing_of_them() -> None:
    assert told("lim.pending_share", [posts()]) == SILENT


def test_an_unaudited_app_has_room_for_five_creators() -> None:
    unaudited = attempt(60.0, REFUSED)
    four = [attempt(60.0, about=f"a{n}") for n in range(4)]
    five = [*four, attempt(60.0, about="a5")]
    capped = attempt(60.0, "reached_active_user_cap", "a6")

    assert told("lim.unaudited_users", five) == SILENT
    assert told("lim.unaudited_users", [unaudited, *four])[0][:3] == (
        "pass",
        "room",
        "confirmed",
    )
    assert told("lim.unaudited_users", [unaudited, *five])[0][:3] == (
        "warn",
        "full",
        "probable",
    )
    assert told("lim.unaudited_users", [capped])[0][:3] == (
        "warn",
        "refused",
        "confirmed",
    )


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([http(200, 60.0, "ok")], ("pass", "none")),
        ([http(429, 60.0, "rate_limit_exceeded")], ("warn", "some")),
        ([http(200, 60.0, "rate_limit_exceeded")], ("warn", "some")),
        ([http(429, 3700.0)], ("skipped", "not-applicable")),
        ([posts(refusals=[["rate_limit_exceeded", NOW - 60]])], ("warn", "some")),
        ([posts(refusals=[["rate_limit_exceeded", NOW - 3700]])], ("pass", "none")),
    ],
)
def test_only_a_429_of_the_last_hour_counts(
    facts: list[Fact], expected: tuple[str, str]
) -> None:
    assert told("lim.429_recent", facts)[0][:2] == expected
