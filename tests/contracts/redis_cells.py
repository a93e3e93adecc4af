"""The three things that the plugin for Redis opens, as the tests use them."""

from __future__ import annotations

import re
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import tiktok_bridge_redis
from tiktok_bridge import StoreError
from tiktok_bridge.testing import make_event
from tiktok_bridge_redis.server import Server
from tiktok_bridge_redis.store import PATIENCE, RedisTokenStore
from tiktok_bridge_redis.urls import TOKENS, read_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.redis_server import Server as TestServer
    from tiktok_bridge import MediaSource, Notifier

README = Path(__file__).parents[2] / "plugins" / "redis" / "README.md"

PASSWORD = "c0rrect-h0rse"  # noqa: S105 - of a server that lives for a test


def open_store(
    url: str, *, patience: float = PATIENCE, kind: type[RedisTokenStore] | None = None
) -> RedisTokenStore:
    """Open a store that gives up on a server after *patience* seconds."""
    address = read_url(url, TOKENS, StoreError)
    assert address is not None
    options = address.options
    return (kind or RedisTokenStore)(
        Server(address, StoreError),
        prefix=options["prefix"],
        lease=options["lease"],
        patience=patience,
    )


def open_media(url: str) -> MediaSource:
    media = tiktok_bridge_redis.open_media_source(url)
    assert media is not None
    return media


def open_notifier(url: str) -> Notifier:
    notifier = tiktok_bridge_redis.open_notifier(url)
    assert notifier is not None
    return notifier


USES: dict[str, Callable[[str], object]] = {
    "load": lambda url: open_store(url).load("acme"),
    "save": lambda url: open_store(url, patience=0).save("acme", b"record"),
    "lock": lambda url: open_store(url).lock("acme", timeout=0).__enter__(),
    "read": lambda url: open_media(with_option(url, "key=clip.mp4")).stat(),
    "notify": lambda url: open_notifier(with_option(url, "stream=tiktok")).notify(
        make_event(1)
    ),
    "publish": lambda url: open_notifier(with_option(url, "channel=tiktok")).notify(
        make_event(1)
    ),
}
"""One use of each thing that is opened, once at the URL of a server."""


def with_option(url: str, option: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}{option}"


def create_users(server: TestServer) -> None:
    """Create the users that the README shows, with the rights that it gives them."""
    lines = re.findall(r"^ACL SETUSER .*$", README.read_text(), re.MULTILINE)
    assert len(lines) == 3
    with server.client() as client:
        for line in lines:
            client.execute_command(*line.replace("PASSWORD", PASSWORD).split())


@contextmanager
def locked_out(server: TestServer, user: str) -> Iterator[None]:
    """Take the rights of *user* away during the block, and its connections."""
    with server.client() as client:
        client.execute_command("ACL", "DELUSER", user)
    try:
        yield
    finally:
        create_users(server)


def content_of(server: TestServer) -> dict[bytes, object]:
    with server.client() as client:
        return {key: client.dump(key) for key in client.scan_iter()}


def login(user: str) -> str:
    return f"{user}:{PASSWORD}"
