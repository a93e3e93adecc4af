"""The public posts of a creator as the Display API shows them.

developers.tiktok.com/doc/tiktok-api-v2-video-object
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tiktok_bridge_sandbox.publishes import Post, Publish

FIELDS: Final = (
    "id",
    "create_time",
    "cover_image_url",
    "share_url",
    "video_description",
    "duration",
    "height",
    "width",
    "title",
    "embed_html",
    "embed_link",
    "like_count",
    "comment_count",
    "share_count",
    "view_count",
)
"""What may be asked for; there is no privacy level among it."""

MAX_TEXT: Final = 150
"""Characters of a title or description that are shown."""

PLAYER: Final = "https://www.example.com/player/v1"
"""Where a post could be watched if there were anything to watch."""


@dataclass(frozen=True)
class Video:
    """One public post; photos are listed like videos."""

    publish: Publish
    post: Post
    moment: int
    """When it was posted, in milliseconds; no two of a creator share one."""

    def describe(self, names: Iterable[str]) -> dict[str, object]:
        """Return the fields asked for; what nobody measured is 0."""
        post_id, said = str(self.post.post_id), self.publish.post_info or {}
        link = f"{PLAYER}/{post_id}"
        known: dict[str, object] = dict.fromkeys(FIELDS, 0) | {
            "id": post_id,
            "create_time": self.moment // 1_000,
            "cover_image_url": f"https://p16.example.com/{post_id}.webp",
            "share_url": f"https://www.example.com/@{self.publish.account}/{post_id}",
            "video_description": _text(said, "description", "title"),
            "title": _text(said, "title"),
            "embed_html": f'<iframe src="{link}"></iframe>',
            "embed_link": link,
        }
        return {name: known[name] for name in names}


def _text(said: Any, *names: str) -> str:  # noqa: ANN401 - what a client sent
    found = (str(said[name]) for name in names if said.get(name))
    return next(found, "")[:MAX_TEXT]


def list_public(publishes: Iterable[Publish], account: str, now: float) -> list[Video]:
    """Return what everyone can see of *account* at *now*, newest first."""
    posts = sorted(_posted(publishes, account), key=lambda entry: entry[0])
    videos, last = [], 0
    for posted_at, publish, post in posts:
        # Hidden posts take part, so that nobody's moment changes with theirs.
        last = max(int(posted_at * 1_000), last + 1)
        if publish.is_public(post, now):
            videos.append(Video(publish, post, last))
    return videos[::-1]


def _posted(
    publishes: Iterable[Publish], account: str
) -> Iterator[tuple[float, Publish, Post]]:
    for publish in publishes:
        for post in publish.posts:
            posted_at = publish.posted_at(post)
            if publish.account == account and posted_at is not None:
                yield posted_at, publish, post
