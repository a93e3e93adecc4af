"""Hold the keys that seal tokens: the newest seals, any opens."""

from __future__ import annotations

import base64
import json
import secrets
from typing import TYPE_CHECKING, Final, Self

from tiktok_bridge.errors import ConfigError, StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY_BYTES: Final = 32
"""Size of a key: AES-256."""

ID_BYTES: Final = 4
"""Size of a key's id, which is no secret."""


class MissingKeyError(StoreError):
    """Report a record whose key the ring does not hold; another ring may."""


class KeyRing:
    """Keys by id, from the oldest to the newest; never empty, never changed."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._keys = dict(keys)

    @classmethod
    def new(cls) -> Self:
        """Return a ring with one new key."""
        return cls({}).with_new_key()

    @classmethod
    def from_text(cls, text: str, where: str) -> Self:
        """Read what `to_text` wrote; *where* is what an error calls it.

        Raises:
            StoreError: It is no key ring.
        """
        try:
            entries = json.loads(text)["keys"]
            named = [(str(one["id"]), one["key"]) for one in entries]
            keys = {name: base64.b64decode(key, validate=True) for name, key in named}
        except (ValueError, KeyError, TypeError, RecursionError):
            named, keys = [], {}
        sizes = {len(key) for key in keys.values()}
        if sizes != {KEY_BYTES} or len(keys) < len(named):
            raise StoreError(
                f"{where}: is no key ring",
                hint="restore it from your backup; if there never was a token,"
                " delete it",
            )
        return cls(keys)

    def to_text(self) -> str:
        """Return the ring as JSON, which holds the keys themselves."""
        keys = [
            {"id": name, "key": base64.b64encode(key).decode()}
            for name, key in self._keys.items()
        ]
        return json.dumps({"version": 1, "keys": keys}, indent=2) + "\n"

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the keys, from the oldest to the newest."""
        return tuple(self._keys)

    @property
    def secrets(self) -> list[bytes]:
        """Every key, in no order."""
        return list(self._keys.values())

    @property
    def newest(self) -> tuple[str, bytes]:
        """The id and the key that seal from now on."""
        key_id = self.ids[-1]
        return key_id, self._keys[key_id]

    def key(self, key_id: str) -> bytes:
        """Return the key *key_id*.

        Raises:
            MissingKeyError: The ring does not hold it.
        """
        if key_id not in self._keys:
            raise MissingKeyError(
                f"the key {key_id!r:.60} that sealed the token is not in the key ring",
                hint="restore the key ring (`keys` in bridge.yaml) from your backup",
            )
        return self._keys[key_id]

    def with_new_key(self) -> Self:
        """Return the ring with one more key, which is the newest."""
        key_id = secrets.token_hex(ID_BYTES)
        while key_id in self._keys:
            key_id = secrets.token_hex(ID_BYTES)
        return type(self)(self._keys | {key_id: secrets.token_bytes(KEY_BYTES)})

    def without(self, key_id: str) -> Self:
        """Return the ring without the key *key_id*.

        Raises:
            ConfigError: It is not there, or it is the newest.
        """
        if key_id not in self._keys:
            held = ", ".join(self.ids)
            raise ConfigError(
                f"there is no key {key_id!r:.60} in the key ring, which holds {held}"
            )
        if key_id == self.newest[0]:
            raise ConfigError(
                f"the key {key_id} is the newest, which seals every token",
                hint="run tiktok-bridge keys rotate and tiktok-bridge keys rewrap"
                " first",
            )
        kept = {name: key for name, key in self._keys.items() if name != key_id}
        return type(self)(kept)
