"""Name a URL without its secrets, and tell which it holds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

HIDDEN: Final = "***"
"""Stands where something was hidden."""

SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")

USER: Final = re.compile(r"(//[^/?#:@]*:)([^/?#]*)@")
"""User and password of a URL, as they should be written."""

LOOSE_USER: Final = re.compile(r"(//[^/?#:@]*:)(?![0-9]*(?:[/?#]|$))(.*)@")
"""The same with a password that holds `/`, `?` or `#`; a port is none."""

SECRETIVE: Final = re.compile(
    "token|secret|passw|pwd|sig|credential|auth|key|code|ticket|verifier|state",
    re.IGNORECASE,
)
"""What the name of a parameter holds whose value may be a secret."""

REDIS: Final = re.compile("(rediss?([+]sentinel)?|unix):", re.IGNORECASE)
"""How a URL begins whose `key` is the name of a video, which errors have to name."""


def shown(url: str) -> str:
    """Return *url* as a message may show it.

    The password is hidden, and so is the query, which signs the URL of an upload or of
    an object in a bucket. A path and a `file:` URL are shown as they are.
    """
    if _is_path(url):
        return url
    found = _password(url)
    if found:
        start, stop = found.span(2)
        url = url[:start] + HIDDEN + url[stop:]
    place, mark, _ = url.partition("?")
    return f"{place}?{HIDDEN}" if mark else place.partition("#")[0]


def without_secrets(url: str) -> str:
    """Return what *url* is called for ever, also once its password is another one.

    Unlike `shown` it keeps what is no secret of the query, which tells two places on
    one server apart.
    """
    found = _password(url)
    if found:
        start, stop = found.span(2)
        url = url[:start] + HIDDEN + url[stop:]
    place, mark, query = url.partition("?")
    return place + mark + "&".join(map(_pair_without_secret, query.split("&")))


def secrets_in(url: str) -> Iterator[str]:
    """Yield what *url* holds that no output may contain, as it is written there."""
    found = _password(url)
    if found:
        yield found[2]
    place, _, fragment = url.partition("#")
    query = place.partition("?")[2]
    named = "key" if REDIS.match(url) else None
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        if SECRETIVE.search(name) and name != named:
            yield value
    if fragment and not _is_path(url):
        yield from fragment.split(",")  # what signs a webhook


def _is_path(url: str) -> bool:
    scheme = SCHEME.match(url)
    return scheme is None or scheme.group().lower() == "file:"


def _pair_without_secret(pair: str) -> str:
    name, equals, _ = pair.partition("=")
    return f"{name}{equals}{HIDDEN}" if equals and SECRETIVE.search(name) else pair


def _password(url: str) -> re.Match[str] | None:
    return USER.search(url) or LOOSE_USER.search(url)
