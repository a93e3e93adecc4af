"""Ask TikTok, once per account, whether its creator may post what is planned."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tiktok_bridge.errors import (
    BusyError,
    NetworkError,
    RefusedError,
    TikTokError,
    TokenError,
)
from tiktok_bridge.ledger.limits import LIMITS, WINDOW
from tiktok_bridge.publish.creator import against_creator
from tiktok_bridge.publish.preflight import Objection
from tiktok_bridge.publish.retry import failure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tiktok_bridge.ledger.limits import Limits
    from tiktok_bridge.models import Post
    from tiktok_bridge.publish.preflight import Preflight
    from tiktok_bridge.tiktok.content import Content, CreatorInfo
    from tiktok_bridge.tokens.vault import Vault

EXPECTED: Final = (BusyError, NetworkError, TikTokError, TokenError)
"""Errors that concern one account; any other concerns the installation."""


@dataclass(slots=True)
class Creators:
    """What TikTok says of each account; asked once in a run."""

    content: Content
    vault: Vault
    limits: Limits
    _known: dict[str, CreatorInfo | Objection] = field(default_factory=dict)

    def find(self, account: str) -> CreatorInfo | Objection:
        """Return TikTok's answer, or why there is none."""
        if account not in self._known:
            self._known[account] = self._ask(account)
        return self._known[account]

    def _ask(self, account: str) -> CreatorInfo | Objection:
        most = LIMITS["creator_info"]
        seconds = self.limits.take(account, "creator_info", most, WINDOW)
        if seconds:
            message = (
                f"TikTok was asked {most} times in a minute, which is all it takes"
            )
            return Objection("account", message, f"try again in {seconds:.0f} s")
        try:
            return self._authorized(account)
        except EXPECTED as error:
            told = failure(error)
            log_id = f" (log id {told.log_id})" if told.log_id else ""
            return Objection("account", f"{told.message}{log_id}", told.hint)

    def _authorized(self, account: str) -> CreatorInfo:
        """Ask with the account's token, refreshed once if it was refused."""
        token = self.vault.access(account)
        try:
            return self.content.creator_info(token)
        except RefusedError as error:
            if error.code != "access_token_invalid":
                raise
        return self.content.creator_info(self.vault.access(account, refused=token))


def check_online(
    posts: Iterable[Post], preflight: Preflight, creators: Creators
) -> Iterator[tuple[int, Objection]]:
    """Yield the index of each post with what is wrong with it.

    Beside everything that `Preflight.check` finds this is what the creator may not do.
    TikTok is asked about accounts with direct posts and a token that may ask.
    """
    for index, post in enumerate(posts):
        objections, _ = preflight.check(post)
        may_ask = all(one.key != "account" for one in objections)
        if post.mode == "direct" and may_ask:
            objections += _against(post, preflight, creators.find(post.account))
        for objection in objections:
            yield index, objection


def _against(
    post: Post, preflight: Preflight, found: CreatorInfo | Objection
) -> list[Objection]:
    if isinstance(found, Objection):
        return [found]
    return against_creator(post, preflight.facts(post), found, preflight.url(post))
