"""Work that outlives a request and ends with its backend."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Coroutine

NAME: Final = "tiktok-sandbox-background"
"""What every such task is called, so that a stopping server finds them."""


class Background:
    """The tasks of one backend."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_over = False

    def start(self, work: Coroutine[None, None, None]) -> None:
        """Run *work* beside the requests, unless the backend was replaced."""
        if self._is_over:
            work.close()
            return
        task = asyncio.get_running_loop().create_task(work, name=NAME)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def cancel(self) -> None:
        """End everything that still runs, and start nothing any more."""
        self._is_over = True
        for task in self._tasks:
            task.cancel()


def cancel_all() -> None:
    """End the background work of every backend that this loop served."""
    for task in asyncio.all_tasks():
        if task.get_name() == NAME:
            task.cancel()
