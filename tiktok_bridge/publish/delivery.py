"""Hand events from the outbox to their notifiers; a post never fails for it."""

from __future__ import annotations

import logging
import threading
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from tiktok_bridge.errors import BridgeError
from tiktok_bridge.publish.report import event

if TYPE_CHECKING:
    from tiktok_bridge.config.settings import Notify
    from tiktok_bridge.hookspecs import Notifier
    from tiktok_bridge.host import Host
    from tiktok_bridge.ledger.entry import Entry
    from tiktok_bridge.ledger.outbox import Outbox, Pending
    from tiktok_bridge.models import Event

log = logging.getLogger(__name__)


class Delivery:
    """The notifiers of one installation."""

    def __init__(self, host: Host, notify: tuple[Notify, ...]) -> None:
        self._host = host
        self._notify = notify
        self._opened: dict[str, Notifier] = {}
        self._at_work = threading.Lock()
        self._has_news = True
        self._warned: set[str] = set()

    def announce(self, entry: Entry) -> list[tuple[str, Event]]:
        """Return the event of *entry*'s move, for each notifier that wants it."""
        if not self._notify:
            return []
        told = event(entry)
        events = [
            (one.to, told)
            for one in self._notify
            if any(fnmatchcase(told["type"], pattern) for pattern in one.events)
        ]
        self._has_news |= bool(events)
        return events

    def deliver(self, outbox: Outbox, *, only_news: bool = False) -> None:
        """Deliver what is pending; what fails stays, with all that follows it.

        Events for a notifier that is no longer in the settings are forgotten. One
        thread delivers at a time, and the others leave theirs to it, or to the next.

        Args:
            outbox: What is pending.
            only_news: Do not even look unless this process has announced something.
        """
        if only_news and not self._has_news:
            return
        if not self._at_work.acquire(blocking=False):
            return
        try:
            self._has_news = False
            self._deliver(outbox)
        finally:
            self._at_work.release()

    def _deliver(self, outbox: Outbox) -> None:
        wanted = {one.to for one in self._notify}
        blocked = set()
        done: list[Pending] = []
        try:
            for pending in outbox.pending():
                line = (pending.notifier, pending.key)
                if pending.notifier not in wanted:
                    done.append(pending)
                elif line in blocked or not self._try(pending):
                    blocked.add(line)
                else:
                    done.append(pending)
        finally:
            outbox.delivered(*done)

    def _try(self, pending: Pending) -> bool:
        url = pending.notifier
        try:
            if url not in self._opened:
                self._opened[url] = self._host.open_notifier(url)
            self._opened[url].notify(pending.event)
        except BridgeError as error:
            if url not in self._warned:
                self._warned.add(url)
                log.warning(
                    "an event was not delivered, and is tried again later: %s", error
                )
            return False
        return True
