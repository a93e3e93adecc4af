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
    from tiktok_bridge.guard import GuardedNotifier
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
        self._opened: dict[str, GuardedNotifier] = {}
        self._at_work = threading.Lock()
        self._has_news = True
        self._warned: set[str] = set()

    def announce(self, entry: Entry) -> list[tuple[str, Event]]:
        """Return the event of *entry*'s move, for each notifier that wants it."""
        if not self._notify:
            return []
        told = event(entry)
        return [
            (one.to, told)
            for one in self._notify
            if any(fnmatchcase(told["type"], pattern) for pattern in one.events)
        ]

    def expect(self) -> None:
        """Note that something was announced, and is on disk now."""
        self._has_news = bool(self._notify)

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
        is_done = True
        while is_done and self._at_work.acquire(blocking=False):
            try:
                self._has_news = False
                is_done = self._deliver(outbox)
            finally:
                self._at_work.release()
            if not self._has_news:  # nobody else has left anything meanwhile
                break
        self._has_news |= not is_done

    def _deliver(self, outbox: Outbox) -> bool:
        """Deliver what is pending now; return whether all of it was."""
        is_done = True
        wanted = {one.to for one in self._notify}
        lines: dict[str, list[Pending]] = {}
        for pending in outbox.pending():
            lines.setdefault(pending.notifier, []).append(pending)
        for url, waiting in lines.items():
            if url not in wanted:
                outbox.delivered(*waiting)
                continue
            done: list[Pending] = []
            try:
                self._hand_over(url, waiting, done)
            except BridgeError as error:
                self._warn(url, error)
            finally:
                outbox.delivered(*done)
            is_done &= len(done) == len(waiting)
        return is_done

    def _hand_over(self, url: str, waiting: list[Pending], done: list[Pending]) -> None:
        """Give the notifier at *url* what is *waiting*, and note what is *done*."""
        notifier = self._open(url)
        if notifier.takes_many:
            notifier.notify_all([one.event for one in waiting])
            done += waiting
            return
        blocked = set()
        for one in waiting:
            if one.key in blocked:
                continue
            try:
                notifier.notify(one.event)
            except BridgeError as error:
                blocked.add(one.key)
                self._warn(url, error)
            else:
                done.append(one)

    def _open(self, url: str) -> GuardedNotifier:
        if url not in self._opened:
            self._opened[url] = self._host.open_notifier(url)
        return self._opened[url]

    def _warn(self, url: str, error: BridgeError) -> None:
        if url not in self._warned:
            self._warned.add(url)
            log.warning(
                "an event was not delivered, and is tried again later: %s", error
            )
