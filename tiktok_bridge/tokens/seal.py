"""Seal a record with AES-256-GCM, bound to its account and app.

Every record has a data key of its own, wrapped by a key of the ring. What a record
belongs to is authenticated with it, so that swapping two accounts' records fails, and
`commit` binds the ciphertext to one key.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from typing import TYPE_CHECKING, Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tiktok_bridge.errors import StoreError
from tiktok_bridge.tokens.keyring import MissingKeyError

if TYPE_CHECKING:
    from tiktok_bridge.tokens.keyring import KeyRing

SCHEMA: Final = "tiktok-bridge/token/1"
VERSION: Final = 1
"""Of the sealed form; a newer release may write another."""

NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16


class UnreadableError(StoreError):
    """Report a record that is damaged, or sealed for something else."""


class Sealer:
    """Seal and open the records of one app."""

    def __init__(self, ring: KeyRing, client_key: str) -> None:
        self._ring = ring
        self._app = hashlib.sha256(client_key.encode()).hexdigest()[:16]

    def seal(self, account: str, sequence: int, record: bytes) -> bytes:
        """Return *record* sealed as the *sequence*-th of *account*."""
        key_id, wrapping_key = self._ring.newest
        bound = self._bound(account, sequence, key_id)
        data_key = AESGCM.generate_key(bit_length=256)
        wrapped = _encrypt(wrapping_key, data_key, bound)
        sealed = {
            "v": 1,
            "kid": key_id,
            "seq": sequence,
            "key": _text(wrapped),
            "commit": _text(_commitment(data_key)),
            "ct": _text(_encrypt(data_key, record, bound)),
        }
        return json.dumps(sealed).encode()

    def open(self, account: str, sealed: bytes, where: str = "") -> tuple[int, bytes]:
        """Return the sequence number and the record.

        Args:
            account: Whose record it has to be.
            sealed: What `seal` returned.
            where: What an error calls the place of the record.

        Raises:
            UnreadableError: It is no sealed record, was changed, or belongs to another
                account or app.
            MissingKeyError: Its key is not in the ring.
            StoreError: A newer release sealed it.
        """
        called = f"the token record of {account!r}" + (f" in {where}" if where else "")
        try:
            fields = _fields(sealed)
            version, sequence = int(fields["v"]), int(fields["seq"])
            key_id = str(fields["kid"])
            wrapped, commit, encrypted = (
                base64.b64decode(fields[name], validate=True)
                for name in ("key", "commit", "ct")
            )
        except (ValueError, KeyError, TypeError, OverflowError):
            raise UnreadableError(
                f"{called} is damaged", hint=_replaced(account)
            ) from None
        if version > VERSION:
            raise _of_a_newer_release(called, version)
        bound = self._bound(account, sequence, key_id)
        try:
            data_key = _decrypt(self._key(key_id, called), wrapped, bound)
            _check_commitment(data_key, commit)
            return sequence, _decrypt(data_key, encrypted, bound)
        except (InvalidTag, ValueError):
            raise UnreadableError(
                f"{called} does not belong here: it was sealed"
                " for another account, app or key, or was changed",
                hint=_replaced(account),
            ) from None

    def _key(self, key_id: str, called: str) -> bytes:
        try:
            return self._ring.key(key_id)
        except MissingKeyError as error:
            raise MissingKeyError(f"{called}: {error}", hint=error.hint) from None

    def _bound(self, account: str, sequence: int, key_id: str) -> bytes:
        return json.dumps([SCHEMA, self._app, account, sequence, key_id]).encode()


def key_id_of(sealed: bytes) -> str | None:
    """Return the id of the key that a sealed record names, None if it names none."""
    try:
        return str(_fields(sealed)["kid"])
    except (ValueError, KeyError):
        return None


def _fields(sealed: bytes) -> dict[str, Any]:
    """Return the fields of a sealed record.

    Raises:
        ValueError: It has none.
    """
    try:
        fields = json.loads(sealed)
    except RecursionError:
        raise ValueError("too deep") from None
    if not isinstance(fields, dict):
        raise ValueError("no mapping")  # noqa: TRY004 - as for other rubbish
    return fields


def _of_a_newer_release(called: str, version: int) -> StoreError:
    return StoreError(
        f"{called} has the version {version}, and this release knows up to {VERSION}",
        hint="use the release that wrote it, or a newer one",
    )


def _replaced(account: str) -> str:
    return f"log in again, which replaces it: tiktok-bridge auth login {account}"


def _commitment(data_key: bytes) -> bytes:
    kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"commitment")
    return kdf.derive(data_key)


def _check_commitment(data_key: bytes, commit: bytes) -> None:
    if not hmac.compare_digest(_commitment(data_key), commit):
        raise InvalidTag


def _encrypt(key: bytes, data: bytes, bound: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, data, bound)


def _decrypt(key: bytes, data: bytes, bound: bytes) -> bytes:
    if len(data) < NONCE_BYTES + TAG_BYTES:
        raise InvalidTag
    return AESGCM(key).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], bound)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
