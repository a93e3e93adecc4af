"""The pages a person sees: HTML without scripts, every value escaped."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

from tiktok_bridge_sandbox.stylesheet import CSS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from tiktok_bridge_sandbox.consent import Wish
    from tiktok_bridge_sandbox.creators import Creator

HEADERS: Final = {
    "cache-control": "no-store",
    "content-security-policy": (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    # With no-referrer a browser would hide the form's origin from us, too.
    "referrer-policy": "same-origin",
}
"""Nothing is loaded, kept, framed or told to the next site."""

MEANINGS: Final = {
    "user.info.basic": "Name and avatar",
    "user.info.profile": "Bio, profile link, handle and verification",
    "user.info.stats": "Counts of followers, likes and videos",
    "video.list": "Public videos",
    "video.publish": "Post to the profile",
    "video.upload": "Leave drafts in the inbox",
}
"""What a scope opens, in a few words (scopes overview)."""

CAUSES: Final = {
    "client_key": (
        "No client_key was sent, no app that people may log in to has it (a "
        "production app must be live and have Login Kit), or the redirect URI is "
        "not percent-encoded."
    ),
    "redirect_uri": "The redirect URI is not registered, byte for byte, for this app.",
    "response_type": "The response type is not code.",
    "scope": (
        "One scope is not approved for the app, or the scopes are not separated by "
        "commas; one bad scope refuses all."
    ),
    "code_challenge": "The code challenge is missing, or is no SHA-256 in hex.",
    "code_challenge_method": "The code challenge method is not S256.",
    "non_sandbox_target": "The account is no target user of this sandbox app.",
}
"""Why a login fails here, per ``error_type``."""


@dataclass(frozen=True, kw_only=True)
class Filled:
    """What stands in the form when the page is shown."""

    account: str
    scopes: Collection[str]
    problem: str = ""


def consent(url: str, wish: Wish, creators: Iterable[Creator], filled: Filled) -> str:
    """Return the page on which a person picks an account and scopes."""
    accounts = [
        _choice("radio", "account", c.name, _who(c), is_on=c.name == filled.account)
        for c in creators
    ]
    scopes = [
        _choice("checkbox", "scope", s, MEANINGS.get(s, ""), is_on=s in filled.scopes)
        for s in wish.scopes
    ]
    alarm = _alarm(filled.problem) if filled.problem else ""
    app, to = escape(wish.app.client_key), escape(wish.redirect_uri)
    return _document(
        "Log in",
        f"""<p>The app <strong>{app}</strong> ({wish.app.environment}) asks for access
to an account. The answer goes to <code>{to}</code>.</p>
{alarm}<form method="post" action="/_sandbox/consent">
<input type="hidden" name="url" value="{escape(url)}">
<fieldset><legend>Account</legend>{"".join(accounts)}</fieldset>
<fieldset><legend>Permissions</legend>{"".join(scopes)}</fieldset>
<div class="choices">
<button name="decision" value="allow">Allow</button>
<button name="decision" value="cancel">Cancel</button>
</div></form>""",
    )


def _alarm(problem: str) -> str:
    return (
        f'<p class="alarm" role="alert">{escape(problem[0].upper() + problem[1:])}.</p>'
    )


def _who(creator: Creator) -> str:
    words = f"{creator.visibility} account"
    return words if creator.account.target_user else f"{words}, no target user"


def _choice(kind: str, name: str, value: str, note: str, *, is_on: bool) -> str:
    checked = " checked" if is_on else ""
    shown = escape(value)
    return (
        f'<label><input type="{kind}" name="{name}" value="{shown}"{checked}>'
        f"<span>{shown}<small>{escape(note)}</small></span></label>"
    )


def failure(given: Mapping[str, str]) -> str:
    """Return the page of a login that cannot begin; the app hears nothing of it."""
    names = ("error", "error_type", "errCode", "logid")
    rows = "".join(
        f"<dt>{name}</dt><dd>{escape(given[name])}</dd>"
        for name in names
        if name in given
    )
    cause = CAUSES.get(given.get("error_type", ""), "")
    return _document(
        "Something went wrong",
        f"<p>The login cannot go on, and the app is not told.</p>"
        f"<p>{cause}</p><dl>{rows}</dl>",
    )


def notice(title: str, words: str) -> str:
    """Return a page that only says something."""
    return _document(title, f"<p>{escape(words)}</p>")


def _document(title: str, content: str) -> str:
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} - local TikTok</title>
<style>{CSS}</style>
</head>
<body>
<main>
<h1>{escape(title)}</h1>
{content}
<p class="note">This is a local stand-in for tests. It is not TikTok, knows no
passwords and publishes nothing.</p>
</main>
</body>
</html>
"""
