"""Really fetching what a client asked TikTok to pull, from loopback only."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from tiktok_bridge_sandbox import outbound
from tiktok_bridge_sandbox.chunk_rules import largest_video
from tiktok_bridge_sandbox.outbound import OutboundError, Request
from tiktok_bridge_sandbox.photos import is_photo, largest_photo
from tiktok_bridge_sandbox.pulls import TIMEOUT
from tiktok_bridge_sandbox.uploads import HEAD, is_video

if TYPE_CHECKING:
    from tiktok_bridge_sandbox.models import Backend
    from tiktok_bridge_sandbox.publishes import Publish
    from tiktok_bridge_sandbox.pulls import Pull

OK: Final = 200
"""The only status whose body is taken; a redirect is a failure."""


class File:
    """One file as it comes: hashed, never kept."""

    def __init__(self, publish: Publish, pull: Pull) -> None:
        self.publish = publish
        self.pull = pull
        self.head = b""
        self.size = 0
        self.digest = hashlib.sha256()

    def take(self, status: int, piece: bytes) -> None:
        """Take the next bytes.

        Raises:
            OutboundError: Nobody waits for them any more.
        """
        if self.publish.stopped:
            raise OutboundError("the download was cancelled")
        if status != OK:
            return
        self.digest.update(piece)
        self.head += piece[: HEAD - len(self.head)]
        self.size += len(piece)
        self.pull.fetched += len(piece)

    def is_media(self) -> bool:
        """Tell whether it is of the medium and not too large."""
        switches = self.publish.switches
        if self.publish.medium == "photo":
            return is_photo(self.head) and self.size <= largest_photo(switches)
        return is_video(self.head) and self.size <= largest_video(switches)


async def fetch(backend: Backend, publish: Publish, pull: Pull) -> None:
    """Fetch every URL of *pull* in turn and note how it went."""
    try:
        for url in pull.plan.urls:
            await _fetch_one(url, File(publish, pull))
    except OutboundError:
        pull.broken_at = backend.now()
    else:
        pull.fetched_at = backend.now()
    backend.courier.wake()


async def _fetch_one(url: str, file: File) -> None:
    status = await outbound.send(Request("GET", url, {}), TIMEOUT, file.take)
    if status != OK:
        raise OutboundError(f"HTTP {status}")
    file.pull.digests.append(file.digest.hexdigest())
    file.pull.is_media = file.pull.is_media and file.is_media()
