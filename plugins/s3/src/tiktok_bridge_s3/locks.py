"""Hold an account alone among all who share a store, until a time."""

from __future__ import annotations

import os
import random
import secrets
import socket
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tiktok_bridge import BusyError, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tiktok_bridge_s3.objects import Found, Objects

POLL = (0.05, 1.0)
"""Seconds between two looks: at first and at most; doubled, and with jitter."""


@dataclass(slots=True)
class Claim:
    """A lock that is held, and the object as its holder last saw it."""

    owner: str
    found: Found

    def require(self, found: Found, url: str) -> None:
        """Note that the object is *found* now.

        Raises:
            StoreError: Somebody else has taken the lock since.
        """
        if found.entry.owner != self.owner:
            raise StoreError(
                f"{url} was locked here, the lock has ended, and somebody else has"
                f" taken it (fence {self.found.entry.fence}, now {found.entry.fence}):"
                " nothing was written",
                hint="run it again; if it comes back, use a longer ?lease=",
            )
        self.found = found


def acquire(
    objects: Objects,
    account: str,
    *,
    timeout: float,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Claim:
    """Write into the object of *account* that it is ours, for as long as the lease.

    Raises:
        BusyError: It was not free within *timeout* seconds.
        StoreError: The server cannot be asked.
    """
    owner, deadline, pause = _owner(), clock() + timeout, POLL[0]
    while True:
        found = objects.fetch(account)
        while not found.entry.is_held(found.now):  # else somebody else was first
            taken = replace(
                found.entry,
                fence=found.entry.fence + 1,
                owner=owner,
                until=found.now + objects.place.lease,
            )
            is_ours, found = objects.swap(account, found, taken)
            if is_ours:
                return Claim(owner, found)
        left = deadline - clock()
        if left <= 0:
            raise _busy(objects.url(account), found, timeout)
        sleep(min(pause * random.uniform(0.5, 1.0), left))  # noqa: S311 - jitter
        pause = min(2 * pause, POLL[1])


def release(objects: Objects, account: str, claim: Claim) -> bool:
    """Write that nobody holds *account*, unless somebody else does by now.

    A failure is no news to the holder, whose work is done: the lease ends by itself.

    Returns:
        Whether it is ours no more.
    """
    found = claim.found
    with suppress(StoreError):
        for _ in range(TRIES):
            if found.entry.owner != claim.owner:
                return True
            free = replace(found.entry, owner="", until=0.0)
            is_written, found = objects.swap(account, found, free)
            if is_written:
                return True
    return False


TRIES = 5
"""How often others, who write without the lock, may be first."""


def _owner() -> str:
    host = socket.gethostname().encode("ascii", "replace").decode()[:100]
    return f"{host}:{os.getpid()}:{secrets.token_hex(8)}"


def _busy(url: str, found: Found, timeout: float) -> BusyError:
    host, _, rest = found.entry.owner.partition(":")
    until = datetime.fromtimestamp(found.entry.until, UTC)
    return BusyError(
        f"{url} is held by process {rest.partition(':')[0]} on {host!a} until"
        f" {until:%H:%M:%S} UTC (waited {timeout:g} s)",
        hint="try again; it is free at the latest then",
    )
