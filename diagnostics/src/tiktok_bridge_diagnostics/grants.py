"""Read out of facts what TikTok said to the pair of client key and secret; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tiktok_bridge import Fact, Facts

SUCCESS: Final = range(200, 300)
"""Statuses of HTTP with which a grant comes."""


def asked_for_app(facts: Facts) -> Fact | None:
    """Return the newest exchange that asked for a token of the app itself."""
    told = _of(facts, "client_credentials")
    return told[-1] if told else None


def granted(facts: Facts) -> Fact | None:
    """Return that exchange if TikTok gave the token, otherwise None."""
    asked = asked_for_app(facts)
    return asked if asked and is_granted(asked) else None


def refused_pair(facts: Facts) -> Fact | None:
    """Return the newest exchange with the token endpoint if it refused the pair."""
    told = facts.of("http", endpoint="token")
    return told[-1] if told and told[-1].data["code"] == "invalid_client" else None


def renewal(facts: Facts, account: str) -> Fact | None:
    """Return the newest exchange that renewed, or should renew, the token."""
    told = [one for one in _of(facts, "refresh_token") if one.about == account]
    return told[-1] if told else None


def is_granted(fact: Fact) -> bool:
    """Tell whether an exchange with the token endpoint gave a token."""
    data = fact.data
    is_whole = data["is_json"] and not data["broke"] and data["status"] in SUCCESS
    has_token = "access_token" in data["answered"] or "token_type" in data["answered"]
    return bool(is_whole and has_token and data["code"] in (None, "ok"))


def _of(facts: Facts, grant: str) -> list[Fact]:
    return [
        one
        for one in facts.of("http", endpoint="token")
        if one.data["asked"].get("grant_type") == grant
    ]
