"""What TikTok fetches by itself: hashed or only pretended, never kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Final

TIMEOUT: Final = 3_600.0
"""Seconds a download may take (media transfer guide, 2026-09)."""

PRETENDED_BYTES: Final = 10_062_683
"""Size of a file that is not really fetched; the number comes from a recording."""


@dataclass(frozen=True)
class PullPlan:
    """What a client asked TikTok to fetch."""

    urls: tuple[str, ...]
    cover_index: int = 0
    """Which photo is the cover, from 0."""


@dataclass
class Pull:
    """A download since its init."""

    WORKING: ClassVar[str] = "PROCESSING_DOWNLOAD"
    COUNTER: ClassVar[str] = "downloaded_bytes"

    plan: PullPlan
    started_at: float
    pretended_seconds: float | None
    """How long a pretended download takes; None if it is a real one."""

    fetched: int = 0
    """Bytes that really came."""

    fetched_at: float | None = None
    """When the last of them came."""

    broken_at: float | None = None
    """When the connection failed or TikTok gave up the URL."""

    digests: list[str] = field(default_factory=list)
    """SHA-256 of every file that really came."""

    is_media: bool = True
    """Whether every file began as a video or photo does."""

    @property
    def is_real(self) -> bool:
        """Whether the URL is really asked for."""
        return self.pretended_seconds is None

    @property
    def arrived_at(self) -> float | None:
        """When the last byte came, or will come if that is known."""
        if self.pretended_seconds is None:
            return self.fetched_at
        is_in_time = self.pretended_seconds <= TIMEOUT
        return self.started_at + self.pretended_seconds if is_in_time else None

    @property
    def lost_at(self) -> float | None:
        """When the download failed, or will fail unless its end comes first."""
        if self.broken_at is not None:
            return self.broken_at
        return self.started_at + TIMEOUT if self.arrived_at is None else None

    def is_open(self, _now: float) -> bool:
        """Say yes: nothing was given to the client that could die."""
        return True

    def received_by(self, now: float) -> int:
        """Return the bytes that had come at *now*."""
        if self.pretended_seconds is None:
            return self.fetched
        share = (now - self.started_at) / (self.pretended_seconds or 1)
        if now >= self.started_at + self.pretended_seconds:
            share = 1.0
        return int(len(self.plan.urls) * PRETENDED_BYTES * share)
