"""Reach every documented call of TikTok through one pool of connections."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Self

from tiktok_bridge.config.settings import TIKTOK_UPLOADS, TIKTOK_URL
from tiktok_bridge.tiktok.content import Content
from tiktok_bridge.tiktok.display import Display
from tiktok_bridge.tiktok.oauth import OAuth
from tiktok_bridge.tiktok.wire import Wire

if TYPE_CHECKING:
    import httpx

    from tiktok_bridge.config.settings import AppSettings
    from tiktok_bridge.redaction.redaction import Redaction


class Client:
    """TikTok, typed; knows no ledger, keeps no token and repeats nothing.

    Close it, or use it in a `with` block. It may be shared by threads.

    Args:
        app: The app at developers.tiktok.com.
        base_url: Where the API answers.
        upload_hosts: Patterns of hosts that may receive bytes, besides the API's own.
        transport: Sends the requests; TLS with proxies and CA bundles of the
            environment unless given.
        redaction: Hides the secrets that it meets; one of its own unless given.

    Attributes:
        app: The app that it speaks for.
        oauth: Exchange, renew and revoke tokens.
        content: Publish, watch and cancel.
        display: Ask for the creator and the public posts.
    """

    def __init__(
        self,
        app: AppSettings,
        *,
        base_url: str = TIKTOK_URL,
        upload_hosts: tuple[str, ...] = (TIKTOK_UPLOADS,),
        transport: httpx.BaseTransport | None = None,
        redaction: Redaction | None = None,
    ) -> None:
        self.wire = Wire(transport, redaction)
        self.redaction = self.wire.redaction
        self.redaction.add(app.client_secret, keep=True)
        self.app = app
        self._base_url = base_url.rstrip("/")
        self._upload_hosts = upload_hosts

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def interrupt(self) -> None:
        """End what other threads have under way, with a NetworkError for each."""
        self.wire.interrupt()

    def close(self) -> None:
        """Close every connection."""
        self.wire.close()

    @cached_property
    def oauth(self) -> OAuth:
        """The OAuth endpoints."""
        return OAuth(self.wire, self._base_url, self.app)

    @cached_property
    def content(self) -> Content:
        """The Content Posting API."""
        return Content(self.wire, self._base_url, self._upload_hosts)

    @cached_property
    def display(self) -> Display:
        """The Display API."""
        return Display(self.wire, self._base_url)
