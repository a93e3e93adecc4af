"""Notifiers that a test can spoil, and processes that deliver to them."""

from __future__ import annotations

from itertools import count
from random import Random
from types import ModuleType
from typing import TYPE_CHECKING

from tiktok_bridge import EventRefusedError, Notify, Post, State, hookimpl
from tiktok_bridge import host as hosts
from tiktok_bridge.ledger.database import Database
from tiktok_bridge.ledger.ledger import Ledger
from tiktok_bridge.publish.delivery import Delivery
from tiktok_bridge.publish.events import Events

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tiktok_bridge import Event
    from tiktok_bridge.clock import Clock
    from tiktok_bridge.ledger.entry import Entry


NUMBERS = count(1)
"""Of processes: each spreads its tries by itself."""


class Desk:
    """A notifier that fails as a test wants it.

    Attributes:
        told: The ids of the events that it took.
        calls: How often it was called.
        error: What it raises, if anything.
        stumbles: Events, or posts with all of theirs, that it cannot take.
        refuses: Those that it will never take.
        during: Called in the middle of each call.
    """

    def __init__(self) -> None:
        self.told: list[str] = []
        self.calls = 0
        self.error: BaseException | None = None
        self.stumbles: set[str] = set()
        self.refuses: set[str] = set()
        self.during: Callable[[], object] = lambda: None

    def notify(self, event: Event) -> None:
        """Take *event*, or fail."""
        self.take([event])

    def take(self, events: Sequence[Event]) -> None:
        """Take all of *events* or none."""
        self.calls += 1
        self.during()
        if self.error:
            raise self.error
        names = {name for event in events for name in (event["id"], event["subject"])}
        if names & self.refuses:
            raise EventRefusedError("410 gone")
        if names & self.stumbles:
            raise ValueError("that one is odd")
        self.told += [event["id"] for event in events]

    def of(self, post: str) -> list[int]:
        """Return the versions of *post* that it was told of, as they came."""
        ids = [one for one in self.told if one.startswith(f"acme/{post}/")]
        return [int(one.rpartition("/")[2]) for one in ids]


class BatchDesk(Desk):
    """The same, which takes several at once."""

    def notify_all(self, events: Sequence[Event]) -> None:
        """Take all of *events* or none."""
        self.take(events)


def plugged(desks: Mapping[str, Desk]) -> hosts.Host:
    """Return the plugins, with one that opens *desks* by their URLs."""
    plugin = ModuleType("desks")
    vars(plugin)["open_notifier"] = hookimpl(lambda url: desks.get(url))  # noqa: PLW0108 - its argument is named
    host = hosts.load([])
    host.plugins.register(plugin, name="desks")
    return host


class Process:
    """What one process has open: a ledger, and the way to its notifiers."""

    def __init__(
        self,
        url: str,
        clock: Clock,
        desks: Mapping[str, Desk],
        *,
        notify: Sequence[Notify] = (),
        deadline: float = 30.0,
    ) -> None:
        wanted = notify or [Notify(one) for one in desks]
        chance = Random(next(NUMBERS))  # noqa: S311 - the same in each run
        self.delivery = Delivery(plugged(desks), wanted, clock, chance, deadline)
        self.ledger = Ledger(
            Database(url), clock, self.delivery.announce, self.delivery.expect
        )
        self.events = Events(self.delivery, lambda: self.ledger)

    def accept(self, *ids: str) -> None:
        """Take posts; each is an event."""
        self.ledger.accept([(_post(one), 5) for one in ids])

    def move(self, post: str) -> Entry:
        """Move *post* to and fro; each move is an event."""
        entry = self.ledger.named(post)
        is_planned = entry.state == State.PLANNED
        goal = State.FAILED if is_planned else State.PLANNED
        return self.ledger.move(entry, goal, "to and fro")

    def deliver(self, *, only_news: bool = False) -> float | None:
        """Deliver what is due."""
        return self.delivery.deliver(self.ledger, only_news=only_news)

    def left(self, *posts: str) -> list[tuple[str, str]]:
        """Return what is not delivered: notifier and event."""
        return [
            (one.notifier, one.event["id"])
            for one in self.ledger.outbox.pending()
            if not posts or one.key.id in posts
        ]

    def close(self) -> None:
        """Close the ledger."""
        self.ledger.close()


def _post(post: str) -> Post:
    return Post(id=post, account="acme", video="a.mp4", privacy="SELF_ONLY")
