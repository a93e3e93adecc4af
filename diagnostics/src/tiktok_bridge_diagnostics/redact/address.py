"""Redact a URL so that whoever parses it sees the same shape."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, quote, urlsplit

from tiktok_bridge_diagnostics.redact import fields, surrogates, words

if TYPE_CHECKING:
    from tiktok_bridge_diagnostics.redact.maker import Maker

HOSTS: Final = re.compile(
    r"(?:[a-z0-9-]{1,40}\.)?tiktokapis\.com|(?:www|developers)\.tiktok\.com"
)
"""Hosts that TikTok documents."""

NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
EXTENSION: Final = re.compile(r".*(\.(?:mp4|mov|webm|jpe?g|webp|png))", re.IGNORECASE)
SCHEMES: Final = ("http", "https")


def is_public(host: str) -> bool:
    """Tell whether *host* is TikTok's, this machine, or stands for another one."""
    if HOSTS.fullmatch(host) or surrogates.HOST.fullmatch(host) or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def redacted(maker: Maker, url: str) -> str:
    """Return *url* with its scheme, a known host, its port and its shape."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return maker.surrogates.in_text("url", url)
    if parts.scheme not in SCHEMES or not parts.hostname:
        return maker.surrogates.in_text("url", url)
    path = "/".join(_segment(maker, one) for one in parts.path.split("/"))
    query = _query(maker, parts.query) if parts.query else ""
    mark = "#redacted" if parts.fragment else ""
    return f"{parts.scheme}://{_place(maker, parts.netloc)}{path}{query}{mark}"


def _place(maker: Maker, netloc: str) -> str:
    """Return host and port; user and password are dropped."""
    place = netloc.rpartition("@")[2]
    found = re.fullmatch(r"(\[[^\]]*\]|[^:]*)(:(?:[0-9]{1,5}|\*))?.*", place, re.DOTALL)
    host, port = (found[1].lower(), found[2] or "") if found else (place, "")
    return (host if is_public(host) else maker.surrogates.host(host)) + port


def _segment(maker: Maker, segment: str) -> str:
    is_known = segment in words.vocabulary() or segment in KNOWN
    if not segment or is_known or surrogates.kind_of(segment.partition("!")[0]):
        return segment
    ending = EXTENSION.fullmatch(segment)
    name = maker.surrogates.in_address("segment", segment)
    return name + (f"!{ending[1].lower()}" if ending else "")


def _query(maker: Maker, query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True, errors="surrogateescape")
    told = [
        f"{_parameter(maker, name)}={_value(maker, name, value)}"
        for name, value in pairs
    ]
    return "?" + "&".join(told)


def _parameter(maker: Maker, name: str) -> str:
    if NAME.fullmatch(name) or surrogates.kind_of(name):
        return name
    return maker.surrogates.in_address("parameter", name)


def _value(maker: Maker, name: str, value: str) -> str:
    """Return *value*, or in ASCII what stands for it."""
    rule = fields.rule(name, "asked")
    is_whole = rule in ("scope", "word", "log_id", "number", "publish_id", "post_id")
    if is_whole or not maker.applies(rule) or surrogates.kind_of(value):
        return quote(maker.apply(rule, value), safe=",.-_~⟪⟫:")
    return maker.surrogates.in_address(rule, value)


KNOWN: Final = frozenset(
    {
        *("auth", "authorize", "callback", "cancel", "content", "creator_info"),
        *("fetch", "inbox", "info", "init", "list", "post"),
        *("publish", "query", "revoke", "status", "user"),
    }
)
"""Segments of the paths that TikTok documents."""
