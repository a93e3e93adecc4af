"""Give the access token of an account, and let logins and people change it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tiktok_bridge.errors import LoginError, RefusedError, StoreError, TokenError
from tiktok_bridge.tiktok import token as tokens
from tiktok_bridge.tokens import rotation
from tiktok_bridge.tokens.keys import Keys
from tiktok_bridge.tokens.records import Records
from tiktok_bridge.tokens.renewal import Renewal, advised
from tiktok_bridge.tokens.seal import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tiktok_bridge.clock import Clock
    from tiktok_bridge.config.settings import Settings
    from tiktok_bridge.guard import GuardedStore
    from tiktok_bridge.secrets import Secret
    from tiktok_bridge.tiktok.authorize import Authorization, Consent
    from tiktok_bridge.tiktok.oauth import OAuth
    from tiktok_bridge.tiktok.token import Token
    from tiktok_bridge.tokens.keyring import KeyRing
    from tiktok_bridge.tokens.rotation import KeyUse, Resealed

SKEW: Final = 300.0
"""Seconds before its end from which a token is refreshed."""

DEAD: Final = ("invalid_grant", "access_token_invalid")
"""Codes with which TikTok says that a token has ended; which one, no page says."""


class Vault:
    """The tokens of one installation; may be shared by threads.

    Attributes:
        keys: The key ring that seals them.
    """

    def __init__(
        self, settings: Settings, store: GuardedStore, oauth: OAuth, clock: Clock
    ) -> None:
        self.keys = Keys(settings.keys, oauth.redaction)
        self._settings = settings
        self._oauth = oauth
        self._clock = clock
        client_key = settings.app.client_key
        self._records = Records(store, self.keys, client_key, clock, oauth.known)
        self._renewal = Renewal(self._records, oauth, clock)

    @property
    def scopes(self) -> tuple[str, ...]:
        """What the app asks for at a login."""
        return self._settings.app.scopes

    def accounts(self) -> list[str]:
        """Return the names of all accounts, sorted."""
        return self._records.accounts()

    def read(self, account: str) -> Token | None:
        """Return the stored token of *account*, whatever its age, or None.

        Raises:
            StoreError: The record is damaged and has no copy, or cannot be opened.
        """
        try:
            found = self._records.find(account)
        except UnreadableError:
            with self._records.lock(account):
                found = self._records.held(account)
        return found[1] if found else None

    def peek(self, account: str) -> tuple[int, Token] | None:
        """Return the number of the stored record and its token; mends nothing.

        Raises:
            StoreError: The record is damaged, or cannot be opened.
        """
        return self._records.find(account)

    def key_id(self, account: str) -> str | None:
        """Return the id of the key that the record of *account* is sealed with."""
        return self._records.key_id(account)

    def require(self, account: str) -> Token:
        """Return the stored token of *account*, whatever its age.

        Raises:
            TokenError: There is none.
        """
        token = self.read(account)
        if token is None:
            raise _unknown(account)
        return token

    def is_over(self, token: Token) -> bool:
        """Tell whether nothing can be done with *token* any more."""
        return tokens.is_over(token, self._clock.now())

    def namesakes(self, account: str) -> list[str]:
        """Return the other accounts that are the same TikTok user as *account*.

        A revocation of one ends them all, and a renewal may.
        """
        users = {name: self.user(name) for name in self.accounts()}
        mine = users.pop(account, None)
        return [name for name, user in users.items() if mine and user == mine]

    def user(self, account: str) -> str | None:
        """Return the `open_id` of *account*, None if that cannot be told."""
        with suppress(StoreError):
            token = self.read(account)
            return token.open_id if token else None
        return None

    def save(self, account: str, token: Token, *, switch_user: bool = False) -> None:
        """Seal and keep *token*; the first one makes the key ring.

        Raises:
            LoginError: It is another user's, without *switch_user*.
        """
        with self._records.lock(account):
            sequence, old = self._records.make_way(account)
            if old and not switch_user:
                _require_same_user(account, old, token, "the token is another user's")
            self._replace(account, sequence, old, token)

    def prepare(self, account: str) -> None:
        """Make sure that a token of *account* could be kept.

        Raises:
            StoreError: It could not; whoever logs in would do so in vain.
        """
        with self._records.lock(account):
            self._make_sure(account)

    def _make_sure(self, account: str) -> tuple[int, Token | None]:
        hint = "make room or mend the store, then begin the login; nothing is lost"
        found = self._records.make_way(account)
        with advised(hint):
            self._records.try_out(account)
        return found

    def _replace(
        self, account: str, sequence: int, old: Token | None, new: Token
    ) -> None:
        """Keep *new*; of another user's token nothing may stay to be read back."""
        if old and (old.open_id is None or old.open_id != new.open_id):
            self._records.forget(account)
        self._records.keep(account, sequence, new)

    def log_in(
        self,
        account: str,
        authorization: Authorization,
        consent: Consent,
        *,
        switch_user: bool = False,
    ) -> Token:
        """Exchange the code of *consent*, and keep the token that it gives.

        The key ring and the old record are opened first, and something is written, so
        that no code is used up for a token that could not be kept.

        Args:
            account: Whose token it will be.
            authorization: The login as it was begun.
            consent: What came back.
            switch_user: Whether the account may pass to another TikTok user.

        Raises:
            LoginError: It is another user's; the old token stays.
            RefusedError: TikTok refused the code.
        """
        uri, verifier = authorization.redirect_uri, authorization.verifier
        with self._records.lock(account):
            sequence, old = self._make_sure(account)
            now = self._clock.now()
            token = self._oauth.exchange(consent.code, uri, verifier, now)
            if not token.scopes:  # the redirect may say what the answer did not
                token = replace(token, scopes=consent.scopes)
            if old and not switch_user:
                _require_same_user(account, old, token, "another TikTok user logged in")
            with advised("mend the store and log in again: the code is used up"):
                self._replace(account, sequence, old, token)
        return token

    def refresh(self, account: str) -> Token:
        """Renew the token of *account* now, however long it would still live.

        Raises:
            TokenError: There is none, or it cannot be renewed any more.
        """
        self.require(account)
        with self._records.lock(account):
            return self._renewal.renew(account, *self._held(account))

    def revoke(self, account: str) -> bool:
        """End the app's access at TikTok, then forget the token of *account*.

        A token that has ended is renewed first where it can be: the access token
        proves who asks, and its end is not that of the access.

        Returns:
            Whether TikTok ended it now; False if it was dead before.

        Raises:
            TokenError: There is none.
            BridgeError: TikTok did not say yes; the record is still there.
        """
        self.require(account)
        with self._records.lock(account):
            ended_now = self._end(account, *self._held(account))
            self._records.forget(account)
        return ended_now

    def _end(self, account: str, sequence: int, token: Token) -> bool:
        if self._clock.now() < token.expires_at and self._is_ended_now(token):
            return True
        if token.refresh_token is None:
            return False
        try:
            renewed = self._renewal.renew(account, sequence, token)
        except TokenError as error:
            if error.code not in DEAD:
                raise
            return False
        return self._is_ended_now(renewed)

    def _is_ended_now(self, token: Token) -> bool:
        """Let TikTok end the access; return False if the token was dead before."""
        try:
            self._oauth.revoke(token.access_token)
        except RefusedError as error:
            if error.code not in DEAD:
                raise
            return False
        return True

    def access(self, account: str, *, refused: Secret | None = None) -> Secret:
        """Return a token that TikTok should take.

        Args:
            account: Whose token.
            refused: A token that TikTok has just called invalid: it is refreshed,
                unless another process has done so meanwhile.

        Raises:
            TokenError: There is none, or it cannot be refreshed any more.
        """
        token = self.require(account)
        if self._is_usable(token, refused):
            return token.access_token
        with self._records.lock(account):
            sequence, token = self._held(account)
            if self._is_usable(token, refused):
                return token.access_token
            return self._renewal.renew(account, sequence, token).access_token

    def _is_usable(self, token: Token, refused: Secret | None) -> bool:
        skew = SKEW if token.refresh_token else 0.0
        ends = self._clock.now() >= token.expires_at - skew
        return not ends and token.access_token != refused

    def _held(self, account: str) -> tuple[int, Token]:
        """Return what is stored now that the lock is held."""
        found = self._records.held(account)
        if found is None:
            raise _unknown(account)
        return found

    def key_use(self) -> list[KeyUse]:
        """Return each key of the ring, from the oldest, with what still needs it."""
        return rotation.key_use(self.keys, self._records)

    def rewrap(self) -> Iterator[Resealed]:
        """Seal every record with the newest key, and yield how it went with each.

        One that fails is told and the rest goes on. It may be ended at any time, and
        run again or beside others.

        Raises:
            StoreError: The key ring or the list of accounts cannot be read.
        """
        return rotation.rewrap(self.keys, self._records)

    def retire_key(self, key_id: str, to: Path | None = None) -> KeyRing:
        """Take the key *key_id* out of the ring, or write such a ring to *to*.

        Raises:
            ConfigError: A record needs it, it is the newest, or it is not there.
            BusyError: The key ring was in use all the time.
            StoreError: The ring or a record cannot be read, or the ring not written.
        """
        return rotation.retire(self.keys, self._records, key_id, to)


def _unknown(account: str) -> TokenError:
    return TokenError(
        f"there is no token for the account {account!r}",
        hint=f"tiktok-bridge auth login {account}",
    )


def _require_same_user(account: str, old: Token, new: Token, what: str) -> None:
    """Refuse the token of somebody else; *what* tells how it came.

    It is not kept, and not revoked either: that would end the app's access to this
    user, whom another account here may be.
    """
    if old.open_id and new.open_id and old.open_id != new.open_id:
        raise LoginError(
            f"{what}: {account!r} is {old.open_id} here, and"
            f" this is {new.open_id}; the old token stays, the new one was not kept",
            hint="take the right user (log in in a private window), choose another name"
            f" for the account, or let {account!r} pass to this user: --replace",
        )
