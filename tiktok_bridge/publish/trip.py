"""Carry one post through one step: move it, and go on after an error."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

from tiktok_bridge.errors import MediaError, RefusedError
from tiktok_bridge.media.probe import open_media
from tiktok_bridge.models import State
from tiktok_bridge.publish import retry

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from tiktok_bridge.clock import Clock
    from tiktok_bridge.config.settings import Settings
    from tiktok_bridge.errors import BridgeError
    from tiktok_bridge.host import Host
    from tiktok_bridge.ledger.entry import Entry
    from tiktok_bridge.ledger.ledger import Ledger
    from tiktok_bridge.media.probe import Media
    from tiktok_bridge.models import Failure
    from tiktok_bridge.secrets import Secret
    from tiktok_bridge.tiktok.content import Content
    from tiktok_bridge.tokens.vault import Vault

    OnProgress = Callable[[Entry, int], None]

T = TypeVar("T")

WINDOW: Final = 60.25
"""Seconds of TikTok's sliding windows, with a margin for the clocks."""

LIMITS: Final = {"video_init": 6, "inbox_init": 6, "creator_info": 20, "status": 30}
"""Calls per window and token.

Source: developers.tiktok.com/doc/content-posting-api-get-started and references."""


@dataclass(frozen=True, slots=True)
class Services:
    """What every step needs; owned by one `Bridge`.

    Attributes:
        on_progress: Told the entry and how many of its bytes are sent; the number
            falls when something is sent again.
    """

    settings: Settings
    host: Host
    content: Content
    vault: Vault
    ledger: Ledger
    clock: Clock
    random: Random
    on_progress: OnProgress


class WindowFullError(Exception):
    """Leave the step: TikTok's limit is reached for another *seconds*."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Trip:
    """One post on its way; the caller holds the claim on it.

    Attributes:
        entry: The post as it is on disk.
    """

    def __init__(self, services: Services, entry: Entry) -> None:
        self.services = services
        self.entry = entry

    def move(
        self,
        state: State,
        note: str | None,
        *,
        log_id: str | None = None,
        **changes: Any,  # noqa: ANN401 - fields of an entry
    ) -> None:
        """Move the post; on disk when this returns."""
        self.entry = self.services.ledger.move(
            self.entry, state, note, log_id=log_id, **changes
        )

    def wait(self, seconds: float) -> None:
        """Come back in *seconds*; only this run needs to know."""
        next_at = self.services.clock.now() + seconds
        self.entry = replace(self.entry, next_at=next_at)

    def slot(self, kind: str) -> None:
        """Take one of the calls of *kind* that TikTok allows, or leave the step."""
        account = self.entry.post.account
        seconds = self.services.ledger.limits.take(account, kind, LIMITS[kind], WINDOW)
        if seconds:
            raise WindowFullError(seconds)

    def authorized(self, call: Callable[[Secret], T]) -> T:
        """Make *call* with the account's token, refreshed once if it was refused."""
        account = self.entry.post.account
        token = self.services.vault.access(account)
        try:
            return call(token)
        except RefusedError as error:
            if error.code != "access_token_invalid":
                raise
        return call(self.services.vault.access(account, refused=token))

    def media(self) -> Media:
        """Open the video, the same as was accepted and, once begun, as was begun.

        Raises:
            MediaError: It is gone, is no video, or is another one by now.
        """
        services, entry = self.services, self.entry
        media = open_media(
            services.host, entry.post.video, services.settings.media_root
        )
        if entry.size_bytes not in (None, media.stat.size_bytes):
            raise MediaError(
                f"{entry.post.video} had {entry.size_bytes} bytes when it was accepted"
                f" and has {media.stat.size_bytes} now",
                hint="restore it, or give the new video a post of its own",
            )
        is_begun = entry.state in (State.UPLOADING, State.LAST_CHUNK_SENT)
        if is_begun and media.stat.version != entry.media_version:
            raise MediaError(
                f"{entry.post.video} has changed since its upload began",
                hint="restore it, or give the new video a post of its own",
            )
        return media

    def fail(self, failure: Failure) -> None:
        """End the post: TikTok, or what is on disk, does not allow it."""
        self.move(
            State.FAILED,
            failure.message,
            log_id=failure.log_id,
            failure=failure,
            next_at=None,
        )

    def come_back(self, error: BridgeError, state: State) -> None:
        """Try again later, or end the post when that is pointless."""
        tries = self.entry.tries
        seconds = retry.wait(error, tries, self.services.random)
        if seconds is None:
            self.fail(retry.failure(error))
            return
        self.move(
            state,
            f"{error.message}; again in {seconds:.0f} s",
            log_id=getattr(error, "log_id", None),
            failure=retry.failure(error),
            tries=tries + 1,
            next_at=self.services.clock.now() + seconds,
        )
