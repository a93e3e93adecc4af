"""env.disk: there is room for what is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.outcomes import passed, warned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding

BYTES: Final = 256 * 10**6
"""Room for a bundle, which is 64 MiB at most, and for a ledger that grows."""

INODES: Final = 1000


def _judge(facts: Facts) -> Iterator[Finding]:
    """There is room where tokens, the ledger and temporary files are kept.

    A renewed token that cannot be written is lost: TikTok has forgotten the old one.
    So a token is tried out before it is renewed, and posts stop when a disk is full.
    """
    for fact in facts.of("disk"):
        free, inodes = fact.data["free_bytes"], fact.data["free_inodes"]
        least = facts.number("env.disk", "bytes", BYTES)
        if free < least:
            says = f"{free / 1e6:.0f} MB are free where {fact.about} is"
            remedy = Remedy(f"Free {(least - free) / 1e6:.0f} MB or more.", "df -h")
            yield warned("little-room", says, remedy, fact)
        elif inodes is not None and inodes < INODES:
            says = f"only {inodes} more files can be made where {fact.about} is"
            remedy = Remedy("Delete files that nobody needs.", "df -i")
            yield warned("few-inodes", says, remedy, fact)
        else:
            yield passed("room", f"{free / 1e9:.1f} GB are free", fact)


DISK = Check(
    "env.disk",
    "There is room on the disk",
    _judge,
    reads=("environment",),
    numbers=("bytes",),
)
