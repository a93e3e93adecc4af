"""Check a post before anything is spent, without asking TikTok."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tiktok_bridge.errors import BridgeError, MediaError, PluginError
from tiktok_bridge.media.probe import open_media
from tiktok_bridge.models import Post
from tiktok_bridge.tiktok.chunks import plan_chunks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge.config.settings import Settings
    from tiktok_bridge.host import Host
    from tiktok_bridge.tokens.vault import Vault

MAX_TITLE: Final = 2200
"""Longest caption in UTF-16 code units.

Source: developers.tiktok.com/doc/content-posting-api-reference-direct-post."""

DIRECT_ONLY: Final = (
    "title",
    "privacy",
    "allow",
    "disclose",
    "ai_generated",
    "cover_at",
)
"""Keys of a post that a draft does not have at TikTok."""

SCOPES: Final = {"direct": "video.publish", "inbox": "video.upload"}
"""The scope that each mode needs."""


@dataclass(frozen=True, slots=True)
class Objection:
    """One thing that is wrong with a post, before it is known where it stands.

    Attributes:
        key: The post's key.
        warning: Whether it can be sent all the same.
    """

    key: str
    message: str
    hint: str | None = None
    warning: bool = False


@dataclass(slots=True)
class Preflight:
    """Check the posts of one run; each account and each video is looked at once."""

    settings: Settings
    host: Host
    vault: Vault
    _accounts: dict[str, list[tuple[str, Objection]]] = field(default_factory=dict)
    _videos: dict[str, Objection | int] = field(default_factory=dict)

    def check(self, post: Post) -> tuple[list[Objection], int | None]:
        """Return what is wrong with *post*, and the size of its video in bytes.

        The schema allows *post*: it came from a file, or passed `shape`.
        """
        objections = [*_text(post), *_audience(post), *self._account(post)]
        found = self._videos.get(post.video)
        if found is None:
            found = self._videos[post.video] = self._probe(post.video)
        if isinstance(found, Objection):
            return [*objections, found], None
        return objections, found

    def _probe(self, video: str) -> Objection | int:
        try:
            media = open_media(self.host, video, self.settings.media_root)
            plan_chunks(media.stat.size_bytes)
        except (MediaError, PluginError) as error:
            return Objection("video", error.message, error.hint)
        return media.stat.size_bytes

    def _account(self, post: Post) -> Iterator[Objection]:
        if post.account not in self._accounts:
            self._accounts[post.account] = list(self._ask(post.account))
        for mode, objection in self._accounts[post.account]:
            if mode in ("", post.mode):
                yield objection

    def _ask(self, account: str) -> Iterator[tuple[str, Objection]]:
        try:
            token = self.vault.read(account)
        except BridgeError as error:
            yield "", Objection("account", error.message, error.hint)
            return
        if token is None:
            yield "", Objection("account", *self._unknown(account))
            return
        for mode, scope in SCOPES.items():
            if token.scopes and scope not in token.scopes:
                yield (
                    mode,
                    Objection(
                        "account",
                        f"the account {account!r} has not granted {scope}, which"
                        f" {mode} posts need (granted: {', '.join(token.scopes)})",
                        "let the creator log in again and grant it",
                    ),
                )

    def _unknown(self, account: str) -> tuple[str, str]:
        known = ", ".join(self.vault.accounts()) or "none"
        return (
            f"unknown account {account!r}; with a token are: {known}",
            f"tiktok-bridge auth login {account}",
        )


def _text(post: Post) -> Iterator[Objection]:
    units = len(post.title.encode("utf-16-le", "surrogatepass")) // 2
    if units > MAX_TITLE:
        yield Objection(
            "title",
            f"has {units} UTF-16 units; TikTok takes at most {MAX_TITLE}",
            f"shorten it by {units - MAX_TITLE}; an emoji counts as two or more",
        )
    if any("\ud800" <= sign <= "\udfff" for sign in post.title):
        yield Objection("title", "holds half of a surrogate pair, which is no text")


def _audience(post: Post) -> Iterator[Objection]:
    if post.mode == "inbox":
        nothing = Post(id="", account="", video="")
        for key in DIRECT_ONLY:
            if getattr(post, key) != getattr(nothing, key):
                yield Objection(
                    key,
                    "is ignored for a draft: the creator decides in the app",
                    warning=True,
                )
        return
    if post.disclose.branded_content and post.privacy == "SELF_ONLY":
        yield Objection(
            "disclose.branded_content",
            "branded content cannot be SELF_ONLY (content sharing guidelines)",
            "choose a wider privacy, or leave branded_content out",
        )
