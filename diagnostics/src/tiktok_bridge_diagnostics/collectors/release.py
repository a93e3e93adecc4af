"""Gather which release this is."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

from tiktok_bridge import Collector, Fact
from tiktok_bridge_diagnostics.snapshot import READ_AT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Visit


def _collect(visit: Visit) -> Iterator[Fact]:
    """Yield one fact of kind `release`.

    Its data: `version`, of the core, `rules`, that of the doctor, and `read_at`, when
    TikTok's pages were read for it.
    """
    del visit
    data = {
        "version": version("tiktok-bridge"),
        "rules": version("tiktok-bridge-diagnostics"),
        "read_at": READ_AT,
    }
    yield Fact("release", "", data)


RELEASE = Collector("release", _collect)
