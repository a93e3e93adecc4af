"""Find the addresses of a host, all of which may be connected to."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from tiktok_bridge.web.refusal import INSTEAD, TRY_LATER, Refusal

if TYPE_CHECKING:
    from tiktok_bridge.web.address import Address
    from tiktok_bridge.web.reach import Reach

MOST: Final = 8
"""Addresses of one host that are tried, each as long as a connection may take."""

Resolve = Callable[[str, int], Iterable[str]]
"""Return the addresses of a host for a port, as texts; raise `OSError`."""


def resolve(host: str, port: int) -> list[str]:
    """Ask the system for the addresses of *host*; see `Resolve`."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(sockaddr[0]) for *_, sockaddr in found]


def find_addresses(address: Address, reach: Reach, resolve: Resolve) -> list[str]:
    """Return where the host of *address* is: nobody has to ask for it again.

    Raises:
        Refusal: It is nowhere, or any of it is where media may not be read from.
    """
    if address.literal:
        found = [address.literal]
    else:
        found = [ipaddress.ip_address(one) for one in _ask(address, resolve)]
    for one in found:
        if not reach.allows(address.host, one):
            raise Refusal(
                f"{address.host} is {one}, which is no public address"
                if address.literal is None
                else f"{one} is no public address",
                f"allow it by `media_hosts` in bridge.yaml if it is yours, {INSTEAD}",
            )
    return list(dict.fromkeys(map(str, found)))[:MOST]


def _ask(address: Address, resolve: Resolve) -> list[str]:
    failure, found = None, []
    try:
        found = list(resolve(address.host, address.port))
    except (OSError, UnicodeError) as error:
        failure = error
    if not found:
        is_away = getattr(failure, "errno", None) == socket.EAI_AGAIN
        raise Refusal(
            f"the name {address.host} cannot be looked up now"
            if is_away
            else f"there is no host {address.host}",
            TRY_LATER if is_away else "check the address",
            retryable=is_away,
        )
    return found
