"""Measure a photo from its headers; no pixel is decoded."""

from __future__ import annotations

from importlib.util import find_spec
from typing import IO, TYPE_CHECKING, Final, cast

from tiktok_bridge.errors import BridgeError, MediaError
from tiktok_bridge.media.blocks import Blocks, BudgetError
from tiktok_bridge.media.facts import PhotoFacts

if TYPE_CHECKING:
    from tiktok_bridge.hookspecs import MediaSource
    from tiktok_bridge.models import MediaStat

HEAD_BYTES: Final = 32
"""How much tells one format from another, and the size of a WebP."""

BUDGET: Final = 4 * 1024 * 1024
"""Most bytes that are read to learn the size of a JPEG: previews come before it."""

OTHERS: Final = {
    b"\x89PNG\r\n\x1a\n": "png",
    b"GIF8": "gif",
    b"BM": "bmp",
    b"II*\0": "tiff",
    b"MM\0*": "tiff",
}
"""How the formats begin that people try instead."""

HEIF: Final = (b"heic", b"heix", b"mif1", b"msf1", b"avif")


def is_available() -> bool:
    """Tell whether Pillow is installed."""
    return find_spec("PIL") is not None


def measure(source: MediaSource, stat: MediaStat, name: str) -> PhotoFacts:
    """Return what the photo *name* is; without Pillow a JPEG has no known size.

    Raises:
        MediaError: It is broken, or no picture.
        PluginError: Its source broke its promise.
    """
    file = Blocks(source, stat.size_bytes, budget=BUDGET)
    try:
        head = file.read(HEAD_BYTES)
        file.require_sound()
        kind = _format(head, name)
        width, height = _sides(kind, head, file, stat.size_bytes)
        file.require_sound()
    except Exception as error:  # noqa: BLE001 - a reader of pictures may raise anything
        raise _failed(file.failure or error, name) from None
    return PhotoFacts(
        format=kind, size_bytes=stat.size_bytes, width=width, height=height
    )


def sniff(head: bytes) -> str:
    """Return the format of a picture that starts with *head*, or nothing."""
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp" and head[8:12] in HEIF:
        return "avif" if head[8:12] == b"avif" else "heic"
    return next((kind for sign, kind in OTHERS.items() if head.startswith(sign)), "")


def _format(head: bytes, name: str) -> str:
    kind = sniff(head)
    if not kind:
        raise MediaError(
            f"{name} is no JPEG or WebP photo, whatever its name says",
            hint="export it again as JPEG",
        )
    return kind


def _sides(kind: str, head: bytes, file: Blocks, size: int) -> tuple[int, int]:
    if kind == "webp":
        if int.from_bytes(head[4:8], "little") + 8 > size:
            raise EOFError("it is cut off")
        return webp_sides(head)
    if kind == "jpeg" and is_available():
        from PIL.JpegImagePlugin import JpegImageFile  # noqa: PLC0415 - see `video`

        file.seek(0)
        # Not `Image.open`: it warns of large pictures, and we refuse them ourselves.
        return JpegImageFile(cast("IO[bytes]", file), "").size
    if kind == "png" and head[12:16] == b"IHDR":
        return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")
    return 0, 0


def webp_sides(head: bytes) -> tuple[int, int]:
    """Return width and height of a WebP that starts with *head*.

    Pillow reads such a file as a whole to tell them. Source: RFC 9649.

    Raises:
        ValueError: It is none.
    """
    kind, numbers = head[12:16], head[20:]
    if kind == b"VP8 " and numbers[3:6] == b"\x9d\x01\x2a":
        sides = numbers[6:8], numbers[8:10]
        width, height = (int.from_bytes(one, "little") & 0x3FFF for one in sides)
    elif kind == b"VP8L" and numbers[:1] == b"\x2f":
        bits = int.from_bytes(numbers[1:5], "little")
        width, height = 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    elif kind == b"VP8X" and len(numbers) >= 10:  # noqa: PLR2004 - flags and sides
        sides = numbers[4:7], numbers[7:10]
        width, height = (1 + int.from_bytes(one, "little") for one in sides)
    else:
        raise ValueError("its first chunk is none of a picture")
    return width, height


def _failed(error: Exception, name: str) -> BridgeError:
    """Return what to raise for *error*: it names the photo."""
    if isinstance(error, BridgeError):
        return error
    reason = str(error) or type(error).__name__
    if isinstance(error, BudgetError):
        reason = f"nothing in {BUDGET:,} bytes tells its size"
    return MediaError(
        f"{name} is broken: its header cannot be read ({reason})",
        hint="export it again",
    )
