"""media.caption: captions are short enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check
from tiktok_bridge_diagnostics.posted import judged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding


def _judge(facts: Facts) -> Iterator[Finding]:
    """Titles and descriptions have no more UTF-16 units than TikTok takes.

    An emoji counts as two or more. Of a draft TikTok drops the caption of a video.
    """
    for draft in facts.of("draft"):
        yield from judged(draft, ("title", "description"))


CAPTION = Check(
    "media.caption",
    "Captions are short enough",
    _judge,
    reads=("drafts",),
    docs="https://developers.tiktok.com/doc/content-posting-api-reference-direct-post",
)
