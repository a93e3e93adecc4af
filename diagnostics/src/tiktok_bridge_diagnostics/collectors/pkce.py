"""Gather what a login would send, without beginning one."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from tiktok_bridge import AppSettings, Collector, Fact, Secret, authorize

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Visit


def _collect(_: Visit) -> Iterator[Fact]:
    """Yield one fact of kind `pkce`.

    Its data: `method`, `is_hex_sha256` (the challenge is that of the verifier),
    `verifier_length`, `is_unreserved`. The verifier is thrown away.
    """
    app = AppSettings(client_key="self-test", client_secret=Secret("self-test"))
    begun = authorize(app, "https://login.invalid/", "http://127.0.0.1:3455/callback/")
    query = parse_qs(urlsplit(begun.url).query)
    verifier = begun.verifier.reveal()
    expected = hashlib.sha256(verifier.encode()).hexdigest()
    data = {
        "method": query.get("code_challenge_method", [""])[0],
        "is_hex_sha256": query.get("code_challenge") == [expected],
        "verifier_length": len(verifier),
        "is_unreserved": re.fullmatch(r"[A-Za-z0-9._~-]+", verifier) is not None,
    }
    yield Fact("pkce", "", data)


PKCE = Collector("pkce", _collect)
