"""Advance several posts until each has ended or there is nothing to wait for."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from tiktok_bridge.errors import BusyError
from tiktok_bridge.ledger.states import AT_REST
from tiktok_bridge.models import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tiktok_bridge.clock import Clock
    from tiktok_bridge.ledger.entry import Entry
    from tiktok_bridge.models import PostKey

MAX_FRUITLESS: Final = 5
"""Tries without luck in a row after which a run leaves a post for the next run."""

LONGEST_PAUSE: Final = 86_400.0 + 3600.0
"""Longest time that any rule lets a post wait, in seconds: a daily cap."""

WAITING: Final = (State.PLANNED, State.INIT_SENT)
"""States of a post that has not begun; those of one account begin one by one."""

BUSY_PAUSE: Final = 2.0
"""Seconds before looking again at a post on which another process works."""


class Run:
    """One call of `publish`: several posts, one after the other.

    Attributes:
        entries: The posts as they stand, in the order in which they were given.
        touched: Those that this run did something for.
    """

    def __init__(
        self,
        entries: Iterable[Entry],
        advance: Callable[[PostKey], Entry],
        clock: Clock,
        patience: float,
    ) -> None:
        self.entries = {entry.key: entry for entry in entries}
        self.touched: set[PostKey] = set()
        self._advance = advance
        self._clock = clock
        self._patience = patience
        self._due: dict[PostKey, float] = {}
        self._fruitless = dict.fromkeys(self.entries, 0)
        self._waiting: dict[str, deque[PostKey]] = {}
        for key, entry in self.entries.items():
            if entry.state in WAITING:
                self._waiting.setdefault(key.account, deque()).append(key)
            elif entry.state not in AT_REST:
                self._due[key] = self._when(entry)
        for account in self._waiting:
            self._call_next(account)

    def finish(self) -> None:
        """Advance every post as far as this run can take it."""
        while self._due:
            key = min(self._due, key=self._due.__getitem__)
            if not self._wait_until(self._due[key]):
                return
            try:
                self._step(key)
            except BusyError:
                self._due[key] = self._clock.now() + BUSY_PAUSE

    def _step(self, key: PostKey) -> None:
        before = self.entries[key]
        entry = self.entries[key] = self._advance(key)
        self.touched.add(key)
        if entry.tries == 0:
            self._fruitless[key] = 0
        elif entry.failure and entry.tries > before.tries:
            self._fruitless[key] += 1
        if entry.state in AT_REST or self._fruitless[key] >= MAX_FRUITLESS:
            del self._due[key]
        else:
            self._due[key] = self._when(entry)
        is_first = next(iter(self._waiting.get(key.account, ())), None) == key
        if is_first and (entry.state not in WAITING or key not in self._due):
            self._waiting[key.account].popleft()
            self._call_next(key.account)

    def _call_next(self, account: str) -> None:
        """Let the first post of *account* that has not begun begin: in file order."""
        if self._waiting[account]:
            key = self._waiting[account][0]
            self._due[key] = self._when(self.entries[key])

    def _when(self, entry: Entry) -> float:
        """Return when *entry* is due; a time that no rule gives is of a wrong clock."""
        now = self._clock.now()
        due = entry.next_at or 0.0
        return due if due <= now + LONGEST_PAUSE else now

    def _wait_until(self, due: float) -> bool:
        """Wait until *due*; False when that is longer than the patience left."""
        seconds = due - self._clock.now()
        if seconds <= 0:
            return True
        if seconds > self._patience:
            return False
        self._patience -= seconds
        self._clock.sleep(seconds)
        return True
