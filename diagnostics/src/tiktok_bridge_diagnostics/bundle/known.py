"""Name every secret that this machine knows, for the gate to look for."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from tiktok_bridge import BridgeError, Client, Inspection

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tiktok_bridge import Host, Settings

SHORTEST: Final = 6
"""Signs of the shortest that is looked for."""

SECRETIVE: Final = re.compile(
    r"TOKEN|SECRET|PASSW|PWD|CREDENTIAL|PRIVATE|API_?KEY|ACCESS_?KEY|_KEYS?$|COOKIE",
    re.IGNORECASE,
)
"""What the name of a variable has whose value is a secret."""

_URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def secrets(
    host: Host, settings: Settings | None, environ: Mapping[str, str]
) -> dict[str | bytes, str]:
    """Return what nobody may see, and what to call each.

    The tokens and the keys that cannot be read are not among them.
    """
    found: dict[str | bytes, str] = {}
    for what, value in _all(host, settings, environ):
        if len(value) >= SHORTEST:
            found.setdefault(value, what)
    return found


def _all(
    host: Host, settings: Settings | None, environ: Mapping[str, str]
) -> Iterator[tuple[str, str | bytes]]:
    if settings:
        yield "the client secret", settings.app.client_secret.reveal()
        urls = [settings.tokens, settings.ledger, settings.keys]
        for url in (*urls, *(one.to for one in settings.notify)):
            yield from _of_url("an address in bridge.yaml", url)
        yield from _kept(host, settings)
    for name in sorted(environ):
        yield from _of_variable(name, environ[name])
    for plugin, values in host.registered("known_secrets"):
        for value in values:
            if isinstance(value, str | bytes):
                yield f"a secret of the plugin {plugin}", value
    for value in host.redaction.known():
        yield "a secret that was seen at work", value


def _kept(host: Host, settings: Settings) -> Iterator[tuple[str, str | bytes]]:
    """Yield the tokens and the keys that seal them."""
    client = Client(settings.app, redaction=host.redaction)
    with suppress(BridgeError):
        vault = Inspection(settings, host, client).vault
        with suppress(BridgeError):
            for key in vault.keys.ring.secrets:
                yield "a key of the key ring", key
        for account in vault.accounts():
            with suppress(BridgeError):
                kept = vault.peek(account)
                if kept:
                    yield "an access token", kept[1].access_token.reveal()
                if kept and kept[1].refresh_token:
                    yield "a refresh token", kept[1].refresh_token.reveal()


def _of_variable(name: str, value: str) -> Iterator[tuple[str, str]]:
    what = f"the variable {name}"
    if _URL.match(value):
        yield from _of_url(what, value)
    elif SECRETIVE.search(name) and not value.isalpha() and not value.startswith("/"):
        yield what, value


def _of_url(what: str, url: str) -> Iterator[tuple[str, str]]:
    """Yield the password of *url*, and what its query says under a telling name."""
    try:
        parts = urlsplit(url)
        password = parts.password or ""
    except ValueError:
        yield what, url
        return
    yield from ((what, password), (what, unquote(password)))
    for name, value in parse_qsl(parts.query):
        if SECRETIVE.search(name) or name.lower() in _SIGNS:
            yield what, value


_SIGNS: Final = ("sig", "signature", "auth", "key", "code", "ticket", "state")
