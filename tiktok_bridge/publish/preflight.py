"""Check a post before anything is spent, without asking TikTok."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, cast

from tiktok_bridge.errors import BridgeError, MediaError, PluginError
from tiktok_bridge.media import inspection
from tiktok_bridge.media.public import unreachable
from tiktok_bridge.models import Post
from tiktok_bridge.redaction.addresses import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge.config.settings import Settings
    from tiktok_bridge.host import Host
    from tiktok_bridge.media.facts import VideoFacts
    from tiktok_bridge.media.inspection import Inspection
    from tiktok_bridge.tokens.vault import Vault

MAX_TITLE: Final = 2200
"""Longest caption in UTF-16 code units.

Source: developers.tiktok.com/doc/content-posting-api-reference-direct-post."""

MAX_PHOTO_TITLE: Final = 90
"""Longest title of photos in UTF-16 code units.

Source: developers.tiktok.com/doc/content-posting-api-reference-photo-post."""

MAX_DESCRIPTION: Final = 4000
"""Longest description of photos in UTF-16 code units; same source."""

DIRECT_ONLY: Final = (
    "title",
    "privacy",
    "allow",
    "disclose",
    "ai_generated",
    "cover_at",
)
"""Keys of a post that a draft does not have at TikTok."""

PHOTO_DIRECT_ONLY: Final = ("privacy", "allow", "disclose", "add_music")
"""The same of photos, whose drafts take a title and a description along."""

ADDRESSES: Final = ("https:", "http:")

UNSEEN: Final = (
    "what TikTok fetches from web addresses was not looked at before; it says later"
    " what is wrong with it"
)
"""What is said once where no plugin opens them, which is no fault."""

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


@dataclass(frozen=True, slots=True)
class Look:
    """What looking at one file led to.

    Attributes:
        size_bytes: Of a video that could be opened, otherwise None.
        facts: Of a video that could be measured, otherwise None.
        unchecked: What was not looked at because something is not installed, or None.
        url: Where a video lies that could be opened.
    """

    objections: tuple[Objection, ...]
    size_bytes: int | None = None
    facts: VideoFacts | None = None
    unchecked: str | None = None
    url: str = ""


@dataclass(slots=True)
class Preflight:
    """Check the posts of one run; each account and each file is looked at once."""

    settings: Settings
    host: Host
    vault: Vault
    _accounts: dict[str, list[tuple[str, Objection]]] = field(default_factory=dict)
    _looks: dict[str, Look] = field(default_factory=dict)
    _said: set[str] = field(default_factory=set)

    def check(self, post: Post) -> tuple[list[Objection], int | None]:
        """Return what is wrong with *post*, and the size of its video in bytes.

        The schema allows *post*: it came from a file, or passed `shape`.
        """
        objections = [*_text(post), *_audience(post), *self._account(post)]
        for number, address in enumerate(post.photos):
            look = self._look_at_photo(number, address)
            objections += [*look.objections, *self._unchecked("photos", look)]
        if post.photos:
            return [*objections, *_cover_of_photos(post)], None
        look = self._look_at_video(post)
        objections += [*look.objections, *self._unchecked("video", look)]
        objections += _cover(post, look.facts)
        if not post.is_pulled:
            return objections, look.size_bytes
        if all(one.warning for one in look.objections):
            objections += self._reach("video", post.video)
        return objections, None

    def facts(self, post: Post) -> VideoFacts | None:
        """Return what is known of the video of *post*, None where nothing is."""
        return None if post.photos else self._look_at_video(post).facts

    def url(self, post: Post) -> str:
        """Return where the video of *post* lies; empty if it could not be opened."""
        return "" if post.photos else self._look_at_video(post).url

    def _reach(self, key: str, name: str) -> Iterator[Objection]:
        """Yield why TikTok cannot fetch *name*."""
        error = unreachable(self.host, name, self.settings.media_root)
        if error:
            yield Objection(key, error.message, error.hint)

    def _look_at_video(self, post: Post) -> Look:
        name = f"{post.transfer} {post.video}"
        if name not in self._looks:
            self._looks[name] = self._inspect_video(post)
        return self._looks[name]

    def _inspect_video(self, post: Post) -> Look:
        host, root = self.host, self.settings.media_root
        ours = None if post.is_pulled else self.settings.media_hosts
        try:
            found = inspection.inspect_video(host, post.video, root, ours)
        except (MediaError, PluginError) as error:
            is_pulled = post.transfer == "pull"
            if is_pulled and post.video.startswith(ADDRESSES):
                return Look((), unchecked=UNSEEN)
            return Look((_unread("video", error, is_pulled=is_pulled),))
        facts = cast("VideoFacts | None", found.facts)
        objections = tuple(_faults("video", found))
        return Look(objections, found.size_bytes, facts, found.unchecked, found.url)

    def _look_at_photo(self, number: int, address: str) -> Look:
        key = f"photos[{number}] {address}"
        if key not in self._looks:
            name = f"photos[{number}] {shown(address)}"
            self._looks[key] = self._inspect_photo(name, address)
        return self._looks[key]

    def _inspect_photo(self, name: str, address: str) -> Look:
        host, root = self.host, self.settings.media_root
        try:
            found = inspection.inspect_photo(host, name, address, root)
        except MediaError as error:
            return Look((_unread("photos", error, name=name, is_pulled=True),))
        except PluginError as error:
            if address.startswith(ADDRESSES):
                return Look(tuple(self._reach("photos", address)), unchecked=UNSEEN)
            return Look((_unread("photos", error, name=name, is_pulled=True),))
        objections = (*_faults("photos", found), *self._reach("photos", address))
        return Look(objections, unchecked=found.unchecked)

    def _unchecked(self, key: str, look: Look) -> Iterator[Objection]:
        """Say once in a run what nobody looked at."""
        if look.unchecked and look.unchecked not in self._said:
            self._said.add(look.unchecked)
            how = None if look.unchecked == UNSEEN else inspection.HOW_TO_CHECK
            yield Objection(key, look.unchecked, how, warning=True)

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
        if self.vault.is_over(token):
            yield "", Objection("account", *_ended(account))
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


def _faults(key: str, found: Inspection) -> Iterator[Objection]:
    for fault in found.faults:
        message = f"{found.name} {fault.message}"
        yield Objection(key, message, found.command, warning=not fault.is_certain)


def _unread(
    key: str,
    error: MediaError | PluginError,
    *,
    name: str = "",
    is_pulled: bool,
) -> Objection:
    """Return what an unreadable file means: TikTok may reach what we cannot."""
    is_unreachable = isinstance(error, PluginError)
    where = f"{name}: " if name and name not in error.message else ""
    return Objection(
        key, where + error.message, error.hint, warning=is_pulled and is_unreachable
    )


def _cover_of_photos(post: Post) -> Iterator[Objection]:
    count = len(post.photos)
    if post.cover >= count:
        yield Objection(
            "cover",
            f"is {post.cover}, and there are {count} photo(s), counted from 0",
            f"write a number from 0 to {count - 1}",
        )


def _cover(post: Post, facts: VideoFacts | None) -> Iterator[Objection]:
    seconds = facts and facts.duration_seconds
    if seconds and post.cover_at is not None and post.cover_at > seconds:
        yield Objection(
            "cover_at",
            f"lies behind the end: {shown(post.video)} lasts {seconds:.2f} s; TikTok"
            " then shows the first frame",
            warning=True,
        )


def _ended(account: str) -> tuple[str, str]:
    return (
        f"the token of account {account!r} has ended and cannot be renewed",
        f"let the creator log in again: tiktok-bridge auth login {account}",
    )


def _text(post: Post) -> Iterator[Objection]:
    most = {"title": MAX_PHOTO_TITLE if post.photos else MAX_TITLE}
    for key, limit in (most | {"description": MAX_DESCRIPTION}).items():
        text: str = getattr(post, key)
        units = len(text.encode("utf-16-le", "surrogatepass")) // 2
        if units > limit:
            yield Objection(
                key,
                f"has {units} UTF-16 units; TikTok takes at most {limit}",
                f"shorten it by {units - limit}; an emoji counts as two or more",
            )
        if any("\ud800" <= sign <= "\udfff" for sign in text):
            yield Objection(key, "holds half of a surrogate pair, which is no text")


def _audience(post: Post) -> Iterator[Objection]:
    if post.mode == "inbox":
        nothing = Post(id="", account="")
        for key in PHOTO_DIRECT_ONLY if post.photos else DIRECT_ONLY:
            if getattr(post, key) != getattr(nothing, key):
                yield Objection(
                    key,
                    "is ignored for a draft: the creator decides in the app",
                    warning=True,
                )
        return
    for key in ("duet", "stitch"):
        if post.photos and getattr(post.allow, key):
            yield Objection(f"allow.{key}", "photos have none", warning=True)
    if post.disclose.branded_content and post.privacy == "SELF_ONLY":
        yield Objection(
            "disclose.branded_content",
            "branded content cannot be SELF_ONLY (content sharing guidelines)",
            "choose a wider privacy, or leave branded_content out",
        )
