"""The logins that begin on one screen and end on a phone (login-kit-qr-code)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from tiktok_bridge_sandbox import redirects
from tiktok_bridge_sandbox.errors import UsageError

if TYPE_CHECKING:
    from tiktok_bridge_sandbox.codes import CodeBook
    from tiktok_bridge_sandbox.consent import Wish

Status = Literal["new", "scanned", "confirmed", "expired", "utilised"]

UNFILLED: Final = "tobefilled"
"""What the app replaces in the scan URL by a ticket of its own."""


@dataclass
class QrLogin:
    """One QR code."""

    wish: Wish
    until: float
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    name: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    """What the scan URL calls it; whoever scans does not learn the token."""

    is_scanned: bool = False
    is_refused: bool = False
    ticket: str = ""
    """The ticket in the URL that was scanned."""

    code: str = ""
    answer: dict[str, str | None] = field(default_factory=dict)
    """What the person's yes brings, as a redirect would carry it."""

    def status(self, codes: CodeBook, now: float) -> Status:
        """Return how far the login is.

        A cancelled one counts as expired, like one whose code nobody redeemed
        in time, and a code that was redeemed makes it utilised; the
        documentation has the words and no more.
        """
        if self.code:
            code = codes.find(self.code)
            if code is None:
                return "utilised"
            return "confirmed" if now < code.until else "expired"
        if self.is_refused or now >= self.until:
            return "expired"
        return "scanned" if self.is_scanned else "new"

    def scan(self, ticket: str) -> None:
        """Note that a phone opened the scan URL."""
        self.is_scanned = True
        self.ticket = ticket

    def confirm(self, code: str, scopes: str) -> None:
        """Note that the person agreed."""
        self.code = code
        self.answer = {"code": code, "scopes": scopes, "state": self.wish.state}

    def location(self) -> str:
        """Return the redirect URI with the code."""
        return redirects.with_answer(self.wish.redirect_uri, self.answer)


class QrBook:
    """Every QR code, by its token and by the name in its scan URL."""

    def __init__(self) -> None:
        self._by_token: dict[str, QrLogin] = {}
        self._by_name: dict[str, QrLogin] = {}

    def open(self, login: QrLogin) -> None:
        """Remember a new login."""
        self._by_token[login.token] = login
        self._by_name[login.name] = login

    def find(self, token: str) -> QrLogin | None:
        """Return the login the app asks about."""
        return self._by_token.get(token)

    def named(self, name: str) -> QrLogin:
        """Return the login of a scan URL.

        Raises:
            UsageError: There is none.
        """
        if name not in self._by_name:
            raise UsageError("there is no such QR code")
        return self._by_name[name]
