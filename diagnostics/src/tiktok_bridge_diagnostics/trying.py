"""Ask TikTok for a post of the test clip, as the doctor does: no ledger keeps it."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from tiktok_bridge import (
    Bridge,
    BridgeError,
    NetworkError,
    Post,
    TikTokError,
    plan_chunks,
)
from tiktok_bridge_diagnostics.audit import ONLY_ME, visibility

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Client, CreatorInfo, Progress, Secret, Started, Visit

WIDER: Final = ("FOLLOWER_OF_CREATOR", "MUTUAL_FOLLOW_FRIENDS")
"""What is asked for of a private account, the first of them that it is offered."""

SWALLOWED: Final = (NetworkError, TikTokError)
"""Errors after which nothing is left to do: the tape has what happened."""


@dataclass(frozen=True, slots=True)
class Trying:
    """One account that is tried; its calls count where `publish` counts its own.

    Attributes:
        account: Its name.
        client: Whose exchanges are recorded.
        token: The access token that is stored; it is never renewed.
        limits: Those of the ledger.
        marker: Stands in the caption, so that the post can be found again.
    """

    account: str
    client: Client
    token: Secret
    limits: Any
    marker: str = field(default_factory=lambda: secrets.token_hex(4))

    def creator(self) -> CreatorInfo:
        """Ask what the creator may post now."""
        self._take("creator_info")
        return self.client.content.creator_info(self.token)

    def init(self, privacy: str) -> Started:
        """Ask TikTok to take the clip at that level; no byte is sent."""
        self._take("video_init")
        title = f"tiktok-bridge doctor {self.marker}"
        post = Post(id=self.marker, account=self.account, title=title, privacy=privacy)
        plan = plan_chunks(len(clip()))
        return self.client.content.init(self.token, post, "direct", plan)

    def send(self, started: Started) -> None:
        """Send the clip, whole."""
        video = clip()
        chunk = (0, len(video), len(video))
        self.client.content.put(started.upload_url, "video/mp4", chunk, [video])

    def status(self, started: Started) -> Progress:
        """Ask how the post fares."""
        self._take("status")
        return self.client.content.status(self.token, started.publish_id)

    def _take(self, kind: str) -> None:
        """Count a call.

        Raises:
            BridgeError: TikTok would take no more of them now.
        """
        seconds = self.limits.slot(self.account, kind)
        if seconds:
            raise BridgeError(
                f"TikTok takes no more {kind} of {self.account!r} for {seconds:.0f} s",
                hint="wait, then try again",
            )


@contextmanager
def trying(visit: Visit, account: str) -> Iterator[Trying]:
    """Give what it takes to try *account*.

    Raises:
        BridgeError: There is no token that can be used as it is.
    """
    found = visit.inspection.vault.peek(account) if visit.inspection else None
    if found is None or found[1].expires_at <= visit.now:
        raise BridgeError(
            f"the account {account!r} has no access token that is alive; nothing was"
            f" sent. `tiktok-bridge auth refresh {account}` renews it"
        )
    with Bridge.from_config(visit.config, host=visit.host) as bridge:
        limits, token = bridge.ledger.limits, found[1].access_token
        yield Trying(account, visit.client(account), token, limits)


def telling(info: CreatorInfo) -> str | None:
    """Return the level whose answer tells something of the audit; None if none does.

    A public account is asked for SELF_ONLY, which an unaudited app is refused there. A
    private one takes SELF_ONLY of every app, so it is asked for what is wider.
    """
    offered = info.privacy_level_options
    if visibility(list(offered)) == "public":
        return ONLY_ME if ONLY_ME in offered else None
    return next((level for level in WIDER if level in offered), None)


def clip() -> bytes:
    """Return the test clip: a short silent video, made for this."""
    return (files("tiktok_bridge.media") / "clip.mp4").read_bytes()
