"""What the checks of creators make of facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.diagnostics.seen import (
    NOW,
    OFFERED,
    broken,
    causes,
    fact,
    http,
    judged,
    outcome,
    probe,
)

if TYPE_CHECKING:
    from tiktok_bridge import Fact


def told(about: str = "acme", **answered: object) -> Fact:
    return http("creator_info", about, answered=OFFERED | answered)


def said(code: str | None, status: int = 200) -> Fact:
    return http("creator_info", code=code, status=status)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (told(), ("pass", "told", "confirmed")),
        (said("ok"), ("fail", "incomplete", "confirmed")),
        (said("invalid_params", 400), ("fail", "refused", "confirmed")),
        (broken("creator_info"), ("unknown", "no-answer", "none")),
        (said("internal_error", 500), ("unknown", "no-answer", "none")),
        (said("rate_limit_exceeded", 429), ("unknown", "no-answer", "none")),
        (said("", 200), ("unknown", "no-answer", "none")),
    ],
)
def test_tiktok_tells_about_the_creator(seen: Fact, expected: tuple[str, ...]) -> None:
    assert outcome("creator.info", seen) == [("acme", *expected)]


@pytest.mark.parametrize(
    ("offered", "expected"),
    [
        (OFFERED["privacy_level_options"], ("pass", "public", "probable")),
        (["FOLLOWER_OF_CREATOR", "SELF_ONLY"], ("pass", "private", "probable")),
        (["SELF_ONLY"], ("unknown", "unknown", "none")),
    ],
)
def test_what_is_offered_shows_the_visibility(
    offered: list[str], expected: tuple[str, ...]
) -> None:
    seen = told(privacy_level_options=offered)

    assert outcome("creator.visibility", seen) == [("acme", *expected)]


def test_a_refusal_shows_no_visibility() -> None:
    assert outcome("creator.visibility", said("spam_risk")) == []
    assert outcome("creator.visibility", said("ok")) == []


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("ok", ("pass", "may", None)),
        ("spam_risk_too_many_posts", ("fail", "too-many-posts", "wait")),
        ("spam_risk_user_banned_from_posting", ("fail", "banned", "creator")),
        ("spam_risk", ("fail", "spam-risk", "creator")),
    ],
)
@pytest.mark.parametrize("status", [200, 403])
def test_a_ban_and_a_full_day_are_told_by_the_code(
    code: str, expected: tuple[str, ...], status: int
) -> None:
    (one,) = judged("creator.can_post", said(code, status))

    assert (one.status, one.reason, one.who_acts) == expected
    assert one.about == "acme"


def test_the_limit_of_the_app_is_one_finding_for_all() -> None:
    full = [
        http("creator_info", name, code="reached_active_user_cap")
        for name in ("acme", "shop")
    ]

    assert outcome("creator.can_post", *full) == []
    assert outcome("creator.user_cap", *full) == [("", "fail", "full", "confirmed")]
    assert outcome("creator.user_cap", told()) == [("", "pass", "room", "confirmed")]
    assert outcome("creator.user_cap", said("spam_risk")) == []
    assert causes(probe(), *full) == [("creator.user_cap", "full")]


def test_a_ban_is_one_red_line() -> None:
    banned = said("spam_risk_user_banned_from_posting")
    taken = http("user_info")

    assert causes(probe(), taken, banned) == [("creator.can_post", "banned")]


def plan(**data: object) -> Fact:
    usual: dict[str, Any] = {
        "account": "acme",
        "mode": "direct",
        "privacy": "PUBLIC_TO_EVERYONE",
        "medium": "video",
        "size_bytes": 1,
        "comment": False,
        "duet": False,
        "stitch": False,
    }
    return fact("planned", "acme/one", **usual | data)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({}, [("acme/one", "pass", "offered", "confirmed")]),
        (
            {"privacy": "FOLLOWER_OF_CREATOR"},
            [("acme/one", "fail", "not-offered", "confirmed")],
        ),
        ({"privacy": None}, [("acme/one", "fail", "not-offered", "confirmed")]),
        ({"privacy": None, "mode": "inbox"}, []),
        ({"account": "shop"}, []),
    ],
)
def test_a_planned_level_is_offered(
    data: dict[str, Any], expected: list[tuple[str, ...]]
) -> None:
    assert outcome("creator.privacy_choice", plan(**data), told()) == expected
    assert outcome("creator.privacy_choice", plan(**data), said("spam_risk")) == []


@pytest.mark.parametrize(
    ("seconds", "limit", "expected"),
    [
        (60.0, 60, ("pass", "fits", "confirmed")),
        (60.1, 60, ("fail", "too-long", "confirmed")),
    ],
)
def test_a_planned_video_is_short_enough(
    seconds: float, limit: int, expected: tuple[str, ...]
) -> None:
    seen = told(max_video_post_duration_sec=limit)

    assert outcome("creator.duration", plan(seconds=seconds), seen) == [
        ("acme/one", *expected)
    ]


def test_without_a_length_or_a_limit_nothing_is_too_long() -> None:
    assert outcome("creator.duration", plan(), told()) == []
    unlimited = told(max_video_post_duration_sec=None)
    assert outcome("creator.duration", plan(seconds=9.0), unlimited) == []


@pytest.mark.parametrize(
    ("data", "answered", "expected"),
    [
        ({"duet": True}, {}, [("pass", "fit")]),
        ({"duet": True}, {"duet_disabled": True}, [("warn", "turned-off")]),
        ({"stitch": True}, {"stitch_disabled": True}, [("warn", "turned-off")]),
        ({"comment": True}, {"comment_disabled": True}, [("warn", "turned-off")]),
        ({}, {"duet_disabled": True}, [("pass", "fit")]),
        (
            {"duet": True, "medium": "photos"},
            {"duet_disabled": True},
            [("pass", "fit")],
        ),
        ({"duet": True, "mode": "inbox"}, {"duet_disabled": True}, []),
        ({"duet": True}, {"duet_disabled": None}, []),
        ({}, {"stitch_disabled": None}, []),
    ],
)
def test_what_a_post_allows_is_allowed_by_its_creator(
    data: dict[str, Any],
    answered: dict[str, Any],
    expected: list[tuple[str, str]],
) -> None:
    found = outcome("creator.interactions", plan(**data), told(**answered))

    assert [one[1:3] for one in found] == expected


def test_the_newest_answer_counts() -> None:
    old = http("creator_info", code="spam_risk", at=NOW - 9)

    assert outcome("creator.can_post", told(), old)[0][1] == "pass"
