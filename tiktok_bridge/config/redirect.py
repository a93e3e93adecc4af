"""Know which redirect URIs TikTok takes.

Source: developers.tiktok.com/doc/login-kit-web and login-kit-desktop.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

MAX_REDIRECT_URI: Final = 511
"""Longest redirect URI, in characters."""

LOOPBACK: Final = ("localhost", "127.0.0.1")
"""Hosts that the Desktop platform takes; they do not stand for each other."""

ANY_PORT: Final = ":*/"
"""Stands in a registered URI of the Desktop platform whose port is free."""

EXAMPLE: Final = {
    "desktop": "http://127.0.0.1:3455/callback/",
    "web": "https://cms.example.com/tiktok/callback/",
}
"""What a redirect URI of each platform looks like."""


def has_any_port(uri: str) -> bool:
    """Tell whether the port of *uri* is to be chosen at each login."""
    return any(f"://{host}{ANY_PORT}" in uri for host in LOOPBACK)


def with_port(uri: str, port: int) -> str:
    """Return *uri* with *port* where it is to be chosen."""
    return uri.replace(ANY_PORT, f":{port}/", 1) if has_any_port(uri) else uri


def page_problem(url: str) -> str | None:
    """Say why *url* is nothing that can be asked over HTTP, or return None."""
    try:
        parts = urlsplit(url)
        fits = parts.scheme in ("http", "https") and parts.hostname
        parts.port  # noqa: B018 - it is read when it is asked for
    except ValueError as error:
        return f"is no address: {error}"
    if not fits or not url.isprintable() or " " in url:
        return "is no address; it begins with https://, or http:// in a test"
    return "may have no fragment (#…)" if "#" in url else None


def redirect_problem(
    uri: str, platform: str, *, registered: bool = False
) -> str | None:
    """Say why TikTok refuses *uri* on *platform*, or return None.

    Args:
        uri: An absolute URI.
        platform: desktop or web.
        registered: Whether it is what stands in the developer portal, where the port
            of a desktop URI may be `*`; no login can be sent there.
    """
    if registered and platform == "desktop":
        uri = with_port(uri, 65_535)
    try:
        parts = urlsplit(uri)
        port = None if "*" in parts.netloc else parts.port
    except ValueError as error:
        return f"is no address: {error}"
    plain = uri.isascii() and uri.isprintable() and " " not in uri
    rules: list[tuple[object, str]] = [
        (len(uri) <= MAX_REDIRECT_URI, f"has over {MAX_REDIRECT_URI} characters"),
        (plain and parts.hostname, "is no absolute address in plain ASCII"),
        ("?" not in uri and "#" not in uri, "may have no query and no fragment"),
        ("@" not in parts.netloc, "may name no user"),
        ("*" not in parts.netloc, "has a * where a port belongs"),
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
