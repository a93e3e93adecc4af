"""The bytes of one video as they arrive: hashed in order, never kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final

from tiktok_bridge_sandbox.errors import UploadError

if TYPE_CHECKING:
    from tiktok_bridge_sandbox.chunk_rules import Plan

URL_LIFE: Final = 3_600
"""Seconds an upload URL is valid (media transfer guide, 2026-09)."""

HEAD: Final = 12
"""Bytes that tell the container."""

MP4_BOXES: Final = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide")
"""First boxes of MP4 and QuickTime files."""

WEBM: Final = b"\x1a\x45\xdf\xa3"
"""First bytes of an EBML file."""


def is_video(head: bytes) -> bool:
    """Tell whether a file that begins like this is MP4, MOV or WebM."""
    return head[4:8] in MP4_BOXES or head.startswith(WEBM)


@dataclass
class Upload:
    """One upload task, as of its last complete chunk."""

    WORKING: ClassVar[str] = "PROCESSING_UPLOAD"
    COUNTER: ClassVar[str] = "uploaded_bytes"

    upload_id: str
    token: str
    plan: Plan
    expires_at: float
    received: int = 0
    chunks: list[tuple[int, int]] = field(default_factory=list)
    """First and last index of every stored chunk."""

    head: bytes = b""
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)
    arrived_at: float | None = None
    """When the last byte was stored."""

    lost_at: ClassVar[float | None] = None
    """Never: an upload that nobody continues stays in processing."""

    @property
    def is_complete(self) -> bool:
        """Whether every byte is stored."""
        return self.received == self.plan.video_size

    @property
    def is_media(self) -> bool:
        """Whether the first bytes are those of MP4, MOV or WebM."""
        return is_video(self.head)

    def is_open(self, now: float) -> bool:
        """Tell whether the upload URL is alive."""
        return now < self.expires_at

    def received_by(self, _now: float) -> int:
        """Return the bytes of every stored chunk."""
        return self.received

    def start(self, first: int, last: int, total: int) -> Chunk:
        """Return the chunk that may be received now.

        Raises:
            UploadError: 416 if it is not the next one, 400 if it does not fit
                the announced plan.
        """
        if total != self.plan.video_size:
            raise UploadError(400, "the total is not the announced size")
        if first != self.received or self.is_complete:
            raise UploadError(416, f"the next byte is {self.received}")
        if last != self.plan.end_of(first):
            raise UploadError(400, "the range is not the announced chunk")
        return Chunk(self, first, last, self.digest.copy(), self.head)


@dataclass
class Chunk:
    """A chunk on its way; it counts for nothing until it is stored."""

    upload: Upload
    first: int
    last: int
    digest: hashlib._Hash
    head: bytes
    received: int = 0

    def feed(self, piece: bytes) -> None:
        """Take the next bytes."""
        self.digest.update(piece)
        self.received += len(piece)
        if len(self.head) < HEAD:
            self.head += piece[: HEAD - len(self.head)]

    def store(self) -> None:
        """Make the chunk part of the upload.

        Raises:
            UploadError: 400 if bytes are missing, 416 if a twin was faster.
        """
        if self.received != self.last - self.first + 1:
            raise UploadError(400, "the body is not as long as the range")
        if self.upload.received != self.first:
            raise UploadError(416, f"the next byte is {self.upload.received}")
        self.upload.digest, self.upload.head = self.digest, self.head
        self.upload.received = self.last + 1
        self.upload.chunks.append((self.first, self.last))
