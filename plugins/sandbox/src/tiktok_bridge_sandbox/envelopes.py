"""How an answer is wrapped and a refusal is spelt, by the switches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge_sandbox.errors import CreatorBlockedError, TooManyPendingSharesError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tiktok_bridge_sandbox.errors import ApiError
    from tiktok_bridge_sandbox.switches import Switches

DATA_FIRST: Final = ("user_info", "video_list", "video_query")
"""Endpoints whose refusals have ``data`` before ``error``.

Recorded of user_info; the other two are of the same API.
"""

SPOKEN: Final = (
    "rate_limit_exceeded",
    "url_ownership_unverified",
    "reached_active_user_cap",
    "spam_risk_too_many_posts",
    "privacy_level_option_mismatch",
)
"""Codes whose message no recording shows."""


def code_of(error: ApiError, switches: Switches) -> str:
    """Return the code as this TikTok spells it."""
    spellings: dict[str, str] = {
        "invalid_params": switches.invalid_code,
        "unaudited_client_can_only_post_to_private_accounts": switches.unaudited_code,
    }
    return spellings.get(error.code, error.code)


def status_of(error: ApiError, switches: Switches) -> int:
    """Return the HTTP status of a refusal."""
    is_risk = isinstance(error, CreatorBlockedError | TooManyPendingSharesError)
    if is_risk and switches.init_refusal_status == "200":
        return 200
    statuses: dict[str, int] = {
        "spam_risk_too_many_pending_share": switches.pending_share_status,
        "privacy_level_option_mismatch": switches.option_mismatch_status,
        "access_token_invalid": switches.token_refusal_status,
        "scope_not_authorized": switches.scope_refusal_status,
        "unaudited_client_can_only_post_to_private_accounts": switches.unaudited_status,
    }
    return statuses.get(error.code, error.status)


def message_of(error: ApiError, switches: Switches) -> str:
    """Return the text of a refusal."""
    if error.code not in SPOKEN or switches.refusal_texts == "words":
        return str(error)
    return error.code if switches.refusal_texts == "code" else ""


def wrap_success(
    data: Mapping[str, object] | None, error: Mapping[str, str], switches: Switches
) -> dict[str, object]:
    """Return a success with its error object, which says ok."""
    if data is None:
        return {"error": error}
    if switches.envelope == "error-first":
        return {"error": error, "data": data}
    return {"data": data, "error": error}


def wrap_refusal(
    error: Mapping[str, str], switches: Switches, endpoint: str, *, has_data: bool
) -> dict[str, object]:
    """Return a refusal; *has_data* if its recording had an empty ``data``."""
    order = switches.envelope
    if order == "recorded" and has_data:
        order = "data-first" if endpoint in DATA_FIRST else "error-first"
    match order:
        case "data-first":
            return {"data": {}, "error": error}
        case "error-first":
            return {"error": error, "data": {}}
        case "bare-refusal":
            return {**error}
        case _:
            return {"error": error}


def trace(log_id: str, switches: Switches) -> dict[str, str]:
    """Return the log id under its key, or nothing; the header always has it."""
    if switches.log_id_key == "absent":
        return {}
    return {switches.log_id_key: log_id}
