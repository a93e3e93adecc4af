"""Translate a post into the request that starts it at TikTok; pure.

Source: developers.tiktok.com/doc/content-posting-api-reference-direct-post, its
references for upload and photo post, and the media transfer guide.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tiktok_bridge.errors import ConfigError

if TYPE_CHECKING:
    from tiktok_bridge.models import Post
    from tiktok_bridge.tiktok.chunks import ChunkPlan

MODES: Final = ("direct", "inbox")
"""Where a post goes: to the profile, or to the creator's drafts."""

VIDEO_INIT: Final = "/v2/post/publish/video/init/"
INBOX_INIT: Final = "/v2/post/publish/inbox/video/init/"
PHOTO_INIT: Final = "/v2/post/publish/content/init/"


@dataclass(frozen=True, slots=True)
class Pull:
    """Addresses from which TikTok fetches the media: one video, or up to 35 photos.

    Each must be https on a domain or below a prefix that the app has verified.
    """

    urls: tuple[str, ...]

    def __post_init__(self) -> None:
        urls: object = self.urls  # whatever the caller's types say
        if not isinstance(urls, tuple) or not urls:
            raise ConfigError("give the addresses to pull from as a tuple")


def translate(
    post: Post, mode: str, source: ChunkPlan | Pull
) -> tuple[str, dict[str, Any]]:
    """Return the path and the body of the init of *post*.

    Args:
        post: What a person asked for; `photos` makes it a photo post.
        mode: `direct` publishes; `inbox` leaves a draft, also of a direct post.
        source: How the bytes get to TikTok; photos can only be pulled.

    Raises:
        ConfigError: It would publish what nobody wanted published, or cannot be sent.
    """
    _check(post, mode, source)
    if post.photos and isinstance(source, Pull):
        return PHOTO_INIT, _photos(post, mode, source)
    body: dict[str, Any] = {"source_info": _video_source(source)}
    if mode == "inbox":  # a draft has no post_info: the creator decides in the app
        return INBOX_INIT, body
    return VIDEO_INIT, {"post_info": _video_info(post), **body}


def _check(post: Post, mode: str, source: ChunkPlan | Pull) -> None:
    addresses = len(source.urls) if isinstance(source, Pull) else 0
    rules = [
        (mode in MODES, f"{mode!r} is no mode: direct or inbox"),
        ((post.mode, mode) != ("inbox", "direct"), "it was made for the inbox"),
        (mode == "inbox" or post.privacy, "nobody said who may see it: give privacy"),
        (
            not post.photos or addresses == len(post.photos),
            "photos are pulled: give one address for each",
        ),
        (post.photos or addresses <= 1, "a video is pulled from one address"),
    ]
    for fits, wrong in rules:
        if not fits:
            raise ConfigError(f"the post {post.id!r} cannot be sent: {wrong}")


def _video_source(source: ChunkPlan | Pull) -> dict[str, Any]:
    if isinstance(source, Pull):
        (url,) = source.urls
        return {"source": "PULL_FROM_URL", "video_url": url}
    return {
        "source": "FILE_UPLOAD",
        "video_size": source.video_size,
        "chunk_size": source.chunk_size,
        "total_chunk_count": source.total_chunk_count,
    }


def _video_info(post: Post) -> dict[str, Any]:
    """Translate into TikTok's words; "allow X" becomes `disable_X`."""
    info: dict[str, Any] = {
        "title": post.title,
        "privacy_level": post.privacy,
        "disable_comment": not post.allow.comment,
        "disable_duet": not post.allow.duet,
        "disable_stitch": not post.allow.stitch,
        "brand_content_toggle": post.disclose.branded_content,
        "brand_organic_toggle": post.disclose.your_brand,
        "is_aigc": post.ai_generated,
    }
    if post.cover_at is not None:
        if not math.isfinite(post.cover_at):
            raise ConfigError(f"the post {post.id!r} cannot be sent: cover_at is none")
        info["video_cover_timestamp_ms"] = round(post.cover_at * 1000)
    return info


def _photos(post: Post, mode: str, source: Pull) -> dict[str, Any]:
    info: dict[str, Any] = {"title": post.title, "description": post.description}
    if mode != "inbox":
        info |= {
            "privacy_level": post.privacy,
            "disable_comment": not post.allow.comment,
            "auto_add_music": post.add_music,
            "brand_content_toggle": post.disclose.branded_content,
            "brand_organic_toggle": post.disclose.your_brand,
        }
    body: dict[str, Any] = {
        "media_type": "PHOTO",
        # one table of the documentation prints a space instead of the underscore
        "post_mode": "MEDIA_UPLOAD" if mode == "inbox" else "DIRECT_POST",
        "post_info": info,
        "source_info": {
            "source": "PULL_FROM_URL",
            "photo_images": list(source.urls),
            "photo_cover_index": post.cover,
        },
    }
    if post.ai_generated:  # at the top level; documented since 2026-09
        body["is_aigc"] = True
    return body
