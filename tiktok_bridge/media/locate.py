"""Turn what a post says about its video into a URL that may be opened."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tiktok_bridge.errors import MediaError


def locate(video: str, media_root: Path) -> str:
    """Return the absolute URL of *video*.

    A path, relative or not, must lie in *media_root*, also once every symbolic link
    is followed; its URL holds no link, so that a plugin can refuse any that appears.

    Raises:
        MediaError: There is no such file, or it lies outside.
    """
    scheme = re.match(r"[A-Za-z][A-Za-z0-9+.-]+:", video)
    if scheme and scheme.group().lower() != "file:":
        return video
    path = unquote(urlsplit(video).path) if scheme else video
    try:
        is_path = b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        is_path = False
    if not is_path:
        raise MediaError(f"{video!r} is no path")
    root = Path(os.path.realpath(media_root))
    if not root.is_dir():
        raise MediaError(
            f"the media folder {media_root} is missing",
            hint="create it, or name another one at `media_root` in bridge.yaml",
        )
    written = Path(os.path.normpath(media_root / path))
    if not written.is_relative_to(media_root) and not written.is_relative_to(root):
        raise _outside(video, media_root, written)
    try:
        real = Path(os.path.realpath(root / path, strict=True))
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        raise MediaError(
            f"{video}: {reason} in {media_root}",
            hint="check the path: it starts at `media_root`",
        ) from None
    if not real.is_relative_to(root):
        raise _outside(video, media_root, real)
    return real.as_uri()


def _outside(video: str, media_root: Path, real: Path) -> MediaError:
    return MediaError(
        f"{video} is {real}, outside of media_root {media_root}",
        hint="move the video into `media_root`, or change `media_root` in bridge.yaml",
    )
