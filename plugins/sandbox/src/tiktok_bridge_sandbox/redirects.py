"""The rules of redirect URIs (Login Kit for web and for desktop)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from tiktok_bridge_sandbox.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

REGISTERED: Final = {
    "desktop": ("http://127.0.0.1:*/callback/", "http://localhost:*/callback/"),
    "web": ("https://cms.example.com/tiktok/callback/",),
}
"""What is registered under a tab unless a switch says otherwise."""

LOOPBACK: Final = ("localhost", "127.0.0.1")
"""The only hosts of the Desktop tab."""

MOST: Final = 10
"""Redirect URIs an app may register."""

LENGTH: Final = 512
"""Characters a redirect URI must stay below."""

PORTS: Final = range(1, 65_536)

ABSOLUTE: Final = re.compile(r"(https?)://([^/:\s]+)(?::([^/\s]*))?(/[!-~]*)?")
"""Scheme, host, port and path of a URI that can be registered."""


def listed(uris: str, platform: str) -> tuple[str, ...]:
    """Return the URIs of a comma list, or those of *platform* if it is empty."""
    return tuple(filter(None, uris.split(","))) or REGISTERED[platform]


def check(uris: tuple[str, ...], platform: str) -> None:
    """Refuse what the developer portal refuses to register.

    Raises:
        UsageError: There are too many, or one breaks a rule of its tab.
    """
    if len(uris) > MOST:
        raise UsageError(f"an app registers at most {MOST} redirect URIs")
    for uri in uris:
        if fault := _fault(uri, platform):
            raise UsageError(f"the redirect URI {uri!r} {fault}")


def _fault(uri: str, platform: str) -> str:
    if len(uri) >= LENGTH:
        return f"is not shorter than {LENGTH} characters"
    if "?" in uri or "#" in uri:
        return "has a query or a fragment"
    parts = ABSOLUTE.fullmatch(uri)
    if parts is None:
        return "is not absolute"
    scheme, host, port, path = parts.groups(default="")
    if platform == "web":
        is_public = host not in LOOPBACK and "*" not in host + port
        is_right = scheme == "https" and is_public
        return "" if is_right else "is no https URI of a public host (Web tab)"
    if host not in LOOPBACK:
        return "is not on localhost or 127.0.0.1 (Desktop tab)"
    has_port = port == "*" or _is_port(port)
    return "" if has_port and path else "has no port or no path (Desktop tab)"


def _is_port(text: str) -> bool:
    return re.fullmatch(r"[0-9]{1,5}", text) is not None and int(text) in PORTS


def is_registered(
    asked: str, registered: tuple[str, ...], *, hosts_are_equal: bool
) -> bool:
    """Tell whether *asked* is one of *registered*, byte for byte.

    Only a port registered as ``*`` is free, and localhost is another host than
    127.0.0.1 unless *hosts_are_equal*.
    """
    if hosts_are_equal:
        asked = _on_one_host(asked)
        registered = tuple(map(_on_one_host, registered))
    return any(_matches(asked, pattern) for pattern in registered)


def _on_one_host(uri: str) -> str:
    return uri.replace("://localhost:", "://127.0.0.1:", 1)


def _matches(asked: str, pattern: str) -> bool:
    if ":*/" not in pattern:
        return asked == pattern
    head, _, tail = pattern.partition("*")
    port = asked[len(head) : len(asked) - len(tail)]
    return asked == head + port + tail and _is_port(port)


def with_answer(uri: str, answer: Mapping[str, str | None]) -> str:
    """Return *uri* with the given parts of *answer* as its query.

    Everything but letters, digits and ``_.-~`` is percent-encoded, so a code's
    ``*`` and ``!`` travel as ``%2A`` and ``%21``.
    """
    return f"{uri}?{urlencode({k: v for k, v in answer.items() if v is not None})}"
