"""The codes that a login hands to the app."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tiktok_bridge_sandbox.errors import InvalidGrantError

if TYPE_CHECKING:
    from tiktok_bridge_sandbox.creators import Creator
    from tiktok_bridge_sandbox.switches import Switches

ENDING: Final = "*0!6410"
"""How the code of the official sample ends; a callback carries ``%2A0%216410``."""

PERCENT: Final = "%7E"
"""A part that a second decoding changes, which the documentation warns of."""


@dataclass(frozen=True, kw_only=True)
class Code:
    """What one code stands for."""

    creator: Creator
    client_key: str
    scopes: tuple[str, ...]
    redirect_uri: str
    challenge: str
    until: float


class CodeBook:
    """Every code that was not redeemed yet."""

    def __init__(self, switches: Switches) -> None:
        self._switches = switches
        self._open: dict[str, Code] = {}

    def issue(self, code: Code) -> str:
        """Return the text that stands for *code* from now on."""
        middle = PERCENT if self._switches.double_decoding == "fails" else ""
        text = secrets.token_urlsafe(48) + middle + ENDING
        self._open[text] = code
        return text

    def redeem(self, text: str, now: float) -> Code:
        """Return what *text* stands for; it works once, whatever comes of it.

        Raises:
            InvalidGrantError: It is unknown, used before or expired.
        """
        code = self._open.pop(text, None)
        if code is None or now >= code.until:
            raise InvalidGrantError("Authorization code is expired.")
        return code

    def scopes(self, text: str) -> tuple[str, ...]:
        """Return what an open code will grant."""
        return self._open[text].scopes

    def find(self, text: str) -> Code | None:
        """Return what *text* stands for, expired or not, until it is redeemed."""
        return self._open.get(text)
