"""media.photo: tikTok takes the photos as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check
from tiktok_bridge_diagnostics.posted import judged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding


def _judge(facts: Facts) -> Iterator[Finding]:
    """Each photo is JPEG or WebP, and no larger than TikTok takes; each is named.

    TikTok itself refuses all of a post and never says which photo.
    """
    for draft in facts.of("draft"):
        if draft.data["media"] == "photos":
            yield from judged(draft, ("photos", "cover"))


PHOTO = Check(
    "media.photo",
    "TikTok takes the photos as they are",
    _judge,
    reads=("drafts",),
    docs="https://developers.tiktok.com/doc/content-posting-api-reference-photo-post",
)
