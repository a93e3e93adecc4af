"""Every question the public documentation leaves open, as a switch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args, get_origin, get_type_hints

from tiktok_bridge_sandbox.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class Switches:
    """How this TikTok behaves where sources disagree or a test needs a choice."""

    audited: bool = True
    """Whether the app passed the content posting audit."""

    unaudited: Literal["refuse", "narrow"] = "refuse"
    """An unaudited app's post is refused, or silently published as SELF_ONLY."""

    limits: bool = True
    """Whether per-minute limits and daily caps are enforced at all."""

    expires_in: int = 86_400
    """Life of an access token in seconds; documentation of 2026-11 says 7200."""

    refresh_expires_in: int = 31_536_000
    """Life of a refresh token in seconds; documentation of 2026-11 says 15552000."""

    megabyte: Literal["decimal", "binary"] = "decimal"
    """What the MB of the size rules means: 1,000,000 or 1,048,576 bytes."""

    invalid_code: Literal["invalid_params", "invalid_param"] = "invalid_params"
    """Spelling of the code for a bad argument; recordings have the plural."""

    log_id_key: Literal["log_id", "logid"] = "log_id"
    """Spelling of the log id's key; field tables say ``logid``."""

    post_id_shape: Literal["list", "int", "string", "strings", "absent"] = "list"
    """Shape of ``publicaly_available_post_id``; officially a list of int64."""

    chunk_status: Literal["official", "all-201-then-200"] = "official"
    """Status of a stored chunk: 206 and 201 at the end, or 201 and 200."""

    uploaded_bytes: Literal["last-index", "count"] = "last-index"
    """What UPLOADED_BYTES in an answer's Content-Range counts."""

    pending_share_status: Literal[403, 400] = 403
    """HTTP status of ``spam_risk_too_many_pending_share``; 400 was recorded."""

    option_mismatch_status: Literal[403, 400] = 403
    """HTTP status of ``privacy_level_option_mismatch``."""

    oauth_error_status: Literal["4xx", "200"] = "4xx"
    """HTTP status of an OAuth error, which no documentation states."""

    brand_toggles_required: bool = False
    """Whether both brand toggles must be sent, as the field table says."""

    status_privacy_level: bool = False
    """Whether a status answer names the privacy level the post really got."""

    processing_seconds: float = 0.5
    """Time between the last byte and the end of processing."""

    moderation_seconds: float = 1.0
    """Time between the end of processing and a public post's id."""

    fail_reason: str = ""
    """If set, every upload ends FAILED with this reason."""

    posts_per_day: int = 15
    """Posts a creator may make in 24 hours through all apps."""

    pending_drafts: int = 5
    """Unfinished drafts a creator may receive in 24 hours."""

    unaudited_users: int = 5
    """Creators who may post through an unaudited app in 24 hours."""

    audited_users: int = 1_000
    """Creators who may post through an audited app in 24 hours."""

    active_users: int = 0
    """Other creators who posted through this app just before the start."""


def change(switches: Switches, changes: Mapping[str, object]) -> Switches:
    """Return *switches* with *changes*, which may come from JSON.

    Raises:
        UsageError: A switch does not exist or does not take the value.
    """
    kinds = get_type_hints(Switches)
    for name, value in changes.items():
        if name not in kinds:
            raise UsageError(f"there is no switch {name!r}")
        if not _admits(kinds[name], value):
            raise UsageError(f"switch {name!r} does not take {value!r}")
    return replace(switches, **changes)  # type: ignore[arg-type]  # checked above


def _admits(kind: object, value: object) -> bool:
    if get_origin(kind) is Literal:
        return not isinstance(value, bool) and value in get_args(kind)
    if isinstance(value, bool) or kind is bool:
        return isinstance(value, bool) and kind is bool
    if kind is float:
        return isinstance(value, int | float)
    return isinstance(value, kind) if isinstance(kind, type) else False
