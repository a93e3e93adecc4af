"""Carry one post through one step: move it, and go on after an error."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

from tiktok_bridge.errors import MediaError, RefusedError
from tiktok_bridge.ledger.claims import LEASE
from tiktok_bridge.ledger.entry import Move
from tiktok_bridge.ledger.limits import LONGEST_CAP, WindowFullError
from tiktok_bridge.media.probe import open_media
from tiktok_bridge.models import Failure, State
from tiktok_bridge.publish import retry
from tiktok_bridge.redaction.addresses import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from random import Random

    from tiktok_bridge.clock import Clock
    from tiktok_bridge.config.settings import Settings
    from tiktok_bridge.errors import BridgeError
    from tiktok_bridge.host import Host
    from tiktok_bridge.ledger.entry import Entry
    from tiktok_bridge.ledger.ledger import Ledger
    from tiktok_bridge.media.probe import Media
    from tiktok_bridge.secrets import Secret
    from tiktok_bridge.tiktok.content import Content
    from tiktok_bridge.tokens.vault import Vault

    OnProgress = Callable[[Entry, int], None]

T = TypeVar("T")

CAPS: Final = {
    "reached_active_user_cap": "direct",
    "spam_risk_too_many_posts": "direct",
    "spam_risk_too_many_pending_share": "inbox",
}
"""Refusals that are true of every post of one mode for a while."""


@dataclass(frozen=True, slots=True)
class Services:
    """What every step needs; owned by one `Bridge`.

    Attributes:
        on_progress: Told the entry and how many of its bytes are sent; the number
            falls when something is sent again.
        is_over: Whether somebody asked for the end.
    """

    settings: Settings
    host: Host
    content: Content
    vault: Vault
    ledger: Ledger
    clock: Clock
    random: Random
    on_progress: OnProgress
    is_over: Callable[[], bool] = lambda: False


class Trip:
    """One post on its way; the caller holds the claim on it.

    Attributes:
        entry: The post as it is on disk.
        renew_at: When the claim on it has to be renewed.
    """

    def __init__(self, services: Services, entry: Entry) -> None:
        self.services = services
        self.entry = entry
        self.renew_at = _renew_at(entry, services.clock.now())

    def move(
        self,
        state: State,
        what: str | Move | None,
        *,
        takes: str | None = None,
        **changes: Any,  # noqa: ANN401 - fields of an entry
    ) -> None:
        """Move the post; on disk when this returns. See `Ledger.move`."""
        self.entry = self.services.ledger.move(
            self.entry, state, what, takes=takes, **changes
        )

    def wait(self, seconds: float) -> None:
        """Come back in *seconds*; only this run needs to know."""
        next_at = self.services.clock.now() + seconds
        self.entry = replace(self.entry, next_at=next_at)

    def slot(self, kind: str) -> None:
        """Take one of the calls of *kind* that TikTok allows, or leave the step."""
        account = self.entry.post.account
        seconds = self.services.ledger.limits.slot(account, kind)
        if seconds:
            raise WindowFullError(seconds)

    def require_no_cap(self) -> None:
        """Leave the step while TikTok takes no more posts of this mode."""
        account, mode = self.entry.post.account, self.entry.mode
        seconds = self.services.ledger.limits.capped(account, mode)
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
        settings = services.settings
        media = open_media(
            services.host, entry.post.video, settings.media_root, settings.media_hosts
        )
        if entry.size_bytes not in (None, media.stat.size_bytes):
            raise MediaError(
                f"{shown(entry.post.video)} had {entry.size_bytes} bytes when it was"
                f" accepted and has {media.stat.size_bytes} now",
                hint="restore it, or give the new video a post of its own",
            )
        is_begun = entry.state in (State.UPLOADING, State.LAST_CHUNK_SENT)
        if is_begun and media.stat.version != entry.media_version:
            raise MediaError(
                f"{shown(entry.post.video)} has changed since its upload began",
                hint="restore it, or give the new video a post of its own",
            )
        return media

    def fail(self, failure: Failure, answered: Mapping[str, Any] | None = None) -> None:
        """End the post: TikTok, or what is on disk, does not allow it."""
        what = Move(failure.message, failure.log_id, answered=answered)
        self.move(State.FAILED, what, failure=failure, next_at=None)

    def give_to_a_person(
        self, message: str, error: BridgeError | None = None, *, look: str = ""
    ) -> None:
        """End what this program can do: whether the post exists, TikTok must show.

        Args:
            message: Why nobody knows.
            error: What TikTok, or the network, said last.
            look: What may settle it besides a person.
        """
        post = self.entry.post
        command = f"tiktok-bridge posts settle {post.id} --account {post.account}"
        hint = (
            f"{look}look at the account in the TikTok app, then run"
            f" `{command} --as published`, or `--as retry` if it is not there"
        )
        told = retry.failure(error) if error else Failure(code="", message=message)
        failure = replace(told, message=message, hint=hint)
        what = Move(message, failure.log_id, answered=retry.answered(error))
        self.move(State.UNKNOWN, what, failure=failure, next_at=None)

    def come_back(self, error: BridgeError, state: State) -> None:
        """Try again later, or end the post when that is pointless."""
        tries = self.entry.tries
        seconds = retry.wait(error, tries, self.services.random)
        if seconds is None:
            self.fail(retry.failure(error), retry.answered(error))
            return
        self._keep_cap(error, seconds)
        failure = retry.failure(error)
        note = f"{error.message}; again in {seconds:.0f} s"
        self.move(
            state,
            Move(note, failure.log_id, answered=retry.answered(error)),
            failure=failure,
            tries=tries + 1,
            next_at=self.services.clock.now() + seconds,
        )

    def _keep_cap(self, error: BridgeError, seconds: float) -> None:
        mode = CAPS.get(getattr(error, "code", ""))
        if mode:
            limits = self.services.ledger.limits
            limits.cap(self.entry.post.account, mode, min(seconds, LONGEST_CAP))


def _renew_at(entry: Entry, now: float) -> float:
    """Return when the claim on *entry* is due, at once where clocks disagree."""
    age = now - (entry.owned_until - LEASE)
    return now + LEASE / 3 - age if 0 <= age <= LEASE else now
