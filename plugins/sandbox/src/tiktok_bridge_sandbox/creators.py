"""The people whose accounts are posted to, with their caps."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tiktok_bridge_sandbox.errors import (
    BannedError,
    TooManyPendingSharesError,
    TooManyPostsError,
)

if TYPE_CHECKING:
    from tiktok_bridge_sandbox.apps import App
    from tiktok_bridge_sandbox.publishes import Publish
    from tiktok_bridge_sandbox.scenarios import Account
    from tiktok_bridge_sandbox.switches import Switches

DAY: Final = 86_400.0
"""Seconds over which posts and drafts are counted."""

PRIVACY_LEVELS: Final = {
    "public": ["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"],
    "private": ["FOLLOWER_OF_CREATOR", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"],
}
"""What a creator is offered: in the recordings it follows the account only."""


@dataclass(frozen=True)
class Place:
    """What one post or draft takes of the caps."""

    taken_at: float
    client_key: str
    publish: Publish | None = None
    """None if it was there before the start."""

    def is_taken(self, now: float, window: float = DAY) -> bool:
        """Tell whether it lies in the last *window* seconds and did not fail."""
        if self.taken_at <= now - window:
            return False
        return self.publish is None or self.publish.status(now) != "FAILED"

    @property
    def is_pending(self) -> bool:
        """Whether the creator has posted nothing from this draft."""
        return self.publish is None or not self.publish.posts


class Creator:
    """An account while the sandbox runs."""

    def __init__(self, account: Account, now: float, client_key: str) -> None:
        self.account = account
        self.name = account.name
        self.visibility = account.visibility
        self.open_id = "-000" + hashlib.sha256(account.name.encode()).hexdigest()[:32]
        before = Place(now, client_key)
        self.posts = [before] * account.posts_today
        self.drafts = [before] * account.drafts_pending

    @property
    def is_private(self) -> bool:
        """Whether the account is private in TikTok's settings."""
        return self.visibility == "private"

    def offered(self, switches: Switches, app: App) -> list[str]:
        """Return the levels the creator may choose from in *app*."""
        if not app.is_audited and switches.unaudited_options == "self-only":
            return ["SELF_ONLY"]
        return PRIVACY_LEVELS[self.visibility]

    def check_may_post(self, switches: Switches, now: float) -> None:
        """Refuse a creator who is banned or has posted enough today."""
        self.check_is_welcome()
        if not switches.limits:
            return
        taken = sum(place.is_taken(now) for place in self.posts)
        if taken >= switches.posts_per_day:
            raise TooManyPostsError

    def check_may_draft(self, switches: Switches, now: float) -> None:
        """Refuse a creator who is banned or has too many open drafts."""
        self.check_is_welcome()
        if not switches.limits:
            return
        window = min(DAY, switches.draft_seconds)
        open_drafts = [draft for draft in self.drafts if draft.is_pending]
        pending = sum(draft.is_taken(now, window) for draft in open_drafts)
        if pending >= switches.pending_drafts:
            raise TooManyPendingSharesError

    def check_is_welcome(self) -> None:
        """Refuse a banned creator."""
        if self.account.banned:
            raise BannedError

    def count(self, publish: Publish, now: float) -> None:
        """Let a post or a draft count towards the caps, unless it fails."""
        places = self.posts if publish.mode == "direct" else self.drafts
        places.append(Place(now, publish.client_key, publish))

    def has_posted(self, app: App, now: float) -> bool:
        """Tell whether the creator posted through *app* in the last day."""
        return _is_any_taken(self.posts, app, now)

    def has_drafted(self, app: App, now: float) -> bool:
        """Tell whether *app* sent the creator a draft in the last day."""
        return _is_any_taken(self.drafts, app, now)

    def info(self, switches: Switches, app: App) -> dict[str, object]:
        """Return what creator_info says to *app*, in a recording's order."""
        return {
            "max_video_post_duration_sec": switches.max_duration,
            "privacy_level_options": self.offered(switches, app),
            "stitch_disabled": self.is_private,
            "comment_disabled": False,
            "creator_avatar_url": f"https://p16.example.com/{self.name}.webp",
            "creator_nickname": self.name.title(),
            "creator_username": self.name,
            "duet_disabled": self.is_private,
        }


def _is_any_taken(places: list[Place], app: App, now: float) -> bool:
    return any(p.client_key == app.client_key and p.is_taken(now) for p in places)
