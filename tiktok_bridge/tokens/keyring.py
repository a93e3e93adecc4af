"""Keep the keys that seal tokens, in a private file or an environment variable."""

from __future__ import annotations

import base64
import binascii
import json
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import unquote, urlsplit

from tiktok_bridge.config import environment
from tiktok_bridge.errors import ConfigError, StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY_BYTES: Final = 32
"""Size of a key: AES-256."""


class KeyRing:
    """Keys by id; the newest seals, any opens."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._keys = dict(keys)

    @classmethod
    def open(cls, url: str, *, create: bool = False) -> Self:
        """Open the ring at *url* (`file:` or `env:NAME`).

        Args:
            url: Where the ring is.
            create: Make a file with one new key when there is none yet.

        Raises:
            StoreError: It cannot be read, is no key ring, or others may read it.
            ConfigError: The scheme is neither `file:` nor `env:`.
        """
        if url.startswith("env:"):
            text = environment.variable(url.removeprefix("env:"))
            if not text:
                raise StoreError(
                    f"the key ring {url} is not set in the environment",
                    hint="set the variable to the content of the key ring's file",
                )
            return cls(_parse(text, url))
        if not url.startswith("file:"):
            raise ConfigError(f"keys: {url} is neither file:PATH nor env:NAME")
        path = Path(unquote(urlsplit(url).path))
        if create and not path.exists():
            _write_new(path)
        return cls(_parse(_read(path), str(path)))

    @property
    def secrets(self) -> list[bytes]:
        """Every key, in no order."""
        return list(self._keys.values())

    @property
    def newest(self) -> tuple[str, bytes]:
        """The id and the key that seal from now on."""
        key_id = list(self._keys)[-1]
        return key_id, self._keys[key_id]

    def key(self, key_id: str) -> bytes:
        """Return the key *key_id*.

        Raises:
            StoreError: The ring does not hold it.
        """
        if key_id not in self._keys:
            raise StoreError(
                f"the key {key_id!r} that sealed the token is not in the key ring",
                hint="restore the key ring (`keys` in bridge.yaml) from your backup",
            )
        return self._keys[key_id]


def _write_new(path: Path) -> None:
    """Make a ring with one key, unless there is one; whole, and on disk."""
    key = base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
    ring = {"version": 1, "keys": [{"id": secrets.token_hex(4), "key": key}]}
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
            with os.fdopen(os.open(draft, flags, 0o600), "w") as file:
                file.write(json.dumps(ring, indent=2) + "\n")
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):
                os.link(draft, path)  # never replaces a ring
        finally:
            draft.unlink(missing_ok=True)
        _sync(path.parent)
    except OSError as error:
        raise StoreError(
            f"{path}: cannot write the key ring: {error.strerror}"
        ) from None


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read(path: Path) -> str:
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW)) as file:
            mode = os.fstat(file.fileno()).st_mode
            if mode & 0o077:
                raise StoreError(
                    f"{path}: others may read the key ring", hint=f"chmod 600 {path}"
                )
            return file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(
            f"{path}: cannot read the key ring: {getattr(error, 'strerror', error)}",
            hint="restore it from your backup; without it every stored token is lost:"
            " delete the token store then, and log every account in again"
            " (tiktok-bridge auth login) or import its token",
        ) from None


def _parse(text: str, where: str) -> dict[str, bytes]:
    try:
        entries = json.loads(text)["keys"]
        keys = {
            str(one["id"]): base64.b64decode(one["key"], validate=True)
            for one in entries
        }
    except (ValueError, KeyError, TypeError, binascii.Error):
        keys = {}
    if not keys or any(len(key) != KEY_BYTES for key in keys.values()):
        raise StoreError(
            f"{where}: is no key ring",
            hint="restore it from your backup; if there never was a token, delete it",
        )
    return keys
