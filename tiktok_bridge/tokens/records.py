"""Read and keep the sealed records of a token store.

A token that is settled is kept twice, so that the record before it, where a store has
one, is of the very same token: that is what a damaged record is read back from. Only
while a renewal is under way does the record before it differ, by the note about it.
"""

from __future__ import annotations

import logging
import threading
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tiktok_bridge.errors import BusyError, StoreError
from tiktok_bridge.secrets import Secret
from tiktok_bridge.tiktok import token as tokens
from tiktok_bridge.tiktok.token import Token
from tiktok_bridge.tokens.keyring import MissingKeyError
from tiktok_bridge.tokens.seal import Sealer, UnreadableError, key_id_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tiktok_bridge.clock import Clock
    from tiktok_bridge.guard import GuardedStore
    from tiktok_bridge.tokens.keyring import KeyRing
    from tiktok_bridge.tokens.keys import Keys

    Held = tuple[int, Token]

LOCK_TIMEOUT: Final = 30.0
"""Seconds to wait for whoever else renews the same account."""

PROBE: Final = Token(
    access_token=Secret("x" * 1000),
    refresh_token=None,
    open_id=None,
    scopes=(),
    expires_at=0.0,
    refresh_expires_at=None,
)
"""Stands for a token that is still to come; it has ended and is about as long."""

log = logging.getLogger(__name__)


class Records:
    """The records of one store, sealed for one app; may be shared by threads.

    Args:
        store: Where they are.
        keys: What seals them.
        client_key: Whose they are.
        clock: What time it is.
        known: Is told each token, so that no redacted log shows it.
    """

    def __init__(
        self,
        store: GuardedStore,
        keys: Keys,
        client_key: str,
        clock: Clock,
        known: Callable[[Token], Token],
    ) -> None:
        self._store = store
        self._keys = keys
        self._client_key = client_key
        self._clock = clock
        self._known = known
        self._flights: dict[str, threading.Lock] = {}
        self._seen: dict[str, tuple[bytes, KeyRing, Held]] = {}

    def accounts(self) -> list[str]:
        """Return the names of all accounts, sorted."""
        return self._store.accounts()

    @contextmanager
    def lock(self, account: str) -> Iterator[None]:
        """Hold *account* alone among all threads and processes.

        Raises:
            BusyError: Somebody else held it all the time.
        """
        flight = self._flights.setdefault(account, threading.Lock())
        if not flight.acquire(timeout=LOCK_TIMEOUT):
            raise BusyError(
                f"the account {account!r} is held by another thread"
                f" (waited {LOCK_TIMEOUT:g} s)",
                hint="try again",
            )
        try:
            with self._store.lock(account, timeout=LOCK_TIMEOUT):
                yield
        finally:
            flight.release()

    def find(self, account: str) -> Held | None:
        """Return the number of the record and its token, None when there is none.

        Raises:
            UnreadableError: It is damaged; `held` may mend it.
            StoreError: The store failed, or the key ring does not hold its key.
        """
        sealed = self._store.load(account)
        if sealed is None:
            return None
        ring = self._keys.ring
        seen = self._seen.get(account)
        if seen and seen[0] == sealed and seen[1] is ring:
            return seen[2]
        try:
            held = self._opened(account, sealed, ring)
        except MissingKeyError:  # sealed anew since, and that key is retired already?
            sealed, ring = self._store.load(account), self._keys.reread()
            if sealed is None:
                return None
            held = self._opened(account, sealed, ring)
        self._seen[account] = sealed, ring, held
        return held

    def held(self, account: str) -> Held | None:
        """Do as `find`, under the lock; a damaged record is mended if it can be."""
        try:
            return self.find(account)
        except UnreadableError as damage:
            return self._mended(account, damage)

    def make_way(self, account: str) -> tuple[int, Token | None]:
        """Return the number of the next record, and the token that it will replace.

        The first record of all makes the key ring. A record that cannot be read is as
        good as none, since a new token replaces it; it is set aside.

        Raises:
            StoreError: The key ring cannot be read, so nothing could be sealed.
        """
        found = self._store.load(account)
        if found is None and not self._store.accounts():
            self._keys.create()
        self._keys.reread()
        try:
            held = self.held(account)
        except StoreError:
            self._store.set_aside(account)
            return 0, None
        return (held[0] + 1, held[1]) if held else (0, None)

    def try_out(self, account: str) -> None:
        """Write what is there once more, or something that does not stay."""
        found = self._store.load(account)
        with self._sealer() as sealer:
            probe = found or sealer.seal(account, 0, tokens.to_json(PROBE))
            self._store.save(account, probe)
        if not found:
            self._store.delete(account)

    def keep(
        self, account: str, sequence: int, token: Token, *, settled: bool = True
    ) -> None:
        """Seal and save *token*, under the lock.

        Args:
            account: Whose token.
            sequence: The number of this record.
            token: What to keep.
            settled: Whether it stays; if not, the record before it is still needed.
        """
        record = tokens.to_json(self._known(token))
        with self._sealer() as sealer:
            sealed = sealer.seal(account, sequence, record)
            self._store.save(account, sealed)
            if settled and self._store.keeps_previous:
                with suppress(StoreError):  # it is kept, though only once
                    self._store.save(account, sealed)

    def forget(self, account: str) -> None:
        """Delete the record of *account*, and what came before it."""
        self._store.delete(account)
        self._seen.pop(account, None)

    def reseal(self, account: str) -> bool:
        """Seal the record with the newest key, under the lock.

        Returns:
            Whether that was needed; not so for one that is gone.
        """
        held = self.held(account)
        if held is None or self.key_id(account) == self._keys.ring.newest[0]:
            return False
        sequence, token = held
        self.keep(account, sequence + 1, token)
        return True

    def key_id(self, account: str) -> str | None:
        """Return the id of the key that the record needs, None if it needs none."""
        sealed = self._store.load(account)
        if sealed is None:
            return None
        return key_id_of(sealed) or key_id_of(self._store.previous(account) or b"")

    @contextmanager
    def _sealer(self) -> Iterator[Sealer]:
        with self._keys.sealing() as ring:
            yield Sealer(ring, self._client_key)

    def _opened(self, account: str, sealed: bytes, ring: KeyRing) -> Held:
        where = self._store.where(account)
        sequence, record = Sealer(ring, self._client_key).open(account, sealed, where)
        try:
            return sequence, self._known(tokens.from_json(record))
        except (ValueError, KeyError, TypeError):
            raise StoreError(
                f"the token record of {account!r} holds what is not known here",
                hint="use the release that wrote it, or a newer one",
            ) from None

    def _mended(self, account: str, damage: UnreadableError) -> Held:
        """Put the record before it in the place of a damaged one.

        It is not used if a renewal of its token had begun: that has used it up, and
        the damaged record held what came of it. Whether one began afterwards is not
        known, so that is noted; then a refusal is not blamed on the creator.
        """
        try:
            before = self._store.previous(account) or b""
            sequence, token = self._opened(account, before, self._keys.ring)
        except StoreError:
            raise damage from None
        if token.renewal_began_at:
            raise UnreadableError(
                f"{damage}; the record before it is of a token that was being renewed,"
                " which has used it up",
                hint=damage.hint,
            )
        place = self._store.set_aside(account)
        token = replace(token, renewal_began_at=self._clock.now())
        self.keep(account, sequence + 2, token)
        log.warning("%s; its copy was read back, the damaged one is %s", damage, place)
        return sequence + 2, token
