"""Turn what a post says about its video into a URL that may be opened."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote_from_bytes, unquote, urlsplit

from tiktok_bridge.errors import MediaError

if TYPE_CHECKING:
    from pathlib import Path

SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")


def locate(video: str, media_root: Path) -> str:
    """Return the absolute URL of *video*.

    A path, relative or not, must lie in *media_root*, also once every symbolic link
    is followed; its URL holds no link, so that a plugin can refuse any that appears.

    Raises:
        MediaError: There is no such file, or it lies outside.
    """
    scheme = SCHEME.match(video)
    if scheme and scheme.group().lower() != "file:":
        return video
    path = _path(unquote(urlsplit(video).path) if scheme else video)
    folder = os.fspath(media_root)
    root = os.path.realpath(folder)
    written = os.path.normpath(os.path.join(folder, path))  # noqa: PTH118 - 10,000 posts
    if not (_is_in(written, folder) or _is_in(written, root)):
        raise _outside(video, folder, written)
    try:
        real = os.path.realpath(os.path.join(root, path), strict=True)  # noqa: PTH118 - see above
    except OSError as error:
        raise _missing(video, media_root, error) from None
    if not _is_in(real, root):
        raise _outside(video, folder, real)
    return f"file://{quote_from_bytes(os.fsencode(real))}"


def _path(path: str) -> str:
    try:
        is_path = b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        is_path = False
    if not is_path:
        raise MediaError(f"{path!r} is no path")
    return path


def _is_in(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _missing(video: str, media_root: Path, error: OSError) -> MediaError:
    if not media_root.is_dir():
        return MediaError(
            f"the media folder {media_root} is missing",
            hint="create it, or name another one at `media_root` in bridge.yaml",
        )
    reason = (error.strerror or "cannot be read").lower()
    return MediaError(
        f"{video}: {reason} in {media_root}",
        hint="check the path: it starts at `media_root`",
    )


def _outside(video: str, folder: str, real: str) -> MediaError:
    return MediaError(
        f"{video} is {real}, outside of media_root {folder}",
        hint="move the video into `media_root`, or change `media_root` in bridge.yaml",
    )
