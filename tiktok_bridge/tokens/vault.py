"""Give the access token of an account, refreshed under the store's lock."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tiktok_bridge import catalogue
from tiktok_bridge.errors import RefusedError, StoreError, TokenError
from tiktok_bridge.tiktok import token as records
from tiktok_bridge.tokens.keyring import KeyRing
from tiktok_bridge.tokens.seal import Sealer

if TYPE_CHECKING:
    from tiktok_bridge.clock import Clock
    from tiktok_bridge.config.settings import Settings
    from tiktok_bridge.errors import BridgeError
    from tiktok_bridge.hookspecs import TokenStore
    from tiktok_bridge.secrets import Secret
    from tiktok_bridge.tiktok.oauth import OAuth
    from tiktok_bridge.tiktok.token import Token

SKEW: Final = 300.0
"""Seconds before its end from which a token is refreshed."""

LOCK_TIMEOUT: Final = 30.0
"""Seconds to wait for another process that refreshes the same account."""


SERVER_ERROR: Final = 429
"""Statuses from here on pass: too many requests, and faults of the server."""

LOG_IN_AGAIN: Final = "let the creator log in again, and import the new token"


class Vault:
    """The tokens of one installation."""

    def __init__(
        self, settings: Settings, store: TokenStore, oauth: OAuth, clock: Clock
    ) -> None:
        self._settings = settings
        self._store = store
        self._oauth = oauth
        self._clock = clock

    def accounts(self) -> list[str]:
        """Return the names of all accounts, sorted."""
        return self._store.accounts()

    def read(self, account: str) -> Token | None:
        """Return the stored token of *account*, whatever its age, or None."""
        found = self._load(account)
        return found[1] if found else None

    def save(self, account: str, token: Token) -> None:
        """Seal and keep *token*; the first one makes the key ring."""
        with self._store.lock(account, timeout=LOCK_TIMEOUT):
            found = self._store.load(account)
            create = found is None and not self._store.accounts()
            sealer = self._sealer(create=create)
            sequence = 0
            if found:
                with suppress(StoreError):  # a new token replaces a lost one
                    sequence = sealer.open(account, found)[0] + 1
            self._store.save(
                account, sealer.seal(account, sequence, records.to_json(token))
            )

    def access(self, account: str, *, refused: Secret | None = None) -> Secret:
        """Return a token that TikTok should take.

        Args:
            account: Whose token.
            refused: A token that TikTok has just called invalid: it is refreshed,
                unless another process has done so meanwhile.

        Raises:
            TokenError: There is none, or it cannot be refreshed any more.
        """
        token = self._known(account)
        if self._is_usable(token, refused):
            return token.access_token
        with self._store.lock(account, timeout=LOCK_TIMEOUT):
            sequence, token = self._load(account) or (0, token)
            if self._is_usable(token, refused):
                return token.access_token
            return self._renew(account, sequence, token).access_token

    def _is_usable(self, token: Token, refused: Secret | None) -> bool:
        skew = SKEW if token.refresh_token else 0.0
        ends = self._clock.now() >= token.expires_at - skew
        return not ends and token.access_token != refused

    def _renew(self, account: str, sequence: int, token: Token) -> Token:
        """Refresh *token* under the lock, and keep what comes of it.

        That it begins is kept first. So nothing is asked for that could not be kept,
        and a token that is lost on the way is not blamed on the creator.
        """
        if token.refresh_token is None:
            raise TokenError(
                f"the token of account {account!r} has ended and cannot be renewed",
                hint=LOG_IN_AGAIN,
            )
        now = self._clock.now()
        began = replace(token, renewal_began_at=token.renewal_began_at or now)
        self._keep(account, sequence + 1, began)
        try:
            renewed = self._oauth.refresh(token, now)
        except RefusedError as error:
            if error.code == "invalid_grant":  # a refused token is not offered again
                dead = replace(token, refresh_token=None, expires_at=0.0)
                self._keep(account, sequence + 2, dead)
            raise _explained(account, token, error) from error
        self._keep(account, sequence + 2, renewed)
        return renewed

    def _keep(self, account: str, sequence: int, token: Token) -> None:
        sealed = self._sealer().seal(account, sequence, records.to_json(token))
        self._store.save(account, sealed)

    def _known(self, account: str) -> Token:
        token = self.read(account)
        if token is None:
            raise TokenError(
                f"there is no token for the account {account!r}",
                hint=f"tiktok-bridge auth import {account} TOKEN.json",
            )
        return token

    def _load(self, account: str) -> tuple[int, Token] | None:
        sealed = self._store.load(account)
        if sealed is None:
            return None
        sequence, record = self._sealer().open(account, sealed)
        return sequence, records.from_json(record)

    def _sealer(self, *, create: bool = False) -> Sealer:
        ring = KeyRing.open(self._settings.keys, create=create)
        return Sealer(ring, self._settings.app.client_key)


def _explained(account: str, token: Token, error: RefusedError) -> BridgeError:
    """Return *error* itself if it passes, otherwise what it means for the account."""
    entry = catalogue.find(error.kind, error.code)
    if error.http_status >= SERVER_ERROR or (entry and entry.retry == "yes"):
        return error
    if error.code != "invalid_grant":
        return TokenError(
            f"the token of account {account!r} cannot be renewed: {error.message}",
            hint=error.hint,
            refusal=error,
        )
    lost = (
        " A renewal was begun before and its answer never came, so TikTok has probably"
        " used the token up then; that is nobody's decision."
        if token.renewal_began_at
        else ""
    )
    return TokenError(
        f"the token of account {account!r} has ended, and TikTok does not renew it:"
        f" {error.message}{lost}",
        hint=LOG_IN_AGAIN,
        refusal=error,
    )
