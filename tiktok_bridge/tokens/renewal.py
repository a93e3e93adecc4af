"""Renew a token so that it is never lost without a word."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tiktok_bridge import catalogue
from tiktok_bridge.errors import (
    ConfigError,
    NetworkError,
    RefusedError,
    StoreError,
    TokenError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge.clock import Clock
    from tiktok_bridge.errors import BridgeError
    from tiktok_bridge.secrets import Secret
    from tiktok_bridge.tiktok.oauth import OAuth
    from tiktok_bridge.tiktok.token import Token
    from tiktok_bridge.tokens.records import Records

SERVER_ERROR: Final = 429
"""Statuses from here on pass: too many requests, and faults of the server."""


class Renewal:
    """Renews the tokens of *records*.

    A token that the store did not take is kept here: the one before is used up.
    """

    def __init__(self, records: Records, oauth: OAuth, clock: Clock) -> None:
        self._records = records
        self._oauth = oauth
        self._clock = clock
        self._unsaved: dict[str, tuple[Secret, Token]] = {}

    def renew(self, account: str, sequence: int, token: Token) -> Token:
        """Refresh *token* under the lock, and keep what comes of it.

        That it begins is kept first. So nothing is asked for that could not be kept,
        and a token that is lost on the way is not blamed on the creator. If TikTok
        says no, or was not reached, nothing was lost and the note is taken back.

        Raises:
            TokenError: It cannot be renewed any more.
            BridgeError: TikTok was not reached, or the store failed.
        """
        if saved := self._saved_late(account, sequence, token):
            return saved
        if token.refresh_token is None:
            raise TokenError(
                f"the token of account {account!r} has ended and cannot be renewed",
                hint=_log_in_again(account),
            )
        now = self._clock.now()
        began = replace(token, renewal_began_at=token.renewal_began_at or now)
        self._records.keep(account, sequence + 1, began, settled=False)
        try:
            renewed = self._oauth.refresh(token, now)
        except RefusedError as error:
            if newer := self._renewed_by_another(account, token, error):
                return newer
            if not error.retryable:  # else nobody knows what became of it
                self._records.keep(account, sequence + 2, _after(error, token, now))
            raise _explained(account, token, error) from error
        except (NetworkError, ConfigError) as error:
            if not (isinstance(error, NetworkError) and error.may_have_arrived):
                self._records.keep(account, sequence + 2, token)
            raise
        self._unsaved[account] = token.access_token, renewed
        return self._saved_late(account, sequence + 1, token) or renewed

    def _saved_late(self, account: str, sequence: int, token: Token) -> Token | None:
        """Save what came of renewing *token*, if it came to us and is not saved yet."""
        renewed_one, renewed = self._unsaved.get(account, (None, None))
        if renewed is None or renewed_one != token.access_token:
            return None
        with advised(
            "mend the store, and let this process go on, which still has the token; if"
            f" it has ended, {_log_in_again(account)}"
        ):
            self._records.keep(account, sequence + 1, renewed)
        del self._unsaved[account]
        return renewed

    def _renewed_by_another(
        self, account: str, token: Token, error: RefusedError
    ) -> Token | None:
        """Return the token that is stored now, if a lock did not keep others out."""
        if error.code != "invalid_grant":
            return None
        held = self._records.find(account)
        return held[1] if held and held[1].access_token != token.access_token else None


@contextmanager
def advised(hint: str) -> Iterator[None]:
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
