"""Gather how TikTok is reached: names, connections, proxies, and a dated answer."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import httpx

from tiktok_bridge import BridgeError, Collector, Fact
from tiktok_bridge_diagnostics import beside, reach

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator

    from tiktok_bridge import Settings, Visit

UPLOADS: Final = ("open-upload.tiktokapis.com", "upload.us.tiktokapis.com")
"""Hosts of uploads that documents name; TikTok may name others with each post.

Source: developers.tiktok.com/doc/content-posting-api-media-transfer-guide."""

TIKTOK: Final = ".tiktokapis.com"
"""How TikTok's own hosts end."""

PROBE: Final = "/v2/video/list/"
"""What is asked for without a token, so that TikTok says no in its own words."""

SAMPLES: Final = 3
"""Answers whose dates are compared."""

PATIENCE: Final = 7.0
"""Seconds after which names and connections are given up."""


@dataclass(frozen=True, slots=True)
class _Host:
    """A host, what it is for (`api`, `upload` or `login`), and how it is reached."""

    role: str
    name: str
    port: int
    is_tls: bool

    @property
    def via_proxy(self) -> bool:
        return reach.proxy(f"http{'s' * self.is_tls}://{self.name}") is not None


def _collect(visit: Visit) -> Iterator[Fact]:
    """Yield facts of kind `proxy`, `address` and `connection`, and ask thrice.

    `proxy` (about nothing): `is_used` for the API, `is_usable`, `has_credentials`,
    `is_loopback` (the API is on this machine). `address` and `connection` (about a
    host): `role` (api, upload or login), `via_proxy`, and see `reach`; `status` is
    timeout if it took too long.
    """
    if visit.settings is None:
        return
    yield _proxy(visit.settings.base_url)
    hosts = list(_hosts(visit.settings))
    context = _context() if any(one.is_tls for one in hosts) else None
    asked = [("address", one) for one in hosts] + [("connection", one) for one in hosts]
    works = [partial(_look, kind, one, context, visit.now) for kind, one in asked]
    found = beside.run([*works, partial(_ask, visit)], PATIENCE)
    for (kind, one), data in zip(asked, found, strict=False):
        told = {"role": one.role, "via_proxy": one.via_proxy}
        yield Fact(kind, one.name, told | (data or {"status": "timeout"}))
    list(found)


def _proxy(base_url: str) -> Fact:
    given = reach.proxy(base_url)
    parts = reach.split_proxy(given) if given else None
    data = {
        "is_used": parts is not None,
        "is_usable": parts is None or (parts.scheme == "http" and bool(parts.hostname)),
        "has_credentials": bool(parts and parts.username),
    }
    return Fact("proxy", "", data)


def _hosts(settings: Settings) -> Iterator[_Host]:
    """Yield the hosts of the API, of uploads where they are TikTok's, of the login."""
    yield _host("api", settings.base_url)
    if (urlsplit(settings.base_url).hostname or "").endswith(TIKTOK):
        for name in UPLOADS:
            yield _host("upload", f"https://{name}")
    login = _host("login", settings.authorize_url)
    if login.name != urlsplit(settings.base_url).hostname:
        yield login


def _host(role: str, url: str) -> _Host:
    parts = urlsplit(url)
    is_tls = parts.scheme == "https"
    port = parts.port or (443 if is_tls else 80)
    return _Host(role, parts.hostname or "", port, is_tls)


def _context() -> ssl.SSLContext | None:
    with suppress(OSError):
        return httpx.create_ssl_context()
    return None


def _ask(visit: Visit) -> dict[str, Any]:
    """Ask without a token until nobody answers; the exchanges are on the tape."""
    assert visit.settings is not None  # noqa: S101 - so `_collect` made sure
    url, client = visit.settings.base_url + PROBE, visit.client()
    headers = {"Content-Type": "application/json; charset=UTF-8"}
    with suppress(BridgeError):
        for _ in range(SAMPLES):
            client.wire.send("POST", url, headers=headers, content=b"{}")
    return {}


def _look(
    kind: str, host: _Host, context: ssl.SSLContext | None, now: float
) -> dict[str, Any]:
    if kind == "address":
        return reach.addresses(host.name)
    if not host.is_tls:
        return reach.connection(host.name, host.port, None, now)
    if context is None:
        return {"status": "no-roots", "is_tls": True}
    data = reach.connection(host.name, host.port, context, now)
    if data["status"] == "certificate":
        data |= reach.unverified(host.name, host.port, now)
    return data


NETWORK = Collector("network", _collect, effect="S1", seconds=10.0)
