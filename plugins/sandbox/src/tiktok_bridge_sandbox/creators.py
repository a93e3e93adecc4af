"""The people whose accounts are posted to, with their caps."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from tiktok_bridge_sandbox.errors import (
    BannedError,
    TooManyPendingSharesError,
    TooManyPostsError,
)

if TYPE_CHECKING:
    from tiktok_bridge_sandbox.scenarios import Account
    from tiktok_bridge_sandbox.switches import Switches

DAY: Final = 86_400.0
"""Seconds over which posts and drafts are counted."""

PRIVACY_LEVELS: Final = {
    "public": ["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"],
    "private": ["FOLLOWER_OF_CREATOR", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"],
}
"""What a creator is offered: it follows the account, never the audit."""

MAX_DURATION: Final = 3_600
"""Seconds of the longest video, as in every recording."""


class Creator:
    """An account while the sandbox runs."""

    def __init__(self, account: Account, now: float) -> None:
        self.account = account
        self.name = account.name
        self.open_id = "-000" + hashlib.sha256(account.name.encode()).hexdigest()[:32]
        self.posted_at = [now] * account.posts_today
        self.drafted_at = [now] * account.drafts_pending

    @property
    def is_private(self) -> bool:
        """Whether the account is private in TikTok's settings."""
        return self.account.visibility == "private"

    @property
    def privacy_levels(self) -> list[str]:
        """Levels the creator may choose from."""
        return PRIVACY_LEVELS[self.account.visibility]

    def check_may_post(self, switches: Switches, now: float) -> None:
        """Refuse a creator who is banned or has posted enough today."""
        self.check_is_welcome()
        if switches.limits and _recent(self.posted_at, now) >= switches.posts_per_day:
            raise TooManyPostsError

    def check_may_draft(self, switches: Switches, now: float) -> None:
        """Refuse a creator who is banned or has too many open drafts."""
        self.check_is_welcome()
        if switches.limits and _recent(self.drafted_at, now) >= switches.pending_drafts:
            raise TooManyPendingSharesError

    def check_is_welcome(self) -> None:
        """Refuse a banned creator."""
        if self.account.banned:
            raise BannedError

    def is_active(self, now: float) -> bool:
        """Tell whether the creator posted in the last day."""
        return _recent(self.posted_at, now) > 0

    def info(self) -> dict[str, object]:
        """Return what creator_info says."""
        return {
            "creator_avatar_url": f"https://p16.example.com/{self.name}.webp",
            "creator_username": self.name,
            "creator_nickname": self.name.title(),
            "privacy_level_options": self.privacy_levels,
            "comment_disabled": False,
            "duet_disabled": self.is_private,
            "stitch_disabled": self.is_private,
            "max_video_post_duration_sec": MAX_DURATION,
        }


def _recent(times: list[float], now: float) -> int:
    return sum(time > now - DAY for time in times)
