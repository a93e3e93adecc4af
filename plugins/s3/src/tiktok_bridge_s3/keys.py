"""Give every account and every event a key of its own, whatever it is called."""

from __future__ import annotations

from hashlib import sha256

PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789_-")
"""Bytes that stand for themselves.

Capitals do not, because some servers keep objects as files of a system that takes `A`
for `a`; nor does the dot, so that the first dot of a name ends it."""

ESCAPE = "!"
"""Begins a byte in hex; of the characters that S3 calls safe, and no URL's own."""

LONGEST = 200
"""Characters of a stem; with a prefix it fits where keys end at 1024 bytes."""

KEPT = 60
"""Characters that stay readable where a hash replaces the rest."""

HASH_MARK = "!-"
"""Separates those from the hash; no byte in hex begins so."""


def encode(name: str) -> bytes:
    """Return *name* as bytes, even one that is no proper text."""
    return name.encode("utf-8", "surrogatepass")


def decode(name: bytes) -> str:
    """Return what was encoded.

    Raises:
        ValueError: It was not encoded here.
    """
    return name.decode("utf-8", "surrogatepass")


def stem_of(name: str) -> str:
    """Return the part of a key that stands for *name*."""
    raw = encode(name)
    stem = "".join(
        chr(byte) if byte in PLAIN else f"{ESCAPE}{byte:02x}" for byte in raw
    )
    if len(stem) <= LONGEST:
        return stem
    return f"{stem[:KEPT]}{HASH_MARK}{sha256(raw).hexdigest()}"


def is_shortened(stem: str) -> bool:
    """Tell whether *stem* holds only the beginning of the name."""
    return HASH_MARK in stem


def name_of(stem: str) -> str | None:
    """Return the name that has *stem*, None where it is not one of ours."""
    first, *escaped = stem.split(ESCAPE)
    try:
        raw = first.encode("ascii") + b"".join(
            bytes.fromhex(part[:2]) + part[2:].encode("ascii") for part in escaped
        )
        name = decode(raw)
    except ValueError:
        return None
    return name if stem_of(name) == stem else None
