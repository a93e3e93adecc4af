"""Give every account a file name of its own, whatever the account is called."""

from __future__ import annotations

from hashlib import sha256
from urllib.parse import unquote_to_bytes

from tiktok_bridge_file.failures import Refusal

PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789_-")
"""Bytes that stand for themselves.

Capitals do not, because some file systems take `A` for `a`; nor does the dot, so
that the first dot of a file name ends the account."""

LONGEST = 120
"""Characters of a stem; with its ending it fits where names end at 143 bytes."""

KEPT = 40
"""Characters that stay readable where a hash replaces the rest."""


def encode(account: str) -> bytes:
    """Return *account* as bytes, even one that is no proper text."""
    return account.encode("utf-8", "surrogatepass")


def stem_of(account: str) -> str:
    """Return the file name of *account*, without an ending."""
    raw = encode(account)
    stem = "".join(chr(byte) if byte in PLAIN else f"%{byte:02x}" for byte in raw)
    if len(stem) <= LONGEST:
        return stem
    return f"{stem[:KEPT]}~{sha256(raw).hexdigest()}"


def is_shortened(stem: str) -> bool:
    """Tell whether *stem* holds only the beginning of the account's name."""
    return "~" in stem


def account_of(stem: str) -> str | None:
    """Return the account that has *stem*, None for a file that is not ours."""
    try:
        account = unquote_to_bytes(stem).decode("utf-8", "surrogatepass")
    except UnicodeError:
        return None
    return account if stem_of(account) == stem else None


def whole_account_of(stem: str, encoded: bytes) -> str:
    """Return the account that has the shortened *stem* and was *encoded*.

    Raises:
        Refusal: *encoded* is another account, or none.
    """
    readable, _, digest = stem.partition("~")
    if sha256(encoded).hexdigest() != digest:
        raise Refusal(f"the name that belongs to {readable!r} is damaged")
    return encoded.decode("utf-8", "surrogatepass")
