"""What a post of photos must say, beyond the schema of its body.

developers.tiktok.com/doc/content-posting-api-reference-photo-post (2026-09)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

from tiktok_bridge_sandbox import fields
from tiktok_bridge_sandbox.chunk_rules import MEGABYTE
from tiktok_bridge_sandbox.errors import AppVersionError, InvalidParamsError
from tiktok_bridge_sandbox.properties import BAD_SOURCE
from tiktok_bridge_sandbox.pulls import PullPlan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tiktok_bridge_sandbox.switches import Switches

MAX_TITLE: Final = 90
"""UTF-16 units of a title."""

MAX_DESCRIPTION: Final = 4_000
"""UTF-16 units of a description."""

MAX_PHOTO_MB: Final = 20
"""Largest photo, in MB (media transfer guide, 2026-09)."""

DIRECT: Final = {
    "underscore": ("DIRECT_POST",),
    "space": ("DIRECT POST",),
    "either": ("DIRECT_POST", "DIRECT POST"),
}
"""Spellings of the direct mode, by the switch."""

BAD_MODE: Final = "Invalid media_type or post_mode"
"""Text recorded for another medium or mode."""

Mode = Literal["direct", "inbox"]


def read_mode(body: Mapping[str, object], switches: Switches) -> Mode:
    """Return whether the photos are posted or become a draft.

    Raises:
        AppVersionError: The creator's TikTok app takes no drafts of photos.
    """
    if body["post_mode"] in DIRECT[switches.photo_post_mode]:
        return "direct"
    if body["post_mode"] != "MEDIA_UPLOAD":
        raise InvalidParamsError(BAD_MODE)
    if switches.app_version == "old":
        raise AppVersionError
    return "inbox"


def read_post_info(
    body: Mapping[str, Any], mode: Mode, switches: Switches
) -> dict[str, Any] | None:
    """Return what was said about the photos; a draft may say nothing.

    A draft takes the two texts; the rest has no effect there.
    """
    post_info: dict[str, Any] | None = body.get("post_info")
    _check_label(body, post_info or {}, switches)
    if post_info is None:
        return None
    fields.check_length(post_info, "title", MAX_TITLE)
    fields.check_length(post_info, "description", MAX_DESCRIPTION)
    if mode == "direct":
        fields.check_direct(post_info, switches)
    return post_info


def _check_label(
    body: Mapping[str, Any], post_info: Mapping[str, Any], switches: Switches
) -> None:
    wrong = {
        "top-level": "is_aigc" in post_info,
        "post-info": "is_aigc" in body,
        "refused": "is_aigc" in body or "is_aigc" in post_info,
    }
    place = switches.photo_ai_label
    is_strict = place == "refused" or switches.unknown_fields == "refuse"
    if wrong[place] and is_strict:
        raise InvalidParamsError("The field is_aigc is unknown")


def is_ai_generated(body: Mapping[str, Any], switches: Switches) -> bool:
    """Tell whether the photos carry the label where TikTok looks for it."""
    places = {"top-level": body, "post-info": body.get("post_info") or {}}
    place = places.get(switches.photo_ai_label, {})
    return place.get("is_aigc") is True


def read_source(body: Mapping[str, Any]) -> PullPlan:
    """Return the photos; they can only be pulled."""
    urls = body["source_info"]["photo_images"]
    cover = body["source_info"].get("photo_cover_index", 0)
    if cover >= len(urls):
        raise InvalidParamsError(BAD_SOURCE)
    return PullPlan(tuple(urls), cover)


def largest_photo(switches: Switches) -> int:
    """Return the bytes of the largest photo."""
    return MAX_PHOTO_MB * MEGABYTE[switches.megabyte]


def is_photo(head: bytes) -> bool:
    """Tell whether a file that begins like this is JPEG or WebP."""
    is_webp = head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    return head.startswith(b"\xff\xd8\xff") or is_webp
