"""Look at a video's first bytes: they decide what it is, not its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tiktok_bridge.errors import MediaError, PluginError
from tiktok_bridge.media.locate import locate
from tiktok_bridge.media.repair import encode
from tiktok_bridge.redaction.addresses import shown

if TYPE_CHECKING:
    from pathlib import Path

    from tiktok_bridge.hookspecs import MediaSource
    from tiktok_bridge.host import Host
    from tiktok_bridge.models import MediaStat

HEAD_BYTES: Final = 64
"""How much is read to tell one container from another."""

WEB: Final = ("https:", "http:")
"""Addresses that we read ourselves, if only to say that one has to be https."""

MATROSKA: Final = "video/x-matroska"
"""What TikTok does not take, although its bytes begin as those of WebM."""

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


def open_media(
    host: Host, video: str, media_root: Path, media_hosts: tuple[str, ...] | None = None
) -> Media:
    """Open *video* and tell its container; see `open_file`.

    Raises:
        MediaError: It is missing, empty, unreadable, outside of *media_root*, or no
            video that TikTok takes.
        PluginError: No plugin opens its scheme.
    """
    source, stat, url = open_file(host, video, media_root, media_hosts)
    head = b"".join(map(bytes, source.read(0, min(HEAD_BYTES, stat.size_bytes))))
    content_type = sniff(head)
    if content_type in ("", MATROSKA):
        raise not_taken(video, url)
    return Media(source, stat, content_type)


def open_file(
    host: Host, name: str, media_root: Path, media_hosts: tuple[str, ...] | None = None
) -> tuple[MediaSource, MediaStat, str]:
    """Open *name*, which is not empty; return its URL, too. See `open_media`.

    An https address that no plugin opens is read by ourselves, from public addresses
    and *media_hosts*; not at all where these are None.
    """
    url = locate(name, media_root)
    source = _open(host, url, media_hosts)
    stat = source.stat()
    if stat.size_bytes < 1:
        raise MediaError(f"{shown(name)} is empty", hint="export it again")
    return source, stat, url


def _open(host: Host, url: str, media_hosts: tuple[str, ...] | None) -> MediaSource:
    try:
        return host.open_media_source(url)
    except PluginError:
        if media_hosts is None or not url.lower().startswith(WEB):
            raise
    from tiktok_bridge.web.media import (  # noqa: PLC0415 - few need it, and it is slow
        HttpsMedia,
    )

    return HttpsMedia(url, media_hosts)


def sniff(head: bytes) -> str:
    """Return the content type of a video that starts with *head*, or nothing.

    Source: developers.tiktok.com/doc/content-posting-api-media-transfer-guide
    (MP4, MOV, WebM).
    """
    box, brand = head[4:8], head[8:12]
    if box == b"ftyp" and brand not in _NOT_VIDEO:
        return "video/quicktime" if brand == b"qt  " else "video/mp4"
    if box in _OLD_QUICKTIME:
        return "video/quicktime"
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "video/webm" if b"webm" in head else MATROSKA
    return ""


def not_taken(name: str, url: str) -> MediaError:
    """Return the error for a file that is none of the three containers."""
    return MediaError(
        f"{shown(name)} is no MP4, MOV or WebM video, whatever its name says",
        hint=encode(url),
    )
