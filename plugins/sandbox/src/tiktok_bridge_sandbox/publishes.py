"""One post on its way through TikTok's states."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tiktok_bridge_sandbox.switches import Switches


class Source(Protocol):
    """Where the media come from: an upload or a pull."""

    WORKING: ClassVar[str]
    """Status while they come and are processed."""

    COUNTER: ClassVar[str]
    """Key of the bytes that came so far."""

    @property
    def is_media(self) -> bool:
        """Whether the first bytes are those of a video, or a photo."""

    @property
    def arrived_at(self) -> float | None:
        """When the last byte came, or will come if that is known."""

    @property
    def lost_at(self) -> float | None:
        """When the transfer failed, or will fail unless its end comes first."""

    def is_open(self, now: float) -> bool:
        """Tell whether the answer of the init still leads somewhere at *now*."""

    def received_by(self, now: float) -> int:
        """Return the bytes that had come at *now*."""


@dataclass
class Post:
    """What people see of a publish; one draft can become several."""

    post_id: int
    level: str
    """The privacy level that it really has."""

    posted_at: float | None = None
    """When the creator finished the draft; None for a direct post."""

    hidden_at: float | None = None
    """When its owner made it private again."""


@dataclass
class Publish:
    """A post or a draft since its init."""

    publish_id: str
    account: str
    medium: Literal["video", "photo"]
    mode: Literal["direct", "inbox"]
    post_info: Mapping[str, object] | None
    """What the client sent, untouched."""

    privacy_level: str | None
    """What the post really gets, which only an unaudited app sees differ."""

    source: Source
    switches: Switches
    opened_at: float
    client_key: str
    """The app whose post it is."""

    is_ai_generated: bool = False
    posts: list[Post] = field(default_factory=list)
    stopped: tuple[float, str] | None = None
    """When and why it was cancelled or lost its authorization."""

    def status(self, now: float) -> str:
        """Return the state at *now*, in TikTok's words."""
        failure = self.failure
        if failure and now >= failure[0]:
            return "FAILED"
        if self.ends_at is None or now < self.ends_at:
            return self.source.WORKING
        is_draft = self.mode == "inbox" and not self.posts
        return "SEND_TO_USER_INBOX" if is_draft else "PUBLISH_COMPLETE"

    @property
    def ends_at(self) -> float | None:
        """When processing ends, if that is known."""
        if self.source.arrived_at is None:
            return None
        return self.source.arrived_at + self.switches.processing_seconds

    @property
    def failure(self) -> tuple[float, str] | None:
        """When and why it is FAILED, or will be as things stand."""
        if self.stopped:
            return self.stopped
        if self.source.lost_at is not None:
            return self.source.lost_at, f"{self.medium}_pull_failed"
        if self.ends_at is None:
            return None
        if self.switches.fail_reason:
            return self.ends_at, self.switches.fail_reason
        if not self.source.is_media:
            return self.ends_at, "file_format_check_failed"
        return None

    def is_final(self, now: float) -> bool:
        """Tell whether TikTok has done with it."""
        return self.status(now) != self.source.WORKING

    def can_be_repeated(self, now: float) -> bool:
        """Tell whether an equal init may be answered like the one before."""
        return self.status(now) != "FAILED" and self.source.is_open(now)

    def stop(self, reason: str, now: float) -> None:
        """Let it end FAILED unless it has ended already."""
        if not self.is_final(now):
            self.stopped = (now, reason)

    def answer(self, now: float) -> dict[str, object]:
        """Return what status/fetch says at *now*, without the rest."""
        status = self.status(now)
        said: dict[str, object] = {"status": status}
        if status == self.source.WORKING:
            said[self.source.COUNTER] = self.source.received_by(now)
        if status == "FAILED" and self.failure:
            said["fail_reason"] = self.failure[1]
        if status == "PUBLISH_COMPLETE":
            said |= self._published(now)
        # The recordings have the keys in this order.
        return dict(sorted(said.items()))

    def _published(self, now: float) -> dict[str, object]:
        said: dict[str, object] = {}
        if self.switches.status_privacy_level:
            said["privacy_level"] = self.posts[0].level
        public = self.public_posts(now)
        if public and self.switches.post_id_shape != "absent":
            ids = [post.post_id for post in public]
            said[self.switches.post_id_key] = self._shaped(ids)
        return said

    def posted_at(self, post: Post) -> float | None:
        """Return when *post* appeared in TikTok, if that is known."""
        return self.ends_at if post.posted_at is None else post.posted_at

    def public_at(self, post: Post) -> float | None:
        """Return when moderation shows *post* to everyone, if it ever will."""
        posted_at = self.posted_at(post)
        if posted_at is None or self.failure or post.level != "PUBLIC_TO_EVERYONE":
            return None
        return posted_at + self.switches.moderation_seconds

    def is_public(self, post: Post, now: float) -> bool:
        """Tell whether everyone can see *post* at *now*."""
        public_at = self.public_at(post)
        is_hidden = post.hidden_at is not None and now >= post.hidden_at
        return public_at is not None and now >= public_at and not is_hidden

    def public_posts(self, now: float) -> list[Post]:
        """Return what everyone can see of it at *now*, oldest first."""
        return [post for post in self.posts if self.is_public(post, now)]

    def _shaped(self, ids: list[int]) -> object:
        shapes: dict[str, object] = {
            "list": ids,
            "int": ids[-1],
            "string": str(ids[-1]),
            "strings": [str(post_id) for post_id in ids],
        }
        return shapes[self.switches.post_id_shape]
