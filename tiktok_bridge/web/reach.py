"""Decide which addresses media may be read from; pure.

Sources: the IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890), and for
what they do not list the RFCs and pages named beside it.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Final

from tiktok_bridge.config.hosts import network

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tiktok_bridge.config.hosts import Network
    from tiktok_bridge.web.address import IPAddress

GLOBAL_6: Final = ipaddress.ip_network("2000::/3")
"""The only IPv6 addresses that are given out to networks of the internet (RFC 4291)."""

SPECIAL: Final = tuple(
    map(
        ipaddress.ip_network,
        (
            "0.0.0.0/8",  # this network; 0.0.0.0 is this machine
            "10.0.0.0/8",
            "100.64.0.0/10",  # shared by carriers; metadata of some clouds
            "127.0.0.0/8",
            "168.63.129.16/32",  # the platform's own on Azure (learn.microsoft.com)
            "169.254.0.0/16",  # link-local; metadata of most clouds
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",  # relays of 6to4 (RFC 7526)
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
            "2001::/23",  # protocols, among them Teredo, which holds an IPv4 address
            "2001:db8::/32",
            "2002::/16",  # 6to4, which holds an IPv4 address
            "3fff::/20",
        ),
    )
)
"""Addresses that lead to no public server, or to another one than they say."""

NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
"""Addresses that a network without IPv4 makes of IPv4 addresses (RFC 6052)."""

ISATAP: Final = (0x00005EFE, 0x02005EFE)
"""The third quarter of an IPv6 address that holds an IPv4 address (RFC 5214)."""


class Reach:
    """What may be read from: the internet, and what `media_hosts` adds to it."""

    def __init__(self, media_hosts: Iterable[str] = ()) -> None:
        self._networks: list[Network] = []
        self._names: list[str] = []
        for entry in media_hosts:
            if found := network(entry):
                self._networks.append(found)
            else:
                self._names.append(entry.lower().removesuffix("."))

    def allows(self, host: str, address: IPAddress) -> bool:
        """Tell whether *address*, one of *host*, may be connected to."""
        address = plain(address)
        return (
            is_global(address)
            or any(self._covers(name, host) for name in self._names)
            or any(address in one for one in self._networks)
        )

    @staticmethod
    def _covers(name: str, host: str) -> bool:
        return host.endswith(name[1:]) if name.startswith("*.") else host == name


def plain(address: IPAddress) -> IPAddress:
    """Return the IPv4 address that *address* stands for, or else itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address


def is_global(address: IPAddress) -> bool:
    """Tell whether *address*, which stands for no other, is one of the internet."""
    if isinstance(address, ipaddress.IPv6Address):
        third_quarter = int(address) >> 32 & 0xFFFFFFFF
        if address not in GLOBAL_6 or address.scope_id or third_quarter in ISATAP:
            return False
    return not any(address in one for one in SPECIAL)
