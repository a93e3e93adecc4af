"""Strict reading of a JSON body: every field known and of its type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge_sandbox.chunk_rules import Plan
from tiktok_bridge_sandbox.errors import (
    InvalidParamsError,
    PrivacyMismatchError,
    UrlOwnershipError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

INT32: Final = 2**31
INT64: Final = 2**63

POST_INFO: Final = {
    "privacy_level": "string",
    "title": "string",
    "disable_duet": "bool",
    "disable_stitch": "bool",
    "disable_comment": "bool",
    "video_cover_timestamp_ms": "int32",
    "brand_content_toggle": "bool",
    "brand_organic_toggle": "bool",
    "is_aigc": "bool",
}
"""Fields of post_info for a video (direct post reference, 2026-09)."""

BRAND_TOGGLES: Final = ("brand_content_toggle", "brand_organic_toggle")

FILE_SOURCE: Final = {
    "source": "string",
    "video_size": "int64",
    "chunk_size": "int64",
    "total_chunk_count": "int64",
}
"""Fields of source_info when the bytes are uploaded; all required."""

PULL_SOURCE: Final = {"source": "string", "video_url": "string"}
"""Fields of source_info when TikTok fetches the video; both required."""

MAX_TITLE: Final = 2_200
"""UTF-16 units of a caption (direct post reference, 2026-09)."""

BAD_SOURCE: Final = "The request source info is empty or incorrect"
"""Text recorded for an unusable source_info."""


def check_fields(given: Mapping[str, object], kinds: Mapping[str, str]) -> None:
    """Refuse an unknown field or a value of another type."""
    for name, value in given.items():
        if name not in kinds:
            raise InvalidParamsError(f"The field {name} is unknown")
        if not _is_a(kinds[name], value):
            raise InvalidParamsError(f"The field {name} is no {kinds[name]}")


def _is_a(kind: str, value: object) -> bool:
    if kind == "bool":
        return isinstance(value, bool)
    if kind == "string":
        return isinstance(value, str)
    if kind == "object":
        return isinstance(value, dict)
    limit = INT32 if kind == "int32" else INT64
    is_integer = isinstance(value, int) and not isinstance(value, bool)
    return is_integer and -limit <= value < limit  # type: ignore[operator]  # narrowed


def read_post_info(
    body: Mapping[str, object], *, needs_brand_toggles: bool
) -> dict[str, object]:
    """Return the post_info of a direct post."""
    post_info = body.get("post_info")
    if not isinstance(post_info, dict):
        raise InvalidParamsError("The request post info is empty or incorrect")
    check_fields(post_info, POST_INFO)
    if len(post_info.get("title", "").encode("utf-16-le")) > 2 * MAX_TITLE:
        raise InvalidParamsError("The title is too long")
    if needs_brand_toggles and not post_info.keys() >= set(BRAND_TOGGLES):
        raise InvalidParamsError("The brand toggles are missing")
    if "privacy_level" not in post_info:
        raise PrivacyMismatchError
    return post_info


def read_plan(body: Mapping[str, object]) -> Plan:
    """Return the plan in source_info.

    Raises:
        UrlOwnershipError: The video is to be pulled; no domain is verified here.
    """
    source = body.get("source_info")
    if not isinstance(source, dict):
        raise InvalidParamsError(BAD_SOURCE)
    if source.get("source") == "PULL_FROM_URL":
        _check_complete(source, PULL_SOURCE)
        raise UrlOwnershipError
    if source.get("source") != "FILE_UPLOAD":
        raise InvalidParamsError(BAD_SOURCE)
    _check_complete(source, FILE_SOURCE)
    return Plan(source["video_size"], source["chunk_size"], source["total_chunk_count"])


def _check_complete(source: Mapping[str, object], kinds: Mapping[str, str]) -> None:
    check_fields(source, kinds)
    if source.keys() != kinds.keys():
        raise InvalidParamsError(BAD_SOURCE)
