"""media.format: tikTok takes the videos as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check
from tiktok_bridge_diagnostics.posted import judged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding


def _judge(facts: Facts) -> Iterator[Finding]:
    """Container, codec, frame rate, pixels, length and size are what TikTok takes.

    What could not be measured, for lack of PyAV, is doubtful.
    """
    for draft in facts.of("draft"):
        if draft.data["media"] == "video" and not draft.data["is_pulled"]:
            yield from judged(draft, ("video",))


FORMAT = Check(
    "media.format",
    "TikTok takes the videos as they are",
    _judge,
    needs=("media.open",),
    reads=("drafts",),
    docs="https://developers.tiktok.com/doc/content-posting-api-media-transfer-guide",
)
