"""One post on its way through TikTok's states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tiktok_bridge_sandbox.switches import Switches
    from tiktok_bridge_sandbox.uploads import Upload


@dataclass
class Publish:
    """A post or a draft since its init."""

    publish_id: str
    account: str
    mode: Literal["direct", "inbox"]
    post_info: Mapping[str, object] | None
    """What the client sent, untouched."""

    privacy_level: str | None
    """What the post really gets, which only an unaudited app sees differ."""

    post_id: int
    upload: Upload
    switches: Switches
    complete_at: float | None = None
    """When the last byte arrived."""

    def status(self, now: float) -> str:
        """Return the state at *now*, in TikTok's words."""
        if not self._is_past(self.switches.processing_seconds, now):
            return "PROCESSING_UPLOAD"
        if self.fail_reason is not None:
            return "FAILED"
        return "PUBLISH_COMPLETE" if self.mode == "direct" else "SEND_TO_USER_INBOX"

    @property
    def fail_reason(self) -> str | None:
        """Why processing ends in FAILED, if it will."""
        if self.switches.fail_reason:
            return self.switches.fail_reason
        return None if self.upload.is_video() else "file_format_check_failed"

    def answer(self, now: float) -> dict[str, object]:
        """Return what status/fetch says at *now*, without the rest."""
        status = self.status(now)
        said: dict[str, object] = {"status": status}
        if status == "PROCESSING_UPLOAD":
            said["uploaded_bytes"] = self.upload.received
        if status == "FAILED":
            said["fail_reason"] = self.fail_reason
        if status == "PUBLISH_COMPLETE":
            said |= self._published(now)
        return said

    def _published(self, now: float) -> dict[str, object]:
        said: dict[str, object] = {}
        if self.switches.status_privacy_level:
            said["privacy_level"] = self.privacy_level
        if self.is_public(now) and self.switches.post_id_shape != "absent":
            said["publicaly_available_post_id"] = self._shaped_id()
        return said

    def is_public(self, now: float) -> bool:
        """Tell whether everyone can see the post at *now*."""
        delay = self.switches.processing_seconds + self.switches.moderation_seconds
        return (
            self.privacy_level == "PUBLIC_TO_EVERYONE"
            and self.status(now) == "PUBLISH_COMPLETE"
            and self._is_past(delay, now)
        )

    def _is_past(self, delay: float, now: float) -> bool:
        return self.complete_at is not None and now >= self.complete_at + delay

    def _shaped_id(self) -> object:
        shapes: dict[str, object] = {
            "list": [self.post_id],
            "int": self.post_id,
            "string": str(self.post_id),
            "strings": [str(self.post_id)],
        }
        return shapes[self.switches.post_id_shape]
