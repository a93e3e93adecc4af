"""The calls a token may make in a minute."""

from __future__ import annotations

from collections import deque
from typing import Final

from tiktok_bridge_sandbox.errors import RateLimitExceededError

WINDOW: Final = 60.0
"""Seconds over which calls are counted, sliding."""

PER_MINUTE: Final = {
    "video_init": 6,
    "inbox_init": 6,
    "creator_info": 20,
    "status": 30,
    "photo_init": 6,
    "user_info": 600,
    "video_list": 600,
    "video_query": 600,
}
"""Calls per token and window, per endpoint (rate limit page, 2026-11).

Cancelling has no documented limit.
"""


class RateLimits:
    """Counts the admitted calls of every token."""

    def __init__(self) -> None:
        self._admitted: dict[tuple[str, str], deque[float]] = {}

    def spend(self, endpoint: str, token: str, now: float) -> None:
        """Admit one call.

        Raises:
            RateLimitExceededError: The window is full; nothing is counted.
        """
        if endpoint not in PER_MINUTE:
            return
        calls = self._admitted.setdefault((endpoint, token), deque())
        while calls and calls[0] <= now - WINDOW:
            calls.popleft()
        if len(calls) >= PER_MINUTE[endpoint]:
            raise RateLimitExceededError
        calls.append(now)
