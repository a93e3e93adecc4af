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
"""What a creator is offered: in the recordings it follows the account only."""


class Creator:
    """An account while the sandbox runs."""

    def __init__(self, account: Account, now: float) -> None:
        self.account = account
        self.name = account.name
        self.visibility = account.visibility
        self.open_id = "-000" + hashlib.sha256(account.name.encode()).hexdigest()[:32]
        self.posted_at = [now] * account.posts_today
        self.drafted_at = [now] * account.drafts_pending

    @property
    def is_private(self) -> bool:
        """Whether the account is private in TikTok's settings."""
        return self.visibility == "private"

    def offered(self, switches: Switches) -> list[str]:
        """Return the levels the creator may choose from."""
        if not switches.audited and switches.unaudited_options == "self-only":
            return ["SELF_ONLY"]
        return PRIVACY_LEVELS[self.visibility]

    def check_may_post(self, switches: Switches, now: float) -> None:
        """Refuse a creator who is banned or has posted enough today."""
        self.check_is_welcome()
        if switches.limits and _recent(self.posted_at, now) >= switches.posts_per_day:
            raise TooManyPostsError

    def check_may_draft(self, switches: Switches, now: float) -> None:
        """Refuse a creator who is banned or has too many open drafts."""
        self.check_is_welcome()
        window = min(DAY, switches.draft_seconds)
        pending = _recent(self.drafted_at, now, window)
        if switches.limits and pending >= switches.pending_drafts:
            raise TooManyPendingSharesError

    def check_is_welcome(self) -> None:
        """Refuse a banned creator."""
        if self.account.banned:
            raise BannedError

    def count(self, mode: str, now: float) -> None:
        """Let a post or a draft count towards the caps."""
        (self.posted_at if mode == "direct" else self.drafted_at).append(now)

    def discount(self, mode: str, counted_at: float) -> None:
        """Forget what was counted then."""
        times = self.posted_at if mode == "direct" else self.drafted_at
        if counted_at in times:
            times.remove(counted_at)

    def finish_draft(self, *counted_at: float | None) -> None:
        """Forget a draft that is pending no more."""
        for moment in counted_at:
            if moment in self.drafted_at:
                self.drafted_at.remove(moment)
                return

    def is_active(self, now: float) -> bool:
        """Tell whether the creator posted in the last day."""
        return _recent(self.posted_at, now) > 0

    def has_drafted(self, now: float) -> bool:
        """Tell whether the creator was sent a draft in the last day."""
        return _recent(self.drafted_at, now) > 0

    def info(self, switches: Switches) -> dict[str, object]:
        """Return what creator_info says."""
        return {
            "creator_avatar_url": f"https://p16.example.com/{self.name}.webp",
            "creator_username": self.name,
            "creator_nickname": self.name.title(),
            "privacy_level_options": self.offered(switches),
            "comment_disabled": False,
            "duet_disabled": self.is_private,
            "stitch_disabled": self.is_private,
            "max_video_post_duration_sec": switches.max_duration,
        }


def _recent(times: list[float], now: float, window: float = DAY) -> int:
    return sum(time > now - window for time in times)
