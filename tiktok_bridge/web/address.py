"""Take an https address apart, and refuse what two readers could read differently.

What is not refused here is written in the one way that every reader understands: so
the host that is checked is the host that is asked.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Final

from tiktok_bridge.config.hosts import is_name
from tiktok_bridge.web.refusal import INSTEAD, Refusal

PORT: Final = 443
PORTS: Final = range(1, 1 << 16)

URL: Final = re.compile(r"[Hh][Tt][Tt][Pp]([Ss]?):(.*)", re.DOTALL)
"""Tells https from http, and the rest."""

PARTS: Final = re.compile(
    r"//(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<target>(?:/[^?#]*)?(?:\?[^#]*)?)(?:#.*)?"
)
"""Host, port, and what the server is asked for; the fragment is for browsers."""

DOTTED: Final = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Address:
    """Where media lies.

    Attributes:
        host: A name in small letters without a dot at its end, or an address without
            brackets.
        literal: The address that *host* is, None for a name.
        target: Path and query; the query may be a secret.
    """

    host: str
    port: int
    target: str
    literal: IPAddress | None

    @property
    def authority(self) -> str:
        """The header `Host`."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORT else f"{host}:{self.port}"


def is_ours(url: str) -> bool:
    """Tell whether *url* is an https: or http: one, however it is written."""
    return URL.match(url) is not None


def read_address(url: str) -> Address:
    """Return what *url* says.

    Raises:
        Refusal: It is no https, or not written in the one way.
    """
    found = URL.fullmatch(url)
    if found is None or not found[1]:
        raise Refusal("it is not https", f"write https://, {INSTEAD}")
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise Refusal(
            "its address holds other signs than an address may",
            "percent-encode them in the path, and write a name as xn--…",
        )
    parts = PARTS.fullmatch(found[2])
    if parts is None:
        if "@" in found[2].removeprefix("//").partition("/")[0]:
            raise Refusal("its address holds a user's name", "leave it out")
        raise _malformed()
    port = int(parts["port"] or PORT)
    if port not in PORTS:
        raise _malformed()
    host, literal = _host(parts["host"].lower())
    target = parts["target"]
    return Address(host, port, target if target[:1] == "/" else f"/{target}", literal)


def _host(written: str) -> tuple[str, IPAddress | None]:
    try:
        if written.startswith("["):
            six = ipaddress.IPv6Address(written.strip("[]"))
            return str(six), six
        if DOTTED.fullmatch(written):
            four = ipaddress.IPv4Address(written)
            return str(four), four
    except ValueError:
        raise _malformed() from None
    name = written.removesuffix(".")
    if not is_name(name):
        raise _malformed()
    return name, None


def _malformed() -> Refusal:
    return Refusal(
        "its address has no host of the usual form",
        "write https://NAME/PATH, or an address with four decimal numbers",
    )
