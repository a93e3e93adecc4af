"""Give the access token of an account, refreshed under the store's lock."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tiktok_bridge import catalogue
from tiktok_bridge.errors import (
    ConfigError,
    LoginError,
    NetworkError,
    RefusedError,
    StoreError,
    TokenError,
)
from tiktok_bridge.secrets import Secret
from tiktok_bridge.tiktok import token as records
from tiktok_bridge.tiktok.token import Token
from tiktok_bridge.tokens.keyring import KeyRing
from tiktok_bridge.tokens.seal import Sealer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge.clock import Clock
    from tiktok_bridge.config.settings import Settings
    from tiktok_bridge.errors import BridgeError
    from tiktok_bridge.hookspecs import TokenStore
    from tiktok_bridge.tiktok.authorize import Authorization, Consent
    from tiktok_bridge.tiktok.oauth import OAuth

SKEW: Final = 300.0
"""Seconds before its end from which a token is refreshed."""

LOCK_TIMEOUT: Final = 30.0
"""Seconds to wait for another process that refreshes the same account."""

SERVER_ERROR: Final = 429
"""Statuses from here on pass: too many requests, and faults of the server."""

PROBE: Final = Token(
    access_token=Secret("x" * 1000),
    refresh_token=None,
    open_id=None,
    scopes=(),
    expires_at=0.0,
    refresh_expires_at=None,
)
"""Stands for a token that is still to come; it has ended and is about as long."""

DEAD: Final = ("invalid_grant", "access_token_invalid")
"""Codes with which TikTok says that a token has ended; which one, no page says."""


class Vault:
    """The tokens of one installation."""

    def __init__(
        self, settings: Settings, store: TokenStore, oauth: OAuth, clock: Clock
    ) -> None:
        self._settings = settings
        self._store = store
        self._oauth = oauth
        self._clock = clock

    @property
    def scopes(self) -> tuple[str, ...]:
        """What the app asks for at a login."""
        return self._settings.app.scopes

    def accounts(self) -> list[str]:
        """Return the names of all accounts, sorted."""
        return self._store.accounts()

    def read(self, account: str) -> Token | None:
        """Return the stored token of *account*, whatever its age, or None."""
        found = self._load(account)
        return found[1] if found else None

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
        return records.is_over(token, self._clock.now())

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
        with self._store.lock(account, timeout=LOCK_TIMEOUT):
            sealer, sequence, old = self._open_for_new(account)
            if old and not switch_user:
                _require_same_user(account, old, token, "the token is another user's")
            self._keep(account, sequence, token, sealer)

    def prepare(self, account: str) -> None:
        """Make sure that a token of *account* could be kept.

        Raises:
            StoreError: It could not; whoever logs in would do so in vain.
        """
        with self._store.lock(account, timeout=LOCK_TIMEOUT):
            sealer, _, _ = self._open_for_new(account)
            self._probe(account, sealer)

    def _probe(self, account: str, sealer: Sealer) -> None:
        """Write what is there once more, or something that does not stay."""
        hint = "make room or mend the store, then begin the login; nothing is lost"
        with _advised(hint):
            found = self._store.load(account)
            probe = found or sealer.seal(account, 0, records.to_json(PROBE))
            self._store.save(account, probe)
            if not found:
                self._store.delete(account)

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
        with self._store.lock(account, timeout=LOCK_TIMEOUT):
            sealer, sequence, old = self._open_for_new(account)
            self._probe(account, sealer)
            now = self._clock.now()
            token = self._oauth.exchange(consent.code, uri, verifier, now)
            if not token.scopes:  # the redirect may say what the answer did not
                token = replace(token, scopes=consent.scopes)
            if old and not switch_user:
                _require_same_user(account, old, token, "another TikTok user logged in")
            with _advised("mend the store and log in again: the code is used up"):
                self._keep(account, sequence, token, sealer)
        return token

    def refresh(self, account: str) -> Token:
        """Renew the token of *account* now, however long it would still live.

        Raises:
            TokenError: There is none, or it cannot be renewed any more.
        """
        self.require(account)
        with self._store.lock(account, timeout=LOCK_TIMEOUT):
            return self._renew(account, *self._held(account))

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
        with self._store.lock(account, timeout=LOCK_TIMEOUT):
            ended_now = self._end(account, *self._held(account))
            self._store.delete(account)
        return ended_now

    def _end(self, account: str, sequence: int, token: Token) -> bool:
        if self._clock.now() < token.expires_at and self._is_ended_now(token):
            return True
        if token.refresh_token is None:
            return False
        try:
            renewed = self._renew(account, sequence, token)
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
        with self._store.lock(account, timeout=LOCK_TIMEOUT):
            sequence, token = self._held(account)
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
        and a token that is lost on the way is not blamed on the creator. If TikTok
        says no, or was not reached, nothing was lost and the note is taken back.
        """
        if token.refresh_token is None:
            raise TokenError(
                f"the token of account {account!r} has ended and cannot be renewed",
                hint=_log_in_again(account),
            )
        now = self._clock.now()
        began = replace(token, renewal_began_at=token.renewal_began_at or now)
        self._keep(account, sequence + 1, began)
        try:
            renewed = self._oauth.refresh(token, now)
        except RefusedError as error:
            if not error.retryable:  # else nobody knows what became of it
                self._keep(account, sequence + 2, _after(error, token, now))
            raise _explained(account, token, error) from error
        except (NetworkError, ConfigError) as error:
            if not (isinstance(error, NetworkError) and error.may_have_arrived):
                self._keep(account, sequence + 2, token)
            raise
        self._keep(account, sequence + 2, renewed)
        return renewed

    def _open_for_new(self, account: str) -> tuple[Sealer, int, Token | None]:
        """Return what seals the next record, its number, and the token before it.

        The first record of all makes the key ring. A record that cannot be read is as
        good as none: a new token replaces a lost one.
        """
        found = self._store.load(account)
        create = found is None and not self._store.accounts()
        sealer = self._sealer(create=create)
        if found:
            with suppress(StoreError):
                sequence, record = sealer.open(account, found)
                old = self._oauth.known(records.from_json(record))
                return sealer, sequence + 1, old
        return sealer, 0, None

    def _keep(
        self, account: str, sequence: int, token: Token, sealer: Sealer | None = None
    ) -> None:
        sealer = sealer or self._sealer()
        record = records.to_json(self._oauth.known(token))
        self._store.save(account, sealer.seal(account, sequence, record))

    def _held(self, account: str) -> tuple[int, Token]:
        """Return what is stored now that the lock is held."""
        found = self._load(account)
        if found is None:
            raise _unknown(account)
        return found

    def _load(self, account: str) -> tuple[int, Token] | None:
        sealed = self._store.load(account)
        if sealed is None:
            return None
        sequence, record = self._sealer().open(account, sealed)
        return sequence, self._oauth.known(records.from_json(record))

    def _sealer(self, *, create: bool = False) -> Sealer:
        ring = KeyRing.open(self._settings.keys, create=create)
        self._oauth.redaction.add(*ring.secrets, keep=True)
        return Sealer(ring, self._settings.app.client_key)


@contextmanager
def _advised(hint: str) -> Iterator[None]:
    """Say what to do when the store fails within."""
    try:
        yield
    except StoreError as error:
        error.hint = error.hint or hint
        raise


def _after(refusal: RefusedError, token: Token, now: float) -> Token:
    """Return what is left of *token*; a refused one is not offered again."""
    if refusal.code != "invalid_grant":
        return token
    ended_at = min(token.expires_at, now)
    return replace(
        token, refresh_token=None, expires_at=ended_at, renewal_began_at=None
    )


def _log_in_again(account: str) -> str:
    return f"let the creator log in again: tiktok-bridge auth login {account}"


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
        " A renewal was begun before and its end was never told, so TikTok has probably"
        " used the token up then; that is nobody's decision."
        if token.renewal_began_at
        else ""
    )
    return TokenError(
        f"the token of account {account!r} has ended, and TikTok does not renew it:"
        f" {error.message}{lost}",
        hint=_log_in_again(account),
        refusal=error,
    )
