"""Look at a video's first bytes: they decide what it is, not its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tiktok_bridge.errors import MediaError
from tiktok_bridge.media.locate import locate

if TYPE_CHECKING:
    from pathlib import Path

    from tiktok_bridge.hookspecs import MediaSource
    from tiktok_bridge.host import Host
    from tiktok_bridge.models import MediaStat

HEAD_BYTES: Final = 64
"""How much is read to tell one container from another."""

_NOT_VIDEO: Final = (b"M4A ", b"M4B ", b"heic", b"heix", b"mif1", b"msf1", b"avif")
_OLD_QUICKTIME: Final = (b"moov", b"mdat", b"wide", b"pnot")


@dataclass(frozen=True, slots=True)
class Media:
    """A video that was opened: where it comes from and what it is.

    Attributes:
        content_type: `video/mp4`, `video/quicktime` or `video/webm`.
    """

    source: MediaSource
    stat: MediaStat
    content_type: str


def open_media(host: Host, video: str, media_root: Path) -> Media:
    """Open *video* and tell its container.

    Raises:
        MediaError: It is missing, empty, unreadable, outside of *media_root*, or no
            video that TikTok takes.
        PluginError: No plugin opens its scheme.
    """
    source = host.open_media_source(locate(video, media_root))
    stat = source.stat()
    if stat.size_bytes < 1:
        raise MediaError(f"{video} is empty", hint="export the video again")
    head = b"".join(source.read(0, min(HEAD_BYTES, stat.size_bytes)))
    return Media(source, stat, sniff(head, video))


def sniff(head: bytes, name: str) -> str:
    """Return the content type that TikTok wants for a video starting with *head*.

    Source: developers.tiktok.com/doc/content-posting-api-media-transfer-guide
    (MP4, MOV, WebM).

    Raises:
        MediaError: It starts like none of the three.
    """
    box, brand = head[4:8], head[8:12]
    if box == b"ftyp" and brand not in _NOT_VIDEO:
        return "video/quicktime" if brand == b"qt  " else "video/mp4"
    if box in _OLD_QUICKTIME:
        return "video/quicktime"
    if head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head:
        return "video/webm"
    raise MediaError(
        f"{name} is no MP4, MOV or WebM video, whatever its name says",
        hint=f"ffmpeg -i '{name}' -c:v libx264 -pix_fmt yuv420p -c:a aac out.mp4",
    )
