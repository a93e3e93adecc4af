"""Bring every record to the newest key, and retire keys that nothing needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tiktok_bridge.errors import BridgeError, ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tiktok_bridge.tokens.keyring import KeyRing
    from tiktok_bridge.tokens.keys import Keys
    from tiktok_bridge.tokens.records import Records


@dataclass(frozen=True, slots=True)
class KeyUse:
    """What one key is needed for; holds no secret.

    Attributes:
        key_id: Its id.
        seals: Whether it seals from now on.
        is_held: Whether the ring holds it.
        accounts: The accounts whose records it opens, sorted.
    """

    key_id: str
    seals: bool
    is_held: bool
    accounts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Resealed:
    """How it went with one record.

    Attributes:
        account: Whose record.
        changed: Whether it was sealed anew; not so if that was not needed.
        error: Why it could not be read or kept, or None.
    """

    account: str
    changed: bool
    error: BridgeError | None = None


def key_use(keys: Keys, records: Records) -> list[KeyUse]:
    """Return every key that is held or needed; see `Vault.key_use`."""
    needed: dict[str, list[str]] = {}
    for account in records.accounts():
        if key_id := records.key_id(account):
            needed.setdefault(key_id, []).append(account)
    ring = keys.reread()
    missing = sorted(needed.keys() - set(ring.ids))
    return [
        KeyUse(
            key_id,
            seals=key_id == ring.newest[0],
            is_held=key_id in ring.ids,
            accounts=tuple(needed.get(key_id, ())),
        )
        for key_id in (*missing, *ring.ids)
    ]


def rewrap(keys: Keys, records: Records) -> Iterator[Resealed]:
    """Seal every record with the newest key; see `Vault.rewrap`."""
    keys.reread()  # what is wrong with the ring is wrong with every record
    for account in records.accounts():
        try:
            with records.lock(account):
                changed = records.reseal(account)
        except BridgeError as error:
            yield Resealed(account, changed=False, error=error)
        else:
            yield Resealed(account, changed)


def retire(keys: Keys, records: Records, key_id: str, to: Path | None) -> KeyRing:
    """Take *key_id* out of the ring unless a record needs it; see `Vault.retire_key`.

    No record can come to need it meanwhile: it is not the newest, and the ring was not
    changed while anybody was still sealing with it.
    """
    keys.reread().without(key_id)  # refuses what is no old key
    needed = [name for name in records.accounts() if records.key_id(name) == key_id]
    if needed:
        raise ConfigError(
            f"the key {key_id} is still needed by {', '.join(needed)}",
            hint="run tiktok-bridge keys rewrap; an account that cannot be sealed anew"
            " has to log in again",
        )
    return keys.drop(key_id, to)
