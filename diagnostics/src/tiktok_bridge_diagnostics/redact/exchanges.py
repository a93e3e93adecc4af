"""Redact exchanges before they are kept anywhere."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from pathlib import Path

    from tiktok_bridge_diagnostics.exchange import Exchange


class Redactor:
    """Replaces what is not known to be safe by surrogates that stay equal."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @classmethod
    def of(cls, config: Path) -> Self:
        """Return the one of the installation at *config*."""
        return cls(str(config).encode())

    def exchange(self, exchange: Exchange) -> Exchange:
        """Return *exchange* without secrets."""
        return replace(exchange, asked_headers={}, headers={})
