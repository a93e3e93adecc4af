"""Hand events from the outbox to their notifiers; a post never fails for it."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import partial
from typing import TYPE_CHECKING

from tiktok_bridge.ledger.turns import Outcome, Turn
from tiktok_bridge.publish.recipient import DEADLINE, Recipient
from tiktok_bridge.publish.report import event, type_of
from tiktok_bridge.redaction.addresses import without_secrets

if TYPE_CHECKING:
    from collections.abc import Iterable
    from random import Random

    from tiktok_bridge.clock import Clock
    from tiktok_bridge.config.settings import Notify
    from tiktok_bridge.host import Host
    from tiktok_bridge.ledger.entry import Entry
    from tiktok_bridge.ledger.ledger import Ledger
    from tiktok_bridge.ledger.turns import Turns
    from tiktok_bridge.models import Event

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Line:
    """What this process knows of the way to one notifier.

    Attributes:
        patterns: Types of the events that it wants.
        has_news: Whether something may be due that was not looked for yet.
        next_at: When something is due again, as far as this process knows.
    """

    recipient: Recipient
    patterns: set[str]
    has_news: bool = True
    next_at: float | None = None
    at_work: threading.Lock = field(default_factory=threading.Lock)

    def wants(self, kind: str) -> bool:
        """Tell whether the notifier wants events of the type *kind*."""
        return any(fnmatchcase(kind, pattern) for pattern in self.patterns)


class Delivery:
    """The notifiers of one installation.

    Args:
        host: Opens them.
        notify: Which there are. Entries with one URL are one notifier.
        clock: What time it is.
        random: Spreads the tries.
        deadline: Seconds after which a call of a notifier is given up.
    """

    def __init__(
        self,
        host: Host,
        notify: Iterable[Notify],
        clock: Clock,
        random: Random,
        deadline: float = DEADLINE,
    ) -> None:
        self._clock = clock
        self._lines: dict[str, Line] = {}
        self._warned: set[tuple[str, bool]] = set()
        patterns: dict[str, set[str]] = {}
        for one in notify:
            patterns.setdefault(one.to, set()).update(one.events)
        for url, wanted in patterns.items():
            name = self._free_name(without_secrets(url))
            find = partial(host.open_notifier, url)
            recipient = Recipient(name, find, clock, random, deadline)
            self._lines[name] = Line(recipient, wanted)

    @property
    def names(self) -> set[str]:
        """What the ledger calls the notifiers of the settings."""
        return set(self._lines)

    def announce(self, entry: Entry) -> list[tuple[str, Event]]:
        """Return the event of *entry*'s move, for each notifier that wants it."""
        kind = type_of(entry)
        names = [name for name, line in self._lines.items() if line.wants(kind)]
        told = event(entry) if names else None
        return [(name, told) for name in names if told]

    def expect(self, entry: Entry) -> None:
        """Note that the move of *entry* was announced, and is on disk now."""
        for line in self._lines.values():
            line.has_news |= line.wants(type_of(entry))

    def deliver(self, ledger: Ledger, *, only_news: bool = False) -> float | None:
        """Deliver what is due, and return when something is due again, if at all.

        One thread delivers to a notifier at a time, and the others leave theirs to
        it. Another process that delivers to it takes ours along.

        Args:
            ledger: What is pending.
            only_news: Do not even look for what this process does not know of.
        """
        waited_for = set() if only_news else ledger.outbox.waited_for()
        self._warn_of_removed(waited_for - self.names)
        for name, line in self._lines.items():
            is_due = line.next_at is not None and line.next_at <= self._clock.now()
            if line.has_news or is_due or name in waited_for:
                self._deliver(line, ledger.turns)
        times = [line.next_at for line in self._lines.values() if line.next_at]
        return min(times, default=None)

    def _deliver(self, line: Line, turns: Turns) -> None:
        while not line.recipient.is_hanging and line.at_work.acquire(blocking=False):
            try:
                line.has_news = False
                line.next_at = self._take_turns(line.recipient, turns)
            except BaseException:
                line.has_news = True
                raise
            finally:
                line.at_work.release()
            if not line.has_news:  # nobody else has left anything meanwhile
                return

    def _take_turns(self, recipient: Recipient, turns: Turns) -> float | None:
        """Deliver as long as something is due; return when something is again."""
        turn = turns.take(recipient.name)
        while isinstance(turn, Turn):
            outcome, is_whole = Outcome(), False
            try:
                recipient.hand_over(turn, outcome)
                is_whole = True
            finally:
                turn = turns.settle(turn, outcome, goes_on=is_whole)
            self._warn(recipient.name, outcome)
        return turn.at

    def _free_name(self, name: str) -> str:
        """Return *name*, numbered if another URL that differs in a secret has it."""
        number, free = 1, name
        while free in self._lines:
            number += 1
            free = f"{name}#{number}"
        return free

    def _warn(self, name: str, outcome: Outcome) -> None:
        for one in outcome.failed:
            is_dead = one.wait is None
            if (name, is_dead) not in self._warned:
                self._warned.add((name, is_dead))
                what = "is not tried again" if is_dead else "is tried again later"
                log.warning("an event was not delivered, and %s: %s", what, one.error)

    def _warn_of_removed(self, names: set[str]) -> None:
        for name in sorted(names):
            if (name, True) not in self._warned:
                self._warned.add((name, True))
                log.warning(
                    "events wait for %s, which is not under `notify`;"
                    " see `tiktok-bridge posts events --state removed`",
                    name,
                )
