"""The tokens creators handed to the app."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tiktok_bridge_sandbox.errors import AccessTokenInvalidError, InvalidGrantError

if TYPE_CHECKING:
    from tiktok_bridge_sandbox.creators import Creator
    from tiktok_bridge_sandbox.switches import Switches


@dataclass
class Grant:
    """One pair of tokens."""

    creator: Creator
    access_token: str
    access_until: float
    refresh_token: str
    refresh_until: float


class TokenBook:
    """Every token that still opens something."""

    def __init__(self, switches: Switches) -> None:
        self._switches = switches
        self._by_access: dict[str, Grant] = {}
        self._by_refresh: dict[str, Grant] = {}
        self._latest: dict[str, Grant] = {}

    def issue(self, creator: Creator, now: float) -> Grant:
        """Give out a new pair."""
        grant = Grant(
            creator=creator,
            access_token="act." + secrets.token_urlsafe(48),
            access_until=now + self._switches.expires_in,
            refresh_token="rft." + secrets.token_urlsafe(48),
            refresh_until=now + self._switches.refresh_expires_in,
        )
        self._by_access[grant.access_token] = grant
        self._by_refresh[grant.refresh_token] = grant
        self._latest[creator.name] = grant
        return grant

    def rotate(self, refresh_token: str, now: float) -> Grant:
        """Trade a refresh token for a new pair; the old one is dead at once.

        Raises:
            InvalidGrantError: It is unknown, used before or expired.
        """
        grant = self._by_refresh.pop(refresh_token, None)
        if grant is None or now >= grant.refresh_until:
            raise InvalidGrantError("Refresh token is invalid or expired.")
        return self.issue(grant.creator, now)

    def authenticate(self, access_token: str, now: float) -> Grant:
        """Return the grant behind *access_token*.

        Raises:
            AccessTokenInvalidError: It is unknown, expired or revoked.
        """
        grant = self._by_access.get(access_token)
        if grant is None or now >= grant.access_until:
            raise AccessTokenInvalidError
        return grant

    def owner(self, access_token: str) -> Creator | None:
        """Return who handed out *access_token*, expired or not."""
        grant = self._by_access.get(access_token)
        return None if grant is None else grant.creator

    def revoke(self, creator: Creator) -> None:
        """Kill every token of *creator*."""
        for book in (self._by_access, self._by_refresh):
            for token in [t for t, grant in book.items() if grant.creator is creator]:
                del book[token]

    def response(self, name: str) -> dict[str, object]:
        """Return the newest pair of an account as TikTok sent it."""
        return self.as_response(self._latest[name])

    def as_response(self, grant: Grant) -> dict[str, object]:
        """Return *grant* in the flat shape of the token endpoint."""
        return {
            "access_token": grant.access_token,
            "expires_in": self._switches.expires_in,
            "open_id": grant.creator.open_id,
            "refresh_expires_in": self._switches.refresh_expires_in,
            "refresh_token": grant.refresh_token,
            "scope": ",".join(grant.creator.account.scopes),
            "token_type": "Bearer",
        }
