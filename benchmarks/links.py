"""Lay two links that are as slow as one says: S3 to us, and us to TikTok.

Each of the three has a network namespace of its own, with a pair of virtual Ethernet
devices to its neighbour. A token bucket (`tc`, `tbf`) lets the bytes of a video pass at
a rate; the acknowledgements that go back are few, and not held up.
"""

from __future__ import annotations

import os
import subprocess
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

NEEDED: Final = ("ip", "tc")
"""Programs of iproute2."""

S3, BRIDGE, TIKTOK = ("s3", "bridge", "tiktok")

BURST, QUEUE = ("256kb", "20ms")
"""What may pass at once, and how long a packet waits at most before it is dropped."""

ADDRESS: Final = {S3: "10.203.1.1", TIKTOK: "10.203.2.1"}
"""Where each server is reached, in networks that only the namespaces see."""

OURS: Final = {S3: "10.203.1.2", TIKTOK: "10.203.2.2"}
"""Our own address on the link to each."""


class NoLinksError(Exception):
    """Say why this machine cannot lay them."""


@dataclass(frozen=True)
class Links:
    """Both links; `shape` sets their rates.

    Attributes:
        name: How the names of the namespaces begin.
    """

    name: str

    def within(self, place: str, *command: str) -> tuple[str, ...]:
        """Return *command* as it is run in the namespace of *place*."""
        return ("ip", "netns", "exec", f"{self.name}-{place}", *command)

    def shape(self, down: int, up: int) -> None:
        """Let S3 send *down* Mbit/s to us, and us *up* Mbit/s to TikTok."""
        for place, device, rate in ((S3, "to-us", down), (BRIDGE, TIKTOK, up)):
            tbf = f"tc qdisc replace dev {device} root tbf rate {rate}mbit burst"
            run(*self.within(place, *tbf.split(), BURST, "latency", QUEUE))


@contextmanager
def laid() -> Iterator[Links]:
    """Lay both links, and take them away at the end.

    Raises:
        NoLinksError: This takes root, and a kernel with what it is made of.
    """
    links = Links(f"relay{os.getpid()}")
    with ExitStack() as stack:
        for place in (S3, BRIDGE, TIKTOK):
            namespace = f"{links.name}-{place}"
            run("ip", "netns", "add", namespace)
            stack.callback(run, "ip", "netns", "delete", namespace)
            run(*links.within(place, "ip", "link", "set", "lo", "up"))
        for place in (S3, TIKTOK):
            _join(links, place)
        links.shape(1000, 1000)
        yield links


def _join(links: Links, place: str) -> None:
    """Join *place* and us by a pair of devices."""
    theirs, ours = f"{links.name}-{place}", f"{links.name}-{BRIDGE}"
    pair = f"ip link add to-us netns {theirs} type veth peer name {place} netns {ours}"
    run(*pair.split())
    for where, device, address in (
        (place, "to-us", ADDRESS[place]),
        (BRIDGE, place, OURS[place]),
    ):
        run(*links.within(where, *f"ip address add {address}/24 dev {device}".split()))
        run(*links.within(where, *f"ip link set {device} up".split()))


def run(*command: str) -> None:
    """Run *command*.

    Raises:
        NoLinksError: It fails.
    """
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - our own
    if done.returncode:
        raise NoLinksError(f"{' '.join(command)}: {done.stderr.strip()}")
