"""media.fields: nothing else keeps the posts from being sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge import Check
from tiktok_bridge_diagnostics.posted import judged, others

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding

JUDGED: Final = ("video", "photos", "cover", "title", "description", "transfer")
"""Keys that other checks are about."""


def _judge(facts: Facts) -> Iterator[Finding]:
    """The account, the privacy and what viewers may do are as `check` wants them."""
    for draft in facts.of("draft"):
        yield from judged(draft, others(draft, JUDGED))


FIELDS = Check(
    "media.fields",
    "Nothing else is wrong with the posts",
    _judge,
    needs=("tok.present", "tok.decrypt", "tok.refresh_expiry"),
    reads=("drafts",),
)
