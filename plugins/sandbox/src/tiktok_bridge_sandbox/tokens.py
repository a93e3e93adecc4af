"""The tokens creators handed to the app."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tiktok_bridge_sandbox.errors import AccessTokenInvalidError, InvalidGrantError

if TYPE_CHECKING:
    from tiktok_bridge_sandbox.creators import Creator
    from tiktok_bridge_sandbox.switches import Switches


@dataclass
class Grant:
    """One pair of tokens, and what it opens."""

    creator: Creator
    client_key: str
    scopes: tuple[str, ...]
    access_token: str
    access_until: float
    refresh_token: str
    refresh_until: float
    issued_at: float


class TokenBook:
    """Every token that still opens something."""

    def __init__(self, switches: Switches) -> None:
        self._switches = switches
        self._by_access: dict[str, Grant] = {}
        self._by_refresh: dict[str, Grant] = {}
        self._latest: dict[str, Grant] = {}

    def issue(
        self, creator: Creator, client_key: str, scopes: tuple[str, ...], now: float
    ) -> Grant:
        """Give out a new pair; older ones stay what they are."""
        return self._keep(
            Grant(
                creator=creator,
                client_key=client_key,
                scopes=scopes,
                access_token=_access_token(),
                access_until=now + self._switches.expires_in,
                refresh_token="rft." + secrets.token_urlsafe(48),
                refresh_until=now + self._switches.refresh_expires_in,
                issued_at=now,
            )
        )

    def _keep(self, grant: Grant) -> Grant:
        self._by_access[grant.access_token] = grant
        self._by_refresh[grant.refresh_token] = grant
        self._latest[grant.creator.name] = grant
        return grant

    def refresh(self, refresh_token: str, client_key: str, now: float) -> Grant:
        """Trade a refresh token for a new pair; the old one is dead at once.

        With the switch ``rotation`` at ``same`` it stays, and so does its end.

        Raises:
            InvalidGrantError: It is unknown, used before, expired or another app's.
        """
        grant = self._by_refresh.get(refresh_token)
        is_mine = grant is not None and grant.client_key == client_key
        if grant is None or not is_mine or now >= grant.refresh_until:
            raise InvalidGrantError("Refresh token is invalid or expired.")
        if self._switches.rotation == "same":
            until = now + self._switches.expires_in
            token = _access_token()
            return self._keep(
                replace(grant, access_token=token, access_until=until, issued_at=now)
            )
        del self._by_refresh[refresh_token]
        return self.issue(grant.creator, client_key, grant.scopes, now)

    def authenticate(self, access_token: str, now: float) -> Grant:
        """Return the grant behind *access_token*.

        Raises:
            AccessTokenInvalidError: It is unknown, expired or revoked.
        """
        grant = self._by_access.get(access_token)
        if grant is None or now >= grant.access_until:
            raise AccessTokenInvalidError
        return grant

    def owner(self, access_token: str, client_key: str) -> Creator | None:
        """Return who gave *access_token* to this app, expired or not."""
        grant = self._by_access.get(access_token)
        is_known = grant is not None and grant.client_key == client_key
        return grant.creator if grant is not None and is_known else None

    def revoke(self, creator: Creator, client_key: str) -> None:
        """Kill every token that *creator* gave to this app."""
        for book in (self._by_access, self._by_refresh):
            for token, grant in list(book.items()):
                if grant.creator is creator and grant.client_key == client_key:
                    del book[token]

    def consented(self, creator: Creator, client_key: str) -> set[str]:
        """Return the scopes *creator* granted to this app and never took back."""
        return {
            scope
            for grant in self._by_refresh.values()
            if grant.creator is creator and grant.client_key == client_key
            for scope in grant.scopes
        }

    def scopes(self, name: str) -> tuple[str, ...]:
        """Return what the newest pair of an account opens."""
        return self._latest[name].scopes if name in self._latest else ()

    def responses(self) -> dict[str, dict[str, object]]:
        """Return the newest pair of every account that ever gave one."""
        return {name: self.response(name) for name in self._latest}

    def response(self, name: str) -> dict[str, object]:
        """Return the newest pair of an account as TikTok sent it."""
        return self.as_response(self._latest[name])

    def as_response(self, grant: Grant) -> dict[str, object]:
        """Return *grant* in the flat shape of the token endpoint."""
        return {
            "access_token": grant.access_token,
            "expires_in": self._switches.expires_in,
            "open_id": grant.creator.open_id,
            "refresh_expires_in": round(grant.refresh_until - grant.issued_at),
            "refresh_token": grant.refresh_token,
            "scope": ",".join(grant.scopes),
            "token_type": "Bearer",
        }


def _access_token() -> str:
    return "act." + secrets.token_urlsafe(48)
