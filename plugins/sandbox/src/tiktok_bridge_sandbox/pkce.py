"""The proof that whoever redeems a code asked for it (Login Kit for desktop)."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import TYPE_CHECKING, Final

from tiktok_bridge_sandbox.errors import AuthorizeError, OAuthError

if TYPE_CHECKING:
    from tiktok_bridge_sandbox.switches import Switches

CHALLENGE: Final = re.compile(r"[0-9a-f]{64}")
"""A SHA-256 in lower-case hex; RFC 7636 would have base64url."""

VERIFIER: Final = re.compile(r"[A-Za-z0-9\-._~]{43,128}")
"""What a verifier may be."""


def check_challenge(challenge: str, method: str, switches: Switches) -> None:
    """Refuse a login without a usable challenge.

    Raises:
        AuthorizeError: 10007 if it is missing, 10008 for another method.
    """
    if not challenge and switches.platform == "web" and switches.pkce != "always":
        return
    must_be_hex = switches.pkce_base64url == "fails-at-authorize"
    # Reported to be refused with the words for a missing one.
    if not challenge or (must_be_hex and not CHALLENGE.fullmatch(challenge)):
        raise AuthorizeError("param_error", "code_challenge", 10007)
    if method != "S256":
        raise AuthorizeError("param_error", "code_challenge_method", 10008)


def check_verifier(challenge: str, verifier: str) -> None:
    """Refuse a verifier that is not the challenge's; without one, any will do.

    Raises:
        OAuthError: It is missing, malformed or another one's.
    """
    if not challenge:
        return
    digest = hashlib.sha256(verifier.encode()).hexdigest()
    is_right = hmac.compare_digest(digest.encode(), challenge.encode())
    if not (is_right and VERIFIER.fullmatch(verifier)):
        raise OAuthError("Code verifier or code challenge is invalid.")
