"""Facts as collectors give them, and what one check makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tiktok_bridge import Fact, Facts
from tiktok_bridge_diagnostics import registry
from tiktok_bridge_diagnostics.examination import examine

if TYPE_CHECKING:
    from tiktok_bridge import Finding

NOW = 1_800_000_000.0
DAY = 86_400.0


def fact(kind: str, about: str = "", at: float = NOW, **data: Any) -> Fact:  # noqa: ANN401 - JSON
    return Fact(kind, about, data, f"{kind}.{about}.{at}", at)


def http(endpoint: str, about: str = "acme", **changes: Any) -> Fact:  # noqa: ANN401 - JSON
    """An exchange; a good one of TikTok unless *changes* say otherwise."""
    data = {
        "endpoint": endpoint,
        "method": "POST",
        "host": "open.tiktokapis.com",
        "path": "/",
        "status": 200,
        "code": "ok",
        "message": None,
        "log_id": "202609010000000000000000000000ABCD",
        "seconds": 0.2,
        "date": None,
        "is_json": True,
        "content_type": "application/json",
        "broke": None,
        "session": None,
        "asked": {},
        "answered": {},
    }
    at = changes.pop("at", NOW)
    number = changes.pop("number", 1)
    return Fact("http", about, data | changes, f"{endpoint}.{about}#{number}", at)


def probe(number: int = 1, **changes: Any) -> Fact:  # noqa: ANN401 - JSON
    """What TikTok says to a call without a token."""
    usual = {"status": 401, "code": "access_token_invalid", "number": number}
    return http("video_list", "", **usual | changes)


def broken(endpoint: str, about: str = "acme", how: str = "timeout") -> Fact:
    return http(
        endpoint, about, broke=how, status=None, code=None, is_json=False, log_id=None
    )


def token(about: str = "acme", **changes: Any) -> Fact:  # noqa: ANN401 - JSON
    data: dict[str, Any] = {
        "status": "ok",
        "sequence": 1,
        "scopes": ["user.info.basic", "video.publish", "video.upload"],
        "expires_at": NOW + DAY,
        "refresh_expires_at": NOW + 365 * DAY,
        "is_renewable": True,
        "renewal_began_at": None,
        "namesakes": 0,
    }
    return fact("token", about, **data | changes)


CONFIG = fact(
    "config",
    is_there=True,
    is_valid=True,
    scopes=["user.info.basic", "video.publish", "video.upload"],
)

OFFERED: dict[str, Any] = {
    "privacy_level_options": [
        "PUBLIC_TO_EVERYONE",
        "MUTUAL_FOLLOW_FRIENDS",
        "SELF_ONLY",
    ],
    "comment_disabled": False,
    "duet_disabled": False,
    "stitch_disabled": False,
    "max_video_post_duration_sec": 3600,
}


def judged(check: str, *facts: Fact, now: float = NOW) -> list[Finding]:
    """What one check alone says; nothing blocks it."""
    return list(registry.all_checks()[check].judge(Facts(facts, now)))


def outcome(check: str, *facts: Fact, now: float = NOW) -> list[tuple[str, ...]]:
    """Status, reason and certainty of each finding, and whom it is about."""
    return [
        (one.about, one.status.value, one.reason, one.certainty.value)
        for one in judged(check, *facts, now=now)
    ]


def causes(*facts: Fact, now: float = NOW) -> list[tuple[str, str]]:
    """The red lines that all checks together leave."""
    found = examine(Facts(facts, now), registry.all_checks())
    return [(one.check, one.reason) for one in found if one.status == "fail"]
