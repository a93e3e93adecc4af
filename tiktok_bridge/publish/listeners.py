"""Call whoever wants to know what happens, one at a time; none can fail a post."""

from __future__ import annotations

import logging
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tiktok_bridge.publish.report import event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tiktok_bridge.ledger.entry import Entry
    from tiktok_bridge.models import Event, PostKey

    OnEvent = Callable[[Event], None]
    OnProgress = Callable[[PostKey, int, int], None]

log = logging.getLogger(__name__)


class Listeners:
    """The callbacks of one `Bridge`, and those of its calls."""

    def __init__(
        self,
        on_event: OnEvent | None,
        on_progress: OnProgress | None,
        expect: Callable[[Entry], None],
    ) -> None:
        self._expect = expect
        self._on_event = on_event
        self._on_progress = on_progress
        self._of_posts: dict[PostKey, OnEvent] = {}
        self._speaking = threading.RLock()

    @contextmanager
    def added(
        self, keys: Iterable[PostKey], on_event: OnEvent | None
    ) -> Iterator[None]:
        """Tell *on_event*, too, what happens to the posts *keys*."""
        wanted = list(keys) if on_event else []
        if on_event:
            self._of_posts |= dict.fromkeys(wanted, on_event)
        try:
            yield
        finally:
            for key in wanted:
                self._of_posts.pop(key, None)

    def tell(self, entry: Entry) -> None:
        """Tell that *entry* has moved: first that there is something to deliver."""
        self._expect(entry)
        for listener in (self._on_event, self._of_posts.get(entry.key)):
            if listener:
                with self._tolerated(entry.key):
                    listener(event(entry))

    def show(self, entry: Entry, sent: int) -> None:
        """Tell that *sent* bytes of *entry* are on their way."""
        if self._on_progress:
            with self._tolerated(entry.key):
                self._on_progress(entry.key, sent, entry.size_bytes or 0)

    @contextmanager
    def _tolerated(self, key: PostKey) -> Iterator[None]:
        """Let a callback fail without failing the post."""
        with self._speaking:
            try:
                yield
            except Exception:
                log.exception("a callback for %s failed", key)
