"""The rules of a body that no schema can state; its shape was checked before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tiktok_bridge_sandbox.chunk_rules import Plan
from tiktok_bridge_sandbox.errors import InvalidParamsError, PrivacyMismatchError
from tiktok_bridge_sandbox.pulls import PullPlan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tiktok_bridge_sandbox.switches import Switches

BRAND_TOGGLES: Final = ("brand_content_toggle", "brand_organic_toggle")

MAX_TITLE: Final = 2_200
"""UTF-16 units of a caption (direct post reference, 2026-09)."""


def check_direct(post_info: Mapping[str, object], switches: Switches) -> None:
    """Refuse the post_info of a direct post that lacks something."""
    if switches.brand_toggles_required and not post_info.keys() >= set(BRAND_TOGGLES):
        raise InvalidParamsError("The brand toggles are missing")
    if "privacy_level" not in post_info:
        raise PrivacyMismatchError
    is_branded = post_info.get("brand_content_toggle") is True
    is_private = post_info["privacy_level"] == "SELF_ONLY"
    if is_branded and is_private and switches.branded_self_only == "refuse":
        raise InvalidParamsError("Branded content visibility cannot be set to private.")


def check_length(post_info: Mapping[str, Any], name: str, most: int) -> None:
    """Refuse a text of more than *most* UTF-16 units."""
    if len(post_info.get(name, "").encode("utf-16-le")) > 2 * most:
        raise InvalidParamsError(f"The {name} is too long")


def read_source(body: Mapping[str, Any]) -> Plan | PullPlan:
    """Return how the video comes: uploaded by a plan, or pulled."""
    source = body["source_info"]
    if source["source"] == "PULL_FROM_URL":
        return PullPlan((source["video_url"],))
    return Plan(source["video_size"], source["chunk_size"], source["total_chunk_count"])
