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
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tiktok_bridge.errors import StoreError

if TYPE_CHECKING:
    from tiktok_bridge.tokens.keyring import KeyRing

SCHEMA: Final = "tiktok-bridge/token/1"
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16


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

    def open(self, account: str, sealed: bytes) -> tuple[int, bytes]:
        """Return the sequence number and the record.

        Raises:
            StoreError: It is no sealed record, was changed, or belongs to another
                account, app or key.
        """
        try:
            fields = json.loads(sealed)
            sequence, key_id = int(fields["seq"]), str(fields["kid"])
            wrapped, commit, encrypted = (
                base64.b64decode(fields[name], validate=True)
                for name in ("key", "commit", "ct")
            )
        except (ValueError, KeyError, TypeError):
            raise StoreError(
                f"the token record of {account!r} is damaged", hint=_replaced(account)
            ) from None
        bound = self._bound(account, sequence, key_id)
        try:
            data_key = _decrypt(self._ring.key(key_id), wrapped, bound)
            _check_commitment(data_key, commit)
            return sequence, _decrypt(data_key, encrypted, bound)
        except (InvalidTag, ValueError):
            raise StoreError(
                f"the token record of {account!r} does not belong here: it was sealed"
                " for another account, app or key, or was changed",
                hint=_replaced(account),
            ) from None

    def _bound(self, account: str, sequence: int, key_id: str) -> bytes:
        return json.dumps([SCHEMA, self._app, account, sequence, key_id]).encode()


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
