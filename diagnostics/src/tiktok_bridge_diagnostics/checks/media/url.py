"""media.url: tikTok can fetch what it shall fetch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check
from tiktok_bridge_diagnostics.posted import judged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding


def _judge(facts: Facts) -> Iterator[Finding]:
    """What TikTok fetches has an https address that nobody has to be inside for.

    Whether its prefix is verified for the app, only an init tells: app.url_property.
    """
    for draft in facts.of("draft"):
        if draft.data["is_pulled"]:
            yield from judged(draft, ("video", "photos", "transfer"))


URL = Check(
    "media.url",
    "TikTok can fetch what it shall fetch",
    _judge,
    reads=("drafts",),
    docs="https://developers.tiktok.com/doc/content-posting-api-media-transfer-guide",
)
