"""Bring planned posts together with what TikTok says of their creators; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge_diagnostics.answers import code, newest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Fact, Facts


def offers(facts: Facts) -> Iterator[tuple[Fact, Fact]]:
    """Yield each planned post with the newest good creator_info of its account."""
    told = newest(facts, "creator_info")
    for plan in facts.of("planned"):
        one = told.get(plan.data["account"])
        if one and code(one) == "ok":
            yield plan, one
