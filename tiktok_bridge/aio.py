"""Publish from asyncio: the same calls, each in a worker thread."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Self

from tiktok_bridge.bridge import PATIENCE, Bridge
from tiktok_bridge.config.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

    from tiktok_bridge.config.posts import PostsFile
    from tiktok_bridge.models import Event, Post, Problem, Result
    from tiktok_bridge.publish.events import Events
    from tiktok_bridge.publish.listeners import OnEvent
    from tiktok_bridge.redaction.redaction import Redaction
    from tiktok_bridge.tiktok.authorize import Authorization
    from tiktok_bridge.tiktok.webhooks import Headers, WebhookEvent
    from tiktok_bridge.tokens.login import Grant


class AsyncBridge:
    """A `Bridge` for asyncio; takes what `Bridge` takes.

    The `on_event` of a call is called in the event loop's thread; callbacks that are
    given to the bridge itself are called in the worker's. Cancelling a call lets its
    thread go on to the end; the ledger knows where the post stands.
    """

    def __init__(self, settings: Settings, *args: Any, **options: Any) -> None:  # noqa: ANN401 - see `Bridge`
        self._bridge = Bridge(settings, *args, **options)

    @classmethod
    def from_config(cls, path: str | Path, **options: Any) -> Self:  # noqa: ANN401 - see `Bridge`
        """See `Bridge.from_config`."""
        return cls(Settings.from_file(path), **options)

    @property
    def redaction(self) -> Redaction:
        """See `Bridge.redaction`."""
        return self._bridge.redaction

    @property
    def events(self) -> Events:
        """See `Bridge.events`; call its methods in a worker thread."""
        return self._bridge.events

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """See `Bridge.close`."""
        await asyncio.to_thread(self._bridge.close)

    async def check(self, post: Post) -> list[Problem]:
        """See `Bridge.check`."""
        return await asyncio.to_thread(self._bridge.check, post)

    async def accept(self, post: Post) -> Result:
        """See `Bridge.accept`."""
        return await asyncio.to_thread(self._bridge.accept, post)

    async def publish(
        self, post: Post, *, on_event: OnEvent | None = None, wait: float = PATIENCE
    ) -> Result:
        """See `Bridge.publish`."""
        return (await self.publish_all([post], on_event=on_event, wait=wait))[0]

    async def publish_all(
        self,
        posts: Sequence[Post],
        *,
        on_event: OnEvent | None = None,
        wait: float = PATIENCE,
        jobs: int = 1,
    ) -> list[Result]:
        """See `Bridge.publish_all`."""
        return await asyncio.to_thread(
            self._bridge.publish_all,
            posts,
            on_event=_in_loop(on_event) if on_event else None,
            wait=wait,
            jobs=jobs,
        )

    async def publish_file(
        self, file: PostsFile, *, wait: float = PATIENCE, jobs: int = 1
    ) -> list[Result]:
        """See `Bridge.publish_file`."""
        return await asyncio.to_thread(
            self._bridge.publish_file, file, wait=wait, jobs=jobs
        )

    async def advance(self, post_id: str, account: str | None = None) -> Result:
        """See `Bridge.advance`."""
        return await asyncio.to_thread(self._bridge.advance, post_id, account)

    async def deliver(self) -> float | None:
        """See `Bridge.deliver`."""
        return await asyncio.to_thread(self._bridge.deliver)

    async def due(self) -> list[Result]:
        """See `Bridge.due`."""
        return await asyncio.to_thread(self._bridge.due)

    async def find(self, post_id: str, account: str | None = None) -> Result | None:
        """See `Bridge.find`."""
        return await asyncio.to_thread(self._bridge.find, post_id, account)

    async def retry(self, post_id: str, account: str | None = None) -> Result:
        """See `Bridge.retry`."""
        return await asyncio.to_thread(self._bridge.retry, post_id, account)

    async def settle(
        self, post_id: str, account: str | None = None, *, published: bool
    ) -> Result:
        """See `Bridge.settle`."""
        return await asyncio.to_thread(
            self._bridge.settle, post_id, account, published=published
        )

    async def cancel(self, post_id: str, account: str | None = None) -> Result:
        """See `Bridge.cancel`."""
        return await asyncio.to_thread(self._bridge.cancel, post_id, account)

    async def look(self, post_id: str, account: str | None = None) -> Result:
        """See `Bridge.look`."""
        return await asyncio.to_thread(self._bridge.look, post_id, account)

    async def receive(self, headers: Headers, body: bytes) -> WebhookEvent:
        """See `Bridge.receive`."""
        return await asyncio.to_thread(self._bridge.receive, headers, body)

    def begin_login(
        self, redirect_uri: str | None = None, *, always_ask: bool = False
    ) -> Authorization:
        """See `Bridge.begin_login`; it does not wait for anything."""
        return self._bridge.begin_login(redirect_uri, always_ask=always_ask)

    async def finish_login(
        self,
        account: str,
        authorization: Authorization,
        query: str | bytes,
        *,
        switch_user: bool = False,
    ) -> Grant:
        """See `Bridge.finish_login`."""
        return await asyncio.to_thread(
            self._bridge.finish_login,
            account,
            authorization,
            query,
            switch_user=switch_user,
        )


def _in_loop(callback: OnEvent) -> OnEvent:
    loop = asyncio.get_running_loop()

    def call(event: Event) -> None:
        loop.call_soon_threadsafe(callback, event)

    return call
