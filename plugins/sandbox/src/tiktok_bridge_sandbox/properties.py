"""Which URLs TikTok may fetch from: those of verified properties.

developers.tiktok.com/doc/content-posting-api-media-transfer-guide (2026-09)
"""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from tiktok_bridge_sandbox.errors import (
    InvalidParamsError,
    UrlOwnershipError,
    UsageError,
)

if TYPE_CHECKING:
    from urllib.parse import SplitResult

    from tiktok_bridge_sandbox.switches import Switches

BAD_SOURCE: Final = "The request source info is empty or incorrect"
"""Text recorded for an unusable source_info."""

HOST: Final = re.compile(
    r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*"
    r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.?"
)
"""Names of hosts in lower case, of labels as DNS knows them."""


DECODINGS: Final = 3
"""How often servers on the way may decode a path, one after the other."""


def check(verified: str) -> None:
    """Refuse a list of properties that holds what can be none.

    Raises:
        UsageError: One is neither a domain nor the beginning of a URL.
    """
    for one in _listed(verified):
        try:
            is_property = bool(_split(one) if "://" in one else _is_name(one))
        except InvalidParamsError:
            is_property = False
        if not is_property:
            raise UsageError(f"{one!r} is neither a domain nor a URL prefix")


def check_url(url: str, switches: Switches) -> None:
    """Accept a URL inside a verified property.

    A property is a domain with its subdomains, or a prefix such as
    ``https://host/path/``. Only HTTPS and a host with a name can be verified;
    a sandbox that really fetches takes plain HTTP from loopback as well.

    Raises:
        InvalidParamsError: It is no URL at all.
        UrlOwnershipError: It lies outside every verified property.
    """
    parts = _split(url)
    if not _is_public_kind(parts) and not is_allowed_loopback(url, switches):
        if switches.insecure_url == "invalid_params":
            raise InvalidParamsError(BAD_SOURCE)
        raise UrlOwnershipError
    if not any(_covers(one, parts) for one in _listed(switches.verified)):
        raise UrlOwnershipError


def _listed(verified: str) -> list[str]:
    return [one.strip() for one in verified.split(",") if one.strip()]


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port  # a port that is none is found here
    except ValueError as error:
        raise InvalidParamsError(BAD_SOURCE) from error
    is_plain = url.isascii() and url.isprintable() and " " not in url
    if not is_plain or "\\" in url or not parts.scheme or port == 0:
        raise InvalidParamsError(BAD_SOURCE)
    if not _is_name(parts.hostname or ""):
        raise InvalidParamsError(BAD_SOURCE)
    return parts


def _is_name(host: str) -> bool:
    is_address = ":" in host and _is_address(host)
    return is_address or HOST.fullmatch(host.lower()) is not None


def _is_public_kind(parts: SplitResult) -> bool:
    host = parts.hostname or ""
    return parts.scheme == "https" and "." in host and not _is_address(host)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        # No top-level domain is a number: 127.1 and 2130706433 are addresses too.
        return host.rpartition(".")[2].isdigit()
    return True


def is_allowed_loopback(url: str, switches: Switches) -> bool:
    """Tell whether *url* is on loopback and this sandbox really fetches."""
    return switches.pulls == "fetch" and is_loopback(url)


def is_loopback(url: str) -> bool:
    """Tell whether *url* is plain HTTP to this machine."""
    try:
        parts = _split(url)
    except InvalidParamsError:
        return False
    host = parts.hostname or ""
    if parts.scheme != "http" or host == "localhost":
        return parts.scheme == "http"
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _covers(verified: str, parts: SplitResult) -> bool:
    if parts.username is not None or parts.password is not None:
        return False
    if "://" not in verified:
        host, domain = (parts.hostname or "").removesuffix("."), verified.lower()
        return host == domain or host.endswith("." + domain)
    root = urlsplit(verified)
    same_host = (root.scheme, root.netloc.lower()) == (
        parts.scheme,
        parts.netloc.lower(),
    )
    path = root.path if root.path.endswith("/") else root.path + "/"
    # A path that climbs out of the prefix only begins like one inside it.
    return same_host and parts.path.startswith(path) and not _climbs(parts.path)


def _climbs(path: str) -> bool:
    """Tell whether any server could read a step upwards in *path*."""
    for _ in range(DECODINGS):
        path = unquote(path)
    steps = path.replace("\\", "/").split("/")
    return any(step.partition(";")[0] == ".." for step in steps)
