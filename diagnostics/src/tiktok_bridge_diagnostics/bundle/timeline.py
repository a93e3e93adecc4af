"""Tell what was asked of TikTok and what it answered, in the order of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tiktok_bridge import Fact, Facts

MOST: Final = 60
"""Calls that a timeline has at most: those that failed, then the newest."""

MEANT: Final = (
    ("network", "access_token_invalid"),
    ("creator", "invalid_publish_id"),
)
"""Collectors, and the refusals that they ask for: without a token, of no post."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call.

    Attributes:
        at: When, in seconds since the epoch.
        what: The name of the endpoint.
        path: Where it is.
        status: The HTTP status, or why there was no answer.
        code: What TikTok called it, empty if nothing.
        log_id: TikTok's log id, empty if there is none.
        publish_id: The post that it is about, empty if none.
        about: The account.
        privacy: The level that was asked for, empty if none.
        fact: What it was read from.
    """

    at: float
    what: str
    path: str
    status: str
    code: str
    log_id: str
    publish_id: str
    about: str
    privacy: str
    fact: str

    @property
    def is_meant(self) -> bool:
        """Whether the doctor asked in such a way that TikTok had to refuse."""
        return (self.fact.partition("#")[0], self.code) in MEANT

    @property
    def is_answered(self) -> bool:
        """Whether a status came back."""
        return self.status.isdigit()

    @property
    def is_refusal(self) -> bool:
        """Whether TikTok said no, or nothing, and that tells something."""
        return not self.is_meant and self._is_no

    @property
    def _is_no(self) -> bool:
        return self.code not in ("ok", "") or not self.status.startswith("2")


def calls(facts: Facts) -> list[Call]:
    """Return the calls among *facts*, oldest first."""
    return [_call(one) for one in facts.of("http")]


def shortened(every: list[Call]) -> list[Call]:
    """Return the most telling of *every* call, oldest first."""
    newest = sorted(every, key=lambda one: (one.is_refusal, one.at), reverse=True)
    return sorted(newest[:MOST], key=lambda one: (one.at, one.fact))


def utc(seconds: float) -> str:
    """Return the time *seconds* after the epoch, in UTC."""
    try:
        told = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return "?"
    return told.strftime("%Y-%m-%d %H:%M:%S UTC") if seconds else "?"


def _call(fact: Fact) -> Call:
    data = fact.data
    info = data["asked"].get("post_info")
    answered, asked = data["answered"], data["asked"]
    return Call(
        at=fact.at,
        what=_word(data["endpoint"]),
        path=_word(data["path"]),
        status=str(data["status"] or data["broke"] or "other"),
        code=_word(data["code"]),
        log_id=_word(data["log_id"]),
        publish_id=_word(answered.get("publish_id") or asked.get("publish_id")),
        about=fact.about,
        privacy=_word(info.get("privacy_level") if isinstance(info, dict) else ""),
        fact=fact.id,
    )


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""
