"""Find the address from which TikTok fetches what a post names.

Source: developers.tiktok.com/doc/content-posting-api-media-transfer-guide: https, a
domain or a prefix that the app has verified, no redirect.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from tiktok_bridge.errors import MediaError, PluginError
from tiktok_bridge.media.locate import locate
from tiktok_bridge.redaction.addresses import shown

if TYPE_CHECKING:
    from pathlib import Path

    from tiktok_bridge.host import Host

INSTEAD: Final = (
    "name an https:// address on a domain, or below a prefix, that the app has"
    " verified at developers.tiktok.com"
)


def public_url(host: Host, name: str, media_root: Path) -> str:
    """Return the address from which TikTok can fetch *name*.

    It is *name* itself, or what the plugin that opens it publishes it under; that one
    may be a secret.

    Raises:
        MediaError: It has none, or one that TikTok refuses.
        PluginError: No plugin opens its scheme.
    """
    address = name
    if not name.lower().startswith(("https:", "http:")):
        source = host.open_media_source(locate(name, media_root))
        address = source.public_url() or ""
        if not address:
            raise MediaError(
                f"{shown(name)} has no public address, so that TikTok cannot fetch it",
                hint=f"{INSTEAD}; or upload a video with `transfer: upload`",
            )
    if wrong := _problem(address):
        of = "" if address == name else "the public address of "
        raise MediaError(f"{of}{shown(name)} {wrong}", hint=INSTEAD)
    return address


def unreachable(host: Host, name: str, media_root: Path) -> MediaError | None:
    """Say why TikTok cannot fetch *name*, or return None where that is not known."""
    try:
        public_url(host, name, media_root)
    except MediaError as error:
        return error
    except PluginError:
        return None  # told by whoever looks at the file itself
    return None


def _problem(address: str) -> str | None:
    """Say why TikTok fetches nothing from *address*, or return None."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "is no address"
    plain = address.isascii() and address.isprintable()
    if not host or not plain or " " in address or "\\" in address:
        return "is no address of plain signs"
    if parts.scheme != "https":
        return "is not https, and TikTok fetches from nothing else"
    if parts.username is not None:
        return "holds a user's name, which TikTok does not send"
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return None
    return "names a machine by its number; TikTok wants a verified domain"
