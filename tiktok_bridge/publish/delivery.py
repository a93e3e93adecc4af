"""Hand events from the outbox to their notifiers; a post never fails for it."""

from __future__ import annotations

import logging
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

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

    def announce(self, entry: Entry) -> list[tuple[str, Event]]:
        """Return the event of *entry*'s move, for each notifier that wants it."""
        told = event(entry)
        return [
            (one.to, told)
            for one in self._notify
            if any(fnmatchcase(told["type"], pattern) for pattern in one.events)
        ]

    def deliver(self, outbox: Outbox) -> None:
        """Deliver what is pending; what fails stays, with all that follows it."""
        if not self._notify:
            return
        blocked = set()
        for pending in outbox.pending():
            line = (pending.notifier, pending.key)
            if line in blocked or not self._try(pending):
                blocked.add(line)
            else:
                outbox.delivered(pending)

    def _try(self, pending: Pending) -> bool:
        url = pending.notifier
        try:
            if url not in self._opened:
                self._opened[url] = self._host.open("open_notifier", url)
            self._opened[url].notify(pending.event)
        except Exception as error:  # noqa: BLE001 - plugins may raise anything
            scheme = url.partition(":")[0]
            log.warning(
                "the %s: notifier did not take %s (%s); it is tried again at the next"
                " event or run",
                scheme,
                pending.event["id"],
                error,
            )
            return False
        return True
