"""A sandbox served by a thread of the calling process."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tiktok_bridge_sandbox.app import build_app
from tiktok_bridge_sandbox.sandbox import Sandbox
from tiktok_bridge_sandbox.server import base_url, bind, serve

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def running(scenario: str = "audited", **switches: object) -> Iterator[str]:
    """Serve *scenario* on a free port of loopback; yield the base URL."""
    app = build_app(Sandbox(scenario, switches))
    sock = bind("127.0.0.1", 0)
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()
    thread = threading.Thread(
        target=loop.run_until_complete,
        args=(serve(app, sock, stop),),
        name="tiktok-sandbox",
    )
    thread.start()
    try:
        # The socket listens already: whoever connects now is served soon.
        yield base_url(sock)
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()
