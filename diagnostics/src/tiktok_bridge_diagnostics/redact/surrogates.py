"""Make what stands for a value: equal for equal values, and known again.

Three shapes, by what reads them: `⟪caption:7c1e0a9b23f4⟫` in text, the same in ASCII in
addresses (`redacted.segment.7c1e0a9b23f4`), and numbers of 19 digits where there was
one. Such a number begins with 9000000, which no id of TikTok's does before 2036.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Final

DIGITS: Final = 12
"""Digits that tell values apart: of a million, two are alike once in 500 runs."""

IN_TEXT: Final = re.compile(rf"⟪([a-z_]+):[0-9a-f]{{{DIGITS}}}⟫")
IN_ADDRESS: Final = re.compile(rf"redacted\.([a-z_]+)\.[0-9a-f]{{{DIGITS}}}")
HOST: Final = re.compile(rf"host-[0-9a-f]{{{DIGITS}}}\.invalid")
NUMBER: Final = re.compile(rf"9000000[0-9]{{{DIGITS}}}")
LOG_ID: Final = re.compile(r"0{14}[0-9A-F]{20}")

TOKEN_PREFIX: Final = re.compile(r"(act|rft|clt)\.(?=.)", re.DOTALL)
"""What TikTok's tokens begin with; it says which sort somebody took."""


class Surrogates:
    """Makes them with the *key* of an installation."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def in_text(self, kind: str, value: str) -> str:
        """Return what stands for *value* in text."""
        return f"⟪{kind}:{self._hash(kind, value)[:DIGITS]}⟫"

    def in_address(self, kind: str, value: str) -> str:
        """Return what stands for *value* in a URL."""
        return f"redacted.{kind}.{self._hash(kind, value)[:DIGITS]}"

    def token(self, kind: str, value: str) -> str:
        """Return what stands for a token; it keeps its prefix."""
        prefix = TOKEN_PREFIX.match(value)
        return (prefix.group() if prefix else "") + self.in_text(kind, value)

    def host(self, value: str) -> str:
        """Return what stands for a host; no name service knows it."""
        return f"host-{self._hash('host', value.lower())[:DIGITS]}.invalid"

    def number(self, value: str) -> str:
        """Return 19 digits for *value*."""
        number = int(self._hash("number", value), 16) % 10**DIGITS
        return f"9000000{number:0{DIGITS}}"

    def log_id(self, value: str) -> str:
        """Return 34 signs, as a log id has."""
        return "0" * 14 + self._hash("log_id", value)[:20].upper()

    def _hash(self, kind: str, value: str) -> str:
        told = f"{kind}\0{value}".encode("utf-8", "surrogatepass")
        return hmac.new(self._key, told, hashlib.sha256).hexdigest()


def kind_of(value: str) -> str | None:
    """Return what *value* stands for, or None if it is no surrogate."""
    rest = TOKEN_PREFIX.sub("", value, count=1)
    for shape in (IN_TEXT, IN_ADDRESS):
        if found := shape.fullmatch(rest):
            return found[1]
    for kind, other in (("host", HOST), ("number", NUMBER), ("log_id", LOG_ID)):
        if other.fullmatch(value):
            return kind
    return None
