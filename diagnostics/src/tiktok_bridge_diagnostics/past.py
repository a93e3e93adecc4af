"""Read the moves of one post as attempts to publish it; pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from tiktok_bridge import State

COMPLETE: Final = ("post.publish.complete", "post.publish.publicly_available")
"""Events after which a post is out."""

PUBLIC: Final = "post.publish.publicly_available"

ENDS: Final = (State.PUBLISHED, State.IN_INBOX, State.FAILED)

POST_IDS: Final = ("publicaly_available_post_id", "publicly_available_post_id")
"""TikTok's misspelt name for the ids of public posts, and what clients expect."""


@dataclass(slots=True)
class Tried:
    """One init of a direct post, and what came of it.

    Attributes:
        data: As the collector `history` says.
        at: When something was last learnt of it, in seconds since the epoch.
    """

    data: dict[str, Any]
    at: float


@dataclass(slots=True)
class Past:
    """What became of one post.

    Attributes:
        attempts: To publish it directly, oldest first.
        refusals: Each code with which TikTok refused it or failed it, and when.
        drafts_at: When TikTok was asked for a draft.
        state: Where it is.
        ended_by: Who told its end: `webhook`, `asking`, or nobody.
        first_at: When its first move was, of those that were looked at.
        last_at: When its last one was.
    """

    attempts: list[Tried] = field(default_factory=list)
    refusals: list[tuple[str, float]] = field(default_factory=list)
    drafts_at: list[float] = field(default_factory=list)
    state: str = ""
    ended_by: str = ""
    first_at: float = 0.0
    last_at: float = 0.0
    _is_open: bool = False

    def add(self, move: Any) -> None:  # noqa: ANN401 - see `Ledger.history`
        """Take the next *move* into account."""
        self.state = str(move.state)
        self.first_at = self.first_at or move.at
        self.last_at = move.at
        if move.state == State.INIT_SENT and move.asked:
            self._begin(move)
            return
        answered = move.answered or {}
        code = _code(answered)
        if code not in (None, "ok"):
            self.refusals.append((code or "", move.at))
        if answered and move.state in ENDS:
            self.ended_by = "webhook" if "event" in answered else "asking"
        if self._is_open and answered:
            _learn(self.attempts[-1], move, code)

    def _begin(self, move: Any) -> None:  # noqa: ANN401 - likewise
        body = move.asked.get("body") or {}
        privacy = (body.get("post_info") or {}).get("privacy_level")
        self._is_open = isinstance(privacy, str)
        if not self._is_open:
            self.drafts_at.append(move.at)
            return
        data = {
            "options": (move.asked.get("creator_info") or {}).get("offered"),
            "privacy": privacy,
            "code": None,
            "is_complete": False,
            "is_public": False,
            "level": None,
            "log_id": None,
        }
        self.attempts.append(Tried(data, move.at))


def _code(answered: dict[str, Any]) -> str | None:
    """Return the code of an answer, the reason of a failure, or `ok`."""
    told = answered.get("data") or {}
    failed = told.get("fail_reason") if told.get("status") == "FAILED" else None
    if isinstance(failed, str) and failed:
        return failed
    if "publish_id" in answered:
        return "ok"
    code = answered.get("code")
    return code if isinstance(code, str) and code else None


def _learn(tried: Tried, move: Any, code: str | None) -> None:  # noqa: ANN401 - likewise
    answered, data = move.answered, tried.data
    if data["code"] is None and "data" not in answered and "event" not in answered:
        data["code"] = code
    told = answered.get("data") or {}
    is_event = answered.get("event") in COMPLETE
    data["is_complete"] |= told.get("status") == "PUBLISH_COMPLETE" or is_event
    ids = [told.get(name) for name in POST_IDS]
    is_public = any(one not in (None, [], "", 0) for one in ids)
    data["is_public"] |= is_public or answered.get("event") == PUBLIC
    level = told.get("privacy_level")
    data["level"] = level if isinstance(level, str) else data["level"]
    data["log_id"] = move.log_id or data["log_id"]
    tried.at = move.at
