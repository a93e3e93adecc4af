"""Translate a post into the request that starts it at TikTok; pure.

Source: developers.tiktok.com/doc/content-posting-api-reference-direct-post, its
references for upload and photo post, and the media transfer guide.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from tiktok_bridge.models import Post
    from tiktok_bridge.tiktok.chunks import ChunkPlan

VIDEO_INIT: Final = "/v2/post/publish/video/init/"
INBOX_INIT: Final = "/v2/post/publish/inbox/video/init/"
PHOTO_INIT: Final = "/v2/post/publish/content/init/"


@dataclass(frozen=True, slots=True)
class Pull:
    """Addresses from which TikTok fetches the media: one video, or up to 35 photos.

    Each must be https on a domain or below a prefix that the app has verified.
    """

    urls: tuple[str, ...]


def translate(
    post: Post, mode: str, source: ChunkPlan | Pull
) -> tuple[str, dict[str, Any]]:
    """Return the path and the body of the init of *post*.

    Args:
        post: What a person asked for; `photos` makes it a photo post.
        mode: `direct` publishes; `inbox` leaves a draft.
        source: How the bytes get to TikTok; photos can only be pulled.
    """
    if post.photos:
        if not isinstance(source, Pull):
            raise TypeError("photos are pulled; their bytes cannot be uploaded")
        return PHOTO_INIT, _photos(post, mode, source)
    body: dict[str, Any] = {"source_info": _video_source(source)}
    if mode == "inbox":  # a draft has no post_info: the creator decides in the app
        return INBOX_INIT, body
    return VIDEO_INIT, {"post_info": _video_info(post), **body}


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
