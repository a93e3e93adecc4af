"""Gather whether the folder of the videos holds what may be read."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tiktok_bridge import Collector, Fact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Visit

MOST: Final = 20_000
"""Entries that are looked at."""

SECONDS: Final = 1.0
"""For which they are looked at."""


def _collect(visit: Visit) -> Iterator[Fact]:
    """Yield one fact of kind `media_root`.

    Its data: `is_there`, `is_folder`, `is_readable`, `links_outside` and
    `broken_links` (symbolic links below it that lead out of it, or nowhere),
    `is_complete` (everything below was looked at).
    """
    if visit.settings is None:
        return
    root = visit.settings.media_root
    data: dict[str, object] = {
        "is_there": root.exists(),
        "is_folder": root.is_dir(),
        "is_readable": os.access(root, os.R_OK | os.X_OK),
    }
    yield Fact("media_root", "", data | _links(root))


def _links(root: Path) -> dict[str, object]:
    outside = broken = seen = 0
    real, until = root.resolve(), time.monotonic() + SECONDS
    for folder, folders, files in os.walk(root):
        for name in (*folders, *files):
            path = Path(folder, name)
            seen += 1
            if seen > MOST or time.monotonic() > until:
                return _counted(outside, broken, is_complete=False)
            if path.is_symlink():
                broken += not path.exists()
                outside += path.exists() and not path.resolve().is_relative_to(real)
    return _counted(outside, broken, is_complete=True)


def _counted(outside: int, broken: int, *, is_complete: bool) -> dict[str, object]:
    return {
        "links_outside": outside,
        "broken_links": broken,
        "is_complete": is_complete,
    }


MEDIA_ROOT = Collector("media_root", _collect)
