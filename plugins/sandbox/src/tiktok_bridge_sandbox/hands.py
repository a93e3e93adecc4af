"""What a creator does in the TikTok app itself, at a test's command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge_sandbox import events
from tiktok_bridge_sandbox.creators import PRIVACY_LEVELS
from tiktok_bridge_sandbox.errors import UsageError
from tiktok_bridge_sandbox.openings import number
from tiktok_bridge_sandbox.publishes import Post

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tiktok_bridge_sandbox.creators import Creator
    from tiktok_bridge_sandbox.models import Backend
    from tiktok_bridge_sandbox.publishes import Publish


def act(backend: Backend, wish: Mapping[str, object]) -> None:
    """Do the ``action`` of *wish* to its ``publish_id`` or ``account``.

    Raises:
        UsageError: The action or what it is done to does not exist, or it
            cannot be done now.
    """
    action = str(wish.get("action"))
    if action in TO_POSTS:
        publish = backend.publish(str(wish.get("publish_id")))
        TO_POSTS[action](backend, publish, wish)
    elif action in TO_ACCOUNTS:
        name = str(wish.get("account", "acme"))
        if name not in backend.creators:
            raise UsageError(f"an account is one of {list(backend.creators)}")
        TO_ACCOUNTS[action](backend, backend.creators[name])
    else:
        raise UsageError(f"an action is one of {[*TO_POSTS, *TO_ACCOUNTS]}")
    backend.courier.wake()


def _finish_draft(
    backend: Backend, publish: Publish, wish: Mapping[str, object]
) -> None:
    """Post from a draft; doing it again makes another post of it."""
    now, level = backend.now(), wish.get("privacy_level", "PUBLIC_TO_EVERYONE")
    if publish.mode != "inbox" or publish.ends_at is None or now < publish.ends_at:
        raise UsageError("there is no draft of this publish_id in the inbox")
    if publish.failure:
        raise UsageError("this draft failed")
    if now >= publish.ends_at + backend.switches.draft_seconds:
        raise UsageError("the draft was dropped: nobody finished it in time")
    if level not in PRIVACY_LEVELS["public"] + PRIVACY_LEVELS["private"]:
        raise UsageError(f"there is no privacy level {level!r}")
    publish.posts.append(Post(int(number()), str(level), posted_at=now))


def _hide(backend: Backend, publish: Publish, _wish: Mapping[str, object]) -> None:
    """Make every public post of it private again."""
    now = backend.now()
    public = publish.public_posts(now)
    if not public:
        raise UsageError("nothing of this publish_id is public now")
    for post in public:
        post.hidden_at = now


def _make_private(_backend: Backend, creator: Creator) -> None:
    creator.visibility = "private"


def _make_public(_backend: Backend, creator: Creator) -> None:
    creator.visibility = "public"


def _remove_app(backend: Backend, creator: Creator) -> None:
    key = backend.app.client_key
    backend.remove_access(creator, key, events.USER_DISCONNECTED)


TO_POSTS: Final[dict[str, Callable[[Backend, Publish, Mapping[str, object]], None]]] = {
    "finish-draft": _finish_draft,
    "hide": _hide,
}
"""What is done to one publish."""

TO_ACCOUNTS: Final[dict[str, Callable[[Backend, Creator], None]]] = {
    "make-private": _make_private,
    "make-public": _make_public,
    "remove-app": _remove_app,
}
"""What is done to a whole account."""
