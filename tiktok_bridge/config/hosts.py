"""Read which hosts and networks media may come from, beside the public ones."""

from __future__ import annotations

import ipaddress
import re
from typing import Final

LABEL: Final = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
NAME: Final = re.compile(rf"(?:{LABEL}\.)*{LABEL}")
"""A host's name in small letters, without the dot that may end it."""

NUMBER: Final = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")
"""What somebody reads as an address: `127.1`, `0x7f000001`, `017700000001`."""

LONGEST_NAME: Final = 253
"""Most letters of a host's name."""

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def is_name(host: str) -> bool:
    """Tell whether *host*, in small letters, is a name and no number for anybody."""
    return (
        len(host) <= LONGEST_NAME
        and NAME.fullmatch(host) is not None
        and NUMBER.fullmatch(host) is None
    )


def network(entry: str) -> Network | None:
    """Return the network, or the one address, that *entry* is; None for a name."""
    try:
        return ipaddress.ip_network(entry)
    except ValueError:
        return None


def entry_problem(entry: str) -> str | None:
    """Say what is wrong with an entry of `media_hosts`, or return None."""
    if network(entry) or is_name(entry.lower().removeprefix("*.")):
        return None
    try:
        whole = ipaddress.ip_network(entry, strict=False)
    except ValueError:
        return "is no name of a host, no address and no network"
    return f"has bits behind its prefix: write {whole}"
