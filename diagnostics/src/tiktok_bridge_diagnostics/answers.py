"""Read out of facts what TikTok answered for an account; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tiktok_bridge import Fact, Facts

DEAD: Final = "access_token_invalid"
"""The code with which TikTok calls an access token expired, revoked or wrong."""

NO_SCOPE: Final = ("scope_not_authorized", "scope_permission_missed")
"""Codes that say that a scope is missing; the token itself was taken."""

CAPPED: Final = "reached_active_user_cap"
"""The code of a limit of the app, on the creators who post in a day."""

SPAM: Final = "spam_risk"
"""How the codes begin with which TikTok lets a creator not post now."""

NO_SUCH_POST: Final = (
    "invalid_publish_id",
    "token_not_authorized_for_specified_publish_id",
)
"""Codes of a status that was asked for, with the right scope, of no post of ours."""

SERVER_ERROR: Final = 500
"""The first status with which a server says that the fault is its own."""

ASKED: Final = ("user_info", "creator_info", "status", "video_list", "video_query")
"""Endpoints that take a creator's token and change nothing."""

PROBE: Final = "video_list"
"""What `network` asks for without a token."""


def newest(facts: Facts, endpoint: str) -> dict[str, Fact]:
    """Return the newest exchange with *endpoint* of each account."""
    return {one.about: one for one in facts.of("http", endpoint=endpoint)}


def code(fact: Fact | None) -> str | None:
    """Return what TikTok said, None if it was not asked or said nothing of it.

    A fault that passes (too many requests, or the server's own) says nothing either.
    """
    if fact is None or fact.data.get("broke") or not fact.data.get("is_json"):
        return None
    told = fact.data.get("code")
    if not isinstance(told, str) or not told:
        return None
    return None if is_passing(fact) else told


def is_passing(fact: Fact) -> bool:
    """Tell whether *fact* is an answer that may be another one in a minute."""
    status = fact.data.get("status") or 0
    told = fact.data.get("code")
    return status >= SERVER_ERROR or told in ("rate_limit_exceeded", "internal_error")


def trouble(fact: Fact) -> str:
    """Say in words why *fact* tells nothing."""
    if broke := fact.data.get("broke"):
        return f"no whole answer came ({broke})"
    if fact.data.get("code") == "rate_limit_exceeded":
        return "TikTok's limit of a minute is reached"
    return f"the answer was HTTP {fact.data.get('status')}"


def probes(facts: Facts) -> list[Fact]:
    """Return the exchanges that were made without a token, oldest first."""
    return facts.of("http", "", endpoint=PROBE)


def is_tiktok(fact: Fact) -> bool:
    """Tell whether *fact* is an answer of TikTok's API, whatever it says."""
    told = fact.data.get("code")
    is_whole = fact.data.get("is_json") and not fact.data.get("broke")
    return bool(is_whole and isinstance(told, str) and told)


def wanted_scopes(facts: Facts) -> tuple[str, ...]:
    """Return the scopes that the configuration asks for."""
    config = facts.last("config", is_valid=True)
    return tuple(config.data.get("scopes") or ()) if config else ()


def proven_scopes(facts: Facts, account: str) -> dict[str, bool]:
    """Return which scopes of *account* TikTok's answers show as granted or not.

    What `status` takes is granted by one of two scopes, so it never shows which.
    """
    shown: dict[str, bool] = {}
    said = code(newest(facts, "creator_info").get(account))
    if said in NO_SCOPE:
        shown["video.publish"] = False
    elif said in ("ok", CAPPED) or (said or "").startswith(SPAM):
        shown["video.publish"] = True
    if code(newest(facts, "status").get(account)) in NO_SCOPE:
        shown |= {"video.publish": False, "video.upload": False}
    said = code(newest(facts, "user_info").get(account))
    if said == "ok" or said in NO_SCOPE:
        shown["user.info.basic"] = said == "ok"
    return shown
