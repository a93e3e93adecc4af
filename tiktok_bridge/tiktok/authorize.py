"""Send a person to TikTok's login page, and read what comes back; pure.

Source: developers.tiktok.com/doc/login-kit-desktop and login-kit-web.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from tiktok_bridge import catalogue
from tiktok_bridge.errors import ConfigError, LoginError
from tiktok_bridge.secrets import Secret
from tiktok_bridge.tiktok.token import split_scopes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tiktok_bridge.config.settings import AppSettings

MAX_REDIRECT_URI: Final = 511
"""Longest redirect URI, in characters."""

LOOPBACK: Final = ("localhost", "127.0.0.1")
"""Hosts that the Desktop platform takes; they do not stand for each other."""


@dataclass(frozen=True, slots=True)
class Authorization:
    """A login that was begun.

    Attributes:
        url: Where the person goes; made for one login.
        redirect_uri: Where TikTok sends them; the exchange names it again.
        state: What the redirect must carry.
        verifier: What the exchange proves.
    """

    url: str = field(repr=False)
    redirect_uri: str
    state: Secret
    verifier: Secret


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person granted.

    Attributes:
        code: For one exchange, soon.
        scopes: What was granted, perhaps less than was asked for; empty if not said.
    """

    code: Secret
    scopes: tuple[str, ...]


def authorize(
    app: AppSettings,
    authorize_url: str,
    redirect_uri: str,
    *,
    always_ask: bool = False,
) -> Authorization:
    """Begin a login with a fresh state and verifier.

    The challenge is the *hex* SHA-256 of the verifier. It is sent for the web platform
    too, where documentation and practice disagree.

    Args:
        app: Its key, platform and scopes.
        authorize_url: TikTok's login page.
        redirect_uri: A registered one, byte for byte.
        always_ask: Show the consent page to who has consented before (web only).

    Raises:
        ConfigError: TikTok would not take the redirect URI.
    """
    if wrong := redirect_problem(redirect_uri, app.platform):
        raise ConfigError(f"redirect_uri {redirect_uri}: {wrong}")
    state = Secret(secrets.token_urlsafe(32))
    verifier = Secret(secrets.token_urlsafe(64))
    query = {
        "client_key": app.client_key,
        "scope": ",".join(app.scopes),
        "response_type": "code",
        "redirect_uri": redirect_uri,
        "state": state.reveal(),
        "code_challenge": challenge(verifier),
        "code_challenge_method": "S256",
    }
    if app.platform == "web":
        query["disable_auto_auth"] = str(int(always_ask))
    url = f"{authorize_url}?{urlencode(query)}"
    return Authorization(url, redirect_uri, state, verifier)


def challenge(verifier: Secret) -> str:
    """Return the challenge of *verifier*: hex, where RFC 7636 has base64url."""
    return hashlib.sha256(verifier.reveal().encode()).hexdigest()


def redirect_problem(uri: str, platform: str) -> str | None:
    """Say why TikTok refuses *uri* on *platform*, or return None."""
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError as error:
        return f"is no address: {error}"
    plain = uri.isascii() and uri.isprintable() and " " not in uri
    rules: list[tuple[object, str]] = [
        (len(uri) <= MAX_REDIRECT_URI, f"has over {MAX_REDIRECT_URI} characters"),
        (plain and parts.hostname, "is no absolute address in plain ASCII"),
        ("?" not in uri and "#" not in uri, "may have no query and no fragment"),
        (parts.path, "needs a path, such as /callback/"),
    ]
    if platform == "web":
        rules.append((parts.scheme == "https", "must be https on the Web platform"))
    else:
        rules += [
            (parts.scheme in ("http", "https"), "must be http or https"),
            (parts.hostname in LOOPBACK, "must be on localhost or 127.0.0.1 (Desktop)"),
            (port, "needs a port on the Desktop platform"),
        ]
    return next((wrong for fits, wrong in rules if not fits), None)


def read_redirect(query: str, state: Secret) -> Consent:
    """Read the query of the redirect; *state* is compared before anything else.

    The code is percent-decoded once, here: codes hold `*` and `!`.

    Raises:
        LoginError: It belongs to another login, or TikTok or the person said no.
    """
    found = _parse(query)
    given = found.get("state", "")
    if not hmac.compare_digest(given.encode(errors="replace"), state.reveal().encode()):
        raise LoginError(
            "the redirect does not belong to this login: its state is "
            + ("another one" if given else "missing"),
            hint="begin the login again, and open only the address that it shows",
        )
    if error := _failure(found):
        raise error
    if not found.get("code"):
        raise LoginError(
            "the redirect carries neither a code nor an error",
            hint="paste the whole address, up to its end",
            log_id=found.get("logid"),
        )
    return Consent(Secret(found["code"]), split_scopes(found.get("scopes", "")))


def read_failure(query: str) -> LoginError | None:
    """Explain the error in the address of TikTok's own page, if there is one.

    A mistake in the app's configuration never reaches the redirect URI: TikTok appends
    the error to the address of its login page.
    """
    return _failure(_parse(query))


def _parse(query: str) -> dict[str, str]:
    """Return the first value of each parameter; nothing of what is no query."""
    try:
        pairs = parse_qs(query.lstrip("?#"), keep_blank_values=True, max_num_fields=100)
    except ValueError:
        return {}
    return {name: values[0] for name, values in pairs.items()}


def _failure(found: Mapping[str, str]) -> LoginError | None:
    if not (found.get("error") or found.get("error_type") or found.get("errCode")):
        return None
    entry = None
    for name in ("errCode", "error_type", "error"):
        kind = "oauth" if name == "error" else "authorize"
        entry = entry or catalogue.find(kind, found.get(name, ""))
    names = ("error", "error_type", "errCode")
    said = " / ".join(found[name] for name in names if found.get(name))
    words = found.get("error_description", "")
    return LoginError(
        f"TikTok did not log anybody in: {said}"
        + (f": {words.rstrip('.')}" if words else "")
        + (f". {entry.explanation}" if entry else ""),
        hint=entry.remedy if entry else "keep the log id and ask TikTok's support",
        code=found.get("error", ""),
        error_type=found.get("error_type", ""),
        err_code=found.get("errCode", ""),
        log_id=found.get("logid") or found.get("log_id"),
    )
