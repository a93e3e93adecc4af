"""app.redirect_registered: the redirect URI is the one that is registered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.say import passed, warned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding


def _judge(facts: Facts) -> Iterator[Finding]:
    """A login's exchange named the redirect URI of its authorize URL.

    TikTok cannot be asked; only a recorded login shows it. The URI is registered byte
    for byte, for each environment and platform on its own.
    """
    logins = [
        one
        for one in facts.of("http", endpoint="token")
        if one.data["asked"].get("grant_type") == "authorization_code"
    ]
    if not logins:
        return
    last = logins[-1]
    said = str(last.data["message"] or "").lower()
    if last.data["is_json"] and last.data["code"] in (None, "ok"):
        yield passed("registered", "a login came back to it", last, about=last.about)
    elif last.data["code"] == "invalid_request" and "redirect_uri" in said:
        yield warned(
            "differs",
            "TikTok refused a login: its redirect URI is not the authorize URL's",
            last,
            who="developer",
            fix=Remedy("Register `app.redirect_uri`, byte for byte, and log in again."),
            about=last.about,
        )


REDIRECT_REGISTERED = Check(
    "app.redirect_registered",
    "The redirect URI is the one that is registered",
    _judge,
    needs=("app.client_valid",),
    docs="https://developers.tiktok.com/doc/login-kit-web",
)
