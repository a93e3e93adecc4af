"""Play with processes that deliver to notifiers that come and go, and check each call.

What holds at any moment: a notifier is told of no event of a post before it was told of
all earlier ones, and of none twice unless a process was killed, or a call broke off in
the middle, in between. What holds at the end: it was told of all of them.
"""

from __future__ import annotations

from functools import partial
from itertools import count
from random import Random
from typing import TYPE_CHECKING, Any, Final

from tests.desks import BatchDesk, Desk, Process
from tiktok_bridge import BridgeError
from tiktok_bridge.ledger.claims import LEASE
from tiktok_bridge.publish.recipient import LONGEST_PAUSE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tiktok_bridge import Event

POSTS: Final = ("one", "two", "odd")
SLEEPS: Final = (0.5, 5.0, 60.0, LEASE + 1, 1000.0)


class KilledError(BaseException):
    """Ends a process in the middle of what it does."""


class Excuse:
    """How often something happened after which an event may come twice."""

    number = 0


class Strict(Desk):
    """A notifier that notices what it should not have been told."""

    def __init__(self, excuse: Excuse) -> None:
        super().__init__()
        self._excuse = excuse
        self._last: dict[tuple[str, int], int] = {}
        self.wrong: list[str] = []
        self.breaks_off = False
        self.kills: Callable[[], None] | None = None

    def take(self, events: Sequence[Event]) -> None:
        """Take *events*, all or some, or none."""
        during, self.during = self.during, lambda: None
        during()
        if self.breaks_off:
            self.breaks_off = False
            self._note(events[: len(events) // 2 + 1])
            self._excuse.number += 1
            raise BridgeError("the line went dead")
        super().take(events)
        self._check(events)
        if self.kills:
            kills, self.kills = self.kills, None
            kills()

    def _note(self, events: Sequence[Event]) -> None:
        self.told += [event["id"] for event in events]
        self._check(events)

    def _check(self, events: Sequence[Event]) -> None:
        for event in events:
            post, version = event["subject"], int(event["id"].rpartition("/")[2])
            before = self._last.get((post, version))
            if before is not None and before == self._excuse.number:
                self.wrong.append(f"{event['id']} came twice")
            if version and (post, version - 1) not in self._last:
                self.wrong.append(f"{event['id']} came too early")
            self._last[post, version] = self._excuse.number


class StrictBatch(Strict, BatchDesk):
    """The same, which takes several at once."""


class Clock:
    """Stands still until the game moves it."""

    time = 1_000_000.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds


class Game:
    """Two processes, two notifiers and three posts."""

    def __init__(self, url: str, seed: int) -> None:
        self._url = url
        self._random = Random(seed)  # noqa: S311 - the same in each run
        self._clock = Clock()
        self._excuse = Excuse()
        self._desks: dict[str, Any] = {
            "desk:a": Strict(self._excuse),
            "desk:b": StrictBatch(self._excuse),
        }
        self._dead: list[Process] = []
        self._processes = [self._start(), self._start()]
        self._processes[0].accept(*POSTS)

    def play(self, steps: int) -> None:
        """Make random *steps*, then let everything come back, and look."""
        moves = [
            *[self._move] * 4,
            *[self._deliver] * 4,
            *(self._sleep, self._go_down, self._come_back, self._stumble),
            *(self._break_off, self._kill, self._meet),
        ]
        for _ in range(steps):
            self._random.choice(moves)()
        for desk in self._desks.values():
            desk.error, desk.kills, desk.breaks_off = None, None, False
            desk.stumbles, desk.during = set(), lambda: None
        for _ in range(4):
            self._clock.sleep(LONGEST_PAUSE)
            self._processes[0].deliver()
        self._look()

    def close(self) -> None:
        """Close what is open."""
        self._bury()
        for process in self._processes:
            process.close()

    def _bury(self) -> None:
        for process in self._dead:
            process.close()
        self._dead = []

    def _look(self) -> None:
        wrong = [one for desk in self._desks.values() for one in desk.wrong]
        wrong += [f"{one} is left" for one in self._processes[0].left()]
        for post in POSTS:
            version = self._processes[0].ledger.named(post).version
            for name, desk in self._desks.items():
                if set(desk.of(post)) != set(range(version + 1)):
                    wrong.append(f"{name} was not told of all of {post}")
        if wrong:
            raise AssertionError("; ".join(wrong))

    def _start(self) -> Process:
        process = Process(self._url, self._clock, self._desks)
        turns: Any = process.ledger.turns
        settle = turns.settle
        process.ledger.turns.settle = partial(self._settle, process, settle)  # type: ignore[assignment]
        return process

    def _settle(
        self,
        process: Process,
        settle: Callable[..., object],
        *what: Any,  # noqa: ANN401 - as `settle`
        **how: Any,  # noqa: ANN401 - as `settle`
    ) -> object:
        """Settle, unless the process is dead already."""
        if process not in self._processes:
            raise KilledError
        return settle(*what, **how)

    def _move(self) -> None:
        self._random.choice(self._processes).move(self._random.choice(POSTS))

    def _deliver(self) -> None:
        process = self._random.choice(self._processes)
        try:
            process.deliver(only_news=self._random.random() < 0.5)
        except KilledError:
            self._bury()

    def _sleep(self) -> None:
        self._clock.sleep(self._random.choice(SLEEPS))

    def _go_down(self) -> None:
        self._desk().error = BridgeError("nobody is there")

    def _come_back(self) -> None:
        desk = self._desk()
        desk.error, desk.stumbles = None, set()

    def _stumble(self) -> None:
        version = self._processes[0].ledger.named("odd").version
        names = ("odd", f"acme/odd/{version}", f"acme/odd/{version + 1}")
        self._desk().stumbles = {self._random.choice(names)}

    def _break_off(self) -> None:
        self._desk().breaks_off = True

    def _kill(self) -> None:
        """Let whoever makes the next call die after it, before or after it arrives."""
        desk = self._desk()
        if self._random.random() < 0.5:
            desk.during = self._die
        else:
            desk.kills = self._die

    def _die(self) -> None:
        """Die: others come for all processes, whose turns are never given back."""
        self._excuse.number += 1
        self._dead += self._processes
        self._processes = [self._start() for _ in self._processes]
        raise KilledError

    def _meet(self) -> None:
        """Let another process move a post and deliver in the middle of a call."""
        numbers = count()

        def meet() -> None:
            if next(numbers) == 0:
                for process in self._processes:
                    process.move("one")
                    process.deliver(only_news=True)

        self._desk().during = meet

    def _desk(self) -> Strict:
        desk: Strict = self._random.choice(list(self._desks.values()))
        return desk
