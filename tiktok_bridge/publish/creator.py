"""Hold a post against what TikTok says of its creator; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge.media.repair import repair_video
from tiktok_bridge.publish.preflight import Objection
from tiktok_bridge.redaction.addresses import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge.media.facts import VideoFacts
    from tiktok_bridge.models import Post
    from tiktok_bridge.tiktok.content import CreatorInfo

SOURCE: Final = (
    "developers.tiktok.com/doc/content-posting-api-reference-query-creator-info"
)
"""The page that has all these rules."""


def against_creator(
    post: Post, facts: VideoFacts | None, info: CreatorInfo, url: str = ""
) -> list[Objection]:
    """Return what in *post* its creator may not do now.

    A draft is not held against anything: the creator decides in the app.

    Args:
        post: What is to be sent.
        facts: What its video is, None if nobody measured it.
        info: TikTok's answer for the account.
        url: Where the video lies, for the command that shortens it.
    """
    if post.mode == "inbox":
        return []
    return [
        *_privacy(post, info),
        *_duration(post, facts, info, url),
        *_interactions(post, info),
    ]


def _privacy(post: Post, info: CreatorInfo) -> Iterator[Objection]:
    offered = info.privacy_level_options
    if offered and post.privacy not in offered:
        yield Objection(
            "privacy",
            f"TikTok does not offer {post.privacy} to this account now; it offers"
            f" {', '.join(offered)} ({SOURCE})",
            "choose one of these; privacy is never changed for you",
        )


def _duration(
    post: Post, facts: VideoFacts | None, info: CreatorInfo, url: str
) -> Iterator[Objection]:
    most = info.max_duration_seconds
    seconds = facts and facts.duration_seconds
    if facts and most and seconds and seconds > most:
        command = repair_video(url, facts, {"duration"}, most) if url else None
        yield Objection(
            "video",
            f"{shown(post.video)} lasts {seconds:.2f} s; this creator may post"
            f" {most} s at most ({SOURCE})",
            command,
        )


def _interactions(post: Post, info: CreatorInfo) -> Iterator[Objection]:
    """Yield what was allowed and is off in the account: TikTok leaves it off."""
    off = {
        "comment": info.comment_disabled,
        "duet": info.duet_disabled and not post.photos,
        "stitch": info.stitch_disabled and not post.photos,
    }
    for name, is_off in off.items():
        if is_off and getattr(post.allow, name):
            yield Objection(
                f"allow.{name}",
                f"{name} is off in the settings of the account, and stays off"
                f" ({SOURCE})",
                "write false, or let the creator switch it on in the app",
                warning=True,
            )
