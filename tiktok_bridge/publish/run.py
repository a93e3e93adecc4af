"""Advance several posts until each has ended or there is nothing to wait for."""

from __future__ import annotations

import logging
import threading
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from tiktok_bridge.errors import BusyError
from tiktok_bridge.ledger.states import AT_REST
from tiktok_bridge.models import State
from tiktok_bridge.publish.trip import CAPS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tiktok_bridge.clock import Clock
    from tiktok_bridge.ledger.entry import Entry
    from tiktok_bridge.models import PostKey

log = logging.getLogger(__name__)

MAX_FRUITLESS: Final = 5
"""Tries without luck in a row after which a run leaves a post for the next run."""

LONGEST_PAUSE: Final = 86_400.0 + 3600.0
"""Longest time that any rule lets a post wait, in seconds: a daily cap."""

WAITING: Final = (State.PLANNED, State.INIT_SENT)
"""States of a post that has not begun; those of one account begin one by one."""

BUSY_PAUSE: Final = 2.0
"""Seconds before looking again at a post on which another process works."""


class Run:
    """One call of `publish`: accounts side by side, the posts of one in series.

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
        self._furthest: dict[PostKey, int] = {}
        self._told: set[PostKey] = set()
        self._waiting: dict[str, deque[PostKey]] = {}
        self._busy: set[str] = set()
        self._turn = threading.Condition()
        self._is_over = False
        self._working = 0
        self._error: BaseException | None = None
        for key, entry in self.entries.items():
            if entry.state in WAITING:
                self._waiting.setdefault(key.account, deque()).append(key)
            elif entry.state not in AT_REST:
                self._due[key] = self._when(entry)
        for account in self._waiting:
            self._call_next(account)

    def finish(
        self, jobs: int = 1, interrupt: Callable[[], None] = lambda: None
    ) -> None:
        """Advance every post as far as this run can take it.

        Args:
            jobs: How many accounts are worked on at once, each by a thread that ends
                with this call; one is worked on by the caller's own.
            interrupt: Wakes the threads that wait for an answer, at Ctrl-C.
        """
        jobs = min(jobs, len({key.account for key in self._due}))
        if jobs <= 1:
            self._work()
        else:
            self._supervise(jobs, interrupt)
        if self._error:
            raise self._error

    @property
    def is_over(self) -> bool:
        """Whether somebody asked for the end, or a step failed beyond its post."""
        return self._is_over

    def _supervise(self, jobs: int, interrupt: Callable[[], None]) -> None:
        try:
            for _ in range(jobs):
                self._begin_to_work()
            self._wait_for_workers()
        except BaseException:  # Ctrl-C comes to the caller's thread alone
            self._end()
            interrupt()
            self._wait_for_workers()
            raise

    def _begin_to_work(self) -> None:
        with self._turn:
            threading.Thread(target=self._work_beside).start()
            self._working += 1

    def _work_beside(self) -> None:
        try:
            self._work()
        finally:
            with self._turn:
                self._working -= 1
                self._turn.notify_all()

    def _wait_for_workers(self) -> None:
        """Wait until no thread works; `join`, when interrupted, takes one for ended."""
        with self._turn:
            while self._working:
                self._turn.wait()

    def _work(self) -> None:
        """Take what is due, one step after the other, until nothing is left."""
        try:
            while key := self._take():
                try:
                    self._step(key)
                finally:
                    self._give_back(key)
        except BaseException as error:  # noqa: BLE001 - raised again by `finish`
            self._error = self._error or error
            self._end()

    def _take(self) -> PostKey | None:
        with self._turn:
            key = self._next()
            if key:
                self._busy.add(key.account)
            return key

    def _give_back(self, key: PostKey) -> None:
        with self._turn:
            self._busy.discard(key.account)
            self._turn.notify_all()

    def _end(self) -> None:
        with self._turn:
            self._is_over = True
            self._turn.notify_all()

    def _next(self) -> PostKey | None:
        """Return a post that is due, once one is; None when the run is over."""
        while not self._is_over:
            free = [key for key in self._due if key.account not in self._busy]
            key = min(free, key=self._due.__getitem__, default=None)
            seconds = self._due[key] - self._clock.now() if key else 0.0
            if key and seconds <= 0:
                return key
            if self._busy:  # whoever works may bring something that is due before
                self._turn.wait(seconds if key else None)
            elif key and seconds > self._patience and self._passes(key):
                continue
            elif key is None or seconds > self._patience:
                self._is_over = True
                self._turn.notify_all()
            else:
                self._wait(key, seconds)
        return None

    def _wait(self, key: PostKey, seconds: float) -> None:
        """Let *seconds* pass while nothing else can be done."""
        self._patience -= seconds
        self._busy.add(key.account)
        with self._unlocked():
            self._clock.sleep(seconds)
        self._busy.discard(key.account)
        self._turn.notify_all()

    @contextmanager
    def _unlocked(self) -> Iterator[None]:
        self._turn.release()
        try:
            yield
        finally:
            self._turn.acquire()

    def _step(self, key: PostKey) -> None:
        before, began = self.entries[key], self._clock.now()
        try:
            entry = self._advance(key)
        except BusyError as error:
            self._come_back(key, began, error)
            return
        with self._turn:
            self._note(before, entry)

    def _come_back(self, key: PostKey, began: float, error: BusyError) -> None:
        """Look later whether somebody else is done; to wait for it was waiting, too."""
        with self._turn:
            now = self._clock.now()
            self._patience -= now - began
            self._due[key] = now + BUSY_PAUSE
            if key not in self._told:
                self._told.add(key)
                log.warning("%s waits: %s", key, error)

    def _note(self, before: Entry, entry: Entry) -> None:
        """Take down where a step has led, and what is due next."""
        key = entry.key
        self.entries[key] = entry
        self.touched.add(key)
        if entry.tries == 0 or (
            entry.failure is None and entry.version > before.version
        ):
            self._fruitless[key] = 0
        elif entry.failure and entry.version > before.version:
            is_further = entry.acknowledged > self._furthest.get(key, 0)
            self._fruitless[key] = 1 if is_further else self._fruitless[key] + 1
            self._furthest[key] = max(entry.acknowledged, self._furthest.get(key, 0))
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

    def _passes(self, key: PostKey) -> bool:
        """Let the next of its account begin when TikTok refused *key* for a day."""
        failure = self.entries[key].failure
        waiting = self._waiting.get(key.account)
        if not (waiting and waiting[0] == key and failure and failure.code in CAPS):
            return False
        del self._due[key]
        waiting.popleft()
        self._call_next(key.account)
        return True

    def _when(self, entry: Entry) -> float:
        """Return when *entry* is due; a time that no rule gives is of a wrong clock."""
        now = self._clock.now()
        due = entry.next_at or 0.0
        return due if due <= now + LONGEST_PAUSE else now
