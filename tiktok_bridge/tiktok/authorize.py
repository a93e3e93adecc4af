"""Send a person to TikTok's login page, and read what comes back; pure.

Source: developers.tiktok.com/doc/login-kit-desktop and login-kit-web.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode

from tiktok_bridge import catalogue
from tiktok_bridge.config.redirect import redirect_problem
from tiktok_bridge.errors import ConfigError, LoginError
from tiktok_bridge.secrets import Secret
from tiktok_bridge.tiktok.token import split_scopes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tiktok_bridge.config.settings import AppSettings


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
    mark = "&" if "?" in authorize_url else "?"
    url = f"{authorize_url}{mark}{urlencode(query)}"
    return Authorization(url, redirect_uri, state, verifier)


def challenge(verifier: Secret) -> str:
    """Return the challenge of *verifier*: hex, where RFC 7636 has base64url."""
    return hashlib.sha256(verifier.reveal().encode()).hexdigest()


def read_redirect(query: str | bytes, state: Secret) -> Consent:
    """Read the query of the redirect; *state* is compared before anything else.

    The whole address is taken too, and bytes, as ASGI has them. The code is
    percent-decoded once, here: codes hold `*` and `!`.

    Raises:
        LoginError: It belongs to another login, or TikTok or the person said no.
    """
    found = _parse(query)
    given = found.get("state", "")
    if not state.reveal():
        raise LoginError(
            "there is no state to compare the redirect with",
            hint="keep the state of `authorize` until the person comes back",
        )
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
            log_id=_shown(found.get("logid", "")) or None,
        )
    return Consent(Secret(found["code"]), split_scopes(found.get("scopes", "")))


def read_failure(query: str | bytes) -> LoginError | None:
    """Explain the error in the address of TikTok's own page, if there is one.

    A mistake in the app's configuration never reaches the redirect URI: TikTok appends
    the error to the address of its login page.
    """
    return _failure(_parse(query))


def _parse(query: str | bytes) -> dict[str, str]:
    """Return each parameter that stands once."""
    text = query.decode("latin-1") if isinstance(query, bytes) else query
    if re.match(r"https?://|/", text, re.IGNORECASE):
        text = text.partition("#")[0].partition("?")[2]
    try:
        pairs = parse_qs(text.lstrip("?#"), keep_blank_values=True, max_num_fields=100)
    except ValueError:
        return {}
    # of a parameter that stands twice, nobody knows which one is meant
    return {name: values[0] for name, values in pairs.items() if len(values) == 1}


def _failure(found: Mapping[str, str]) -> LoginError | None:
    if not (found.get("error") or found.get("error_type") or found.get("errCode")):
        return None
    entry = None
    for name in ("errCode", "error_type", "error"):
        for kind in ("oauth", "authorize") if name == "error" else ("authorize",):
            entry = entry or catalogue.find(kind, found.get(name, ""))
    code, culprit, number, words, log_id = (
        _shown(found.get(name, ""))
        for name in ("error", "error_type", "errCode", "error_description", "logid")
    )
    said = " / ".join(part for part in (code, culprit, number) if part)
    return LoginError(
        f"TikTok did not log anybody in: {said}"
        + (f": {words.rstrip('.')}" if words else "")
        + (f". {entry.explanation}" if entry else ""),
        hint=entry.remedy if entry else "keep the log id and ask TikTok's support",
        code=code,
        error_type=culprit,
        err_code=number,
        log_id=log_id or None,
    )


def _shown(text: str) -> str:
    """Return *text*, which anybody can have written, as it may reach a terminal."""
    return "".join(sign if sign.isprintable() else " " for sign in text[:500])
