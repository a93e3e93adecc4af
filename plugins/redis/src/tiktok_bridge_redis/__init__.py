"""Keep tokens, read media and send events on a Redis server.

Each hook imports what it opens, so that loading the plugin costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge import BridgeError, ConfigError, MediaError, StoreError, hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import (
        Check,
        Collector,
        Fact,
        MediaSource,
        Notifier,
        TokenStore,
        Visit,
    )

HOOK_VERSION: Final = 1

_SCHEMES: Final = ["redis", "rediss", "redis+sentinel", "rediss+sentinel", "unix"]
SCHEMES: Final = {
    "open_token_store": _SCHEMES,
    "open_media_source": _SCHEMES,
    "open_notifier": _SCHEMES,
}


@hookimpl
def open_token_store(url: str) -> TokenStore | None:
    """Open the server that *url* names as a token store."""
    from tiktok_bridge_redis.urls import TOKENS, read_url  # noqa: PLC0415 - see above

    address = read_url(url, TOKENS, ConfigError)
    if address is None:
        return None
    from tiktok_bridge_redis.server import Server  # noqa: PLC0415 - see above
    from tiktok_bridge_redis.store import RedisTokenStore  # noqa: PLC0415 - see above

    prefix, lease = address.options["prefix"], address.options["lease"]
    return RedisTokenStore(Server(address, StoreError), prefix=prefix, lease=lease)


@hookimpl
def open_media_source(url: str) -> MediaSource | None:
    """Open the value of the key that *url* names as media."""
    from tiktok_bridge_redis.urls import MEDIA, read_url  # noqa: PLC0415 - see above

    address = read_url(url, MEDIA, MediaError)
    if address is None:
        return None
    from tiktok_bridge_redis.media import RedisMedia  # noqa: PLC0415 - see above
    from tiktok_bridge_redis.server import Server  # noqa: PLC0415 - see above

    return RedisMedia(Server(address, MediaError), address.options["key"])


@hookimpl
def open_notifier(url: str) -> Notifier | None:
    """Open the stream or the channel that *url* names."""
    from tiktok_bridge_redis.urls import EVENTS, read_url  # noqa: PLC0415 - see above

    address = read_url(url, EVENTS, ConfigError)
    if address is None:
        return None
    from tiktok_bridge_redis import notifier  # noqa: PLC0415 - see above
    from tiktok_bridge_redis.server import Server  # noqa: PLC0415 - see above

    server, options = Server(address, BridgeError), address.options
    if options["channel"]:
        return notifier.ChannelNotifier(server, options["channel"])
    return notifier.StreamNotifier(server, options["stream"], options["maxlen"])


@hookimpl
def known_secrets() -> list[str]:
    """Return the passwords of the servers that were opened, also those in files."""
    from tiktok_bridge_redis.secrets import known  # noqa: PLC0415 - see above

    return known()


@hookimpl
def register_collectors() -> list[Collector]:
    """Return what gathers the facts of the servers for the doctor."""
    from tiktok_bridge import Collector  # noqa: PLC0415 - see above

    return [Collector("redis", _collect, "S1", seconds=6.0)]


def _collect(visit: Visit) -> Iterator[Fact]:
    """Ask only where there is something to ask: the library takes long to import."""
    urls = [url for _, _, url in visit.settings.plugged()] if visit.settings else []
    if any(url.partition(":")[0].lower() in _SCHEMES for url in urls):
        from tiktok_bridge_redis.facts import collect  # noqa: PLC0415 - see above

        yield from collect(visit)


@hookimpl
def register_checks() -> list[Check]:
    """Return what judges them."""
    from tiktok_bridge_redis.checks import CHECKS  # noqa: PLC0415 - see above

    return list(CHECKS)
