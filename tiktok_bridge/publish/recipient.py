"""Hand events to one notifier, and judge what came of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from tiktok_bridge.errors import BridgeError, EventRefusedError, PluginError
from tiktok_bridge.ledger.turns import DOWN, Failed, Outcome
from tiktok_bridge.publish.deadline import Deadline
from tiktok_bridge.publish.retry import LONGEST_WISH

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from tiktok_bridge.clock import Clock
    from tiktok_bridge.guard import GuardedNotifier
    from tiktok_bridge.ledger.pending import Pending
    from tiktok_bridge.ledger.turns import Turn
    from tiktok_bridge.models import Event

DEADLINE: Final = 30.0
"""Seconds after which a call of a notifier is given up."""

ENOUGH: Final = 30.0
"""Seconds after which a turn begins no further call: a lease must outlive the last."""

FIRST_PAUSE: Final = 5.0
LONGEST_PAUSE: Final = 3600.0
"""Seconds between tries: doubled each time, never longer than this."""

SHORTEST_PAUSE: Final = 1.0
"""Seconds between two tries at least, whatever the notifier asks for."""

LONGEST_ERROR: Final = 500
"""Characters that are kept of what a notifier says."""


class Recipient:
    """A notifier, opened when it is first needed.

    Args:
        name: What messages and the ledger call it.
        find: Opens it.
        clock: What time it is.
        random: Spreads the tries.
        deadline: Seconds after which a call is given up.
    """

    def __init__(
        self,
        name: str,
        find: Callable[[], GuardedNotifier],
        clock: Clock,
        random: Random,
        deadline: float = DEADLINE,
    ) -> None:
        self.name = name
        self._find = find
        self._clock = clock
        self._random = random
        self._deadline = Deadline(deadline)
        self._opened: GuardedNotifier | None = None

    @property
    def is_hanging(self) -> bool:
        """Whether a call that was given up has not returned."""
        return self._deadline.is_exceeded

    def hand_over(self, turn: Turn, outcome: Outcome) -> None:
        """Deliver the events of *turn* and note in *outcome* what came of it.

        A post's events wait behind one that failed. What was not tried is in neither
        list: the next turn has it.
        """
        outcome.failures = turn.failures
        until = self._clock.now() + ENOUGH
        if self._opened is None:
            try:
                self._call(lambda _: None)
            except BridgeError as error:
                self._note(turn.events[0], error, outcome)
                return
        singles, together = self._parted(turn.events)
        self._one_by_one(singles, outcome, until)
        if together and not outcome.wait and not self._at_once(together, outcome):
            self._one_by_one(together, outcome, until)

    def _parted(self, events: list[Pending]) -> tuple[list[Pending], list[Pending]]:
        """Return what goes one by one, and what goes in one call.

        An event that failed before may fail again, and must not take others along.
        """
        if len(events) == 1 or not (self._opened and self._opened.takes_many):
            return events, []
        suspect = {one.key for one in events if one.tries}
        alone = [one for one in events if one.key in suspect]
        return alone, [one for one in events if one.key not in suspect]

    def _at_once(self, events: list[Pending], outcome: Outcome) -> bool:
        """Deliver *events* in one call; False if each is to be tried by itself."""
        try:
            self._call(lambda one: one.notify_all([each.event for each in events]))
        except BridgeError as error:
            if not _says_leave_me_alone(error):
                return False
            self._note(events[0], error, outcome)
        else:
            outcome.delivered += events
            outcome.failures = 0
        return True

    def _one_by_one(
        self, events: list[Pending], outcome: Outcome, until: float
    ) -> None:
        held_up = set()
        for one in events:
            if outcome.wait or self._clock.now() > until:
                return
            if one.key in held_up:
                continue
            try:
                self._call(_telling(one.event))
            except BridgeError as error:
                self._note(one, error, outcome)
                held_up.add(one.key)
            else:
                outcome.delivered.append(one)
                outcome.failures = 0

    def _note(self, one: Pending, error: BridgeError, outcome: Outcome) -> None:
        """Note that *one* was not delivered; after too many the notifier is let alone.

        An event that failed before says nothing new about the notifier.
        """
        said = str(error)[:LONGEST_ERROR]
        if isinstance(error, EventRefusedError):
            failed = Failed(one, said, None)
            outcome.failures = 0  # it has answered
        else:
            failed = Failed(one, said, self._pause(one.tries + 1, error))
            if _says_leave_me_alone(error):
                outcome.failures = max(outcome.failures + 1, DOWN)
            elif outcome.failures >= DOWN or not one.tries:
                outcome.failures += 1
            if outcome.failures >= DOWN:
                outcome.wait = self._pause(outcome.failures + 1 - DOWN, error)
        outcome.failed.append(failed)

    def _pause(self, tries: int, error: BridgeError) -> float:
        """Return the seconds before the next try, with full jitter."""
        asked = _asked(error)
        if asked is not None:
            return max(min(asked, LONGEST_WISH), SHORTEST_PAUSE)
        most = min(FIRST_PAUSE * 2.0 ** min(tries - 1, 10), LONGEST_PAUSE)
        return max(self._random.uniform(0, most), SHORTEST_PAUSE)

    def _call(self, work: Callable[[GuardedNotifier], None]) -> None:
        """Open the notifier unless it is open, and let it *work*."""

        def call() -> None:
            if self._opened is None:
                self._opened = self._find()
            work(self._opened)

        try:
            self._deadline.call(call)
        except TimeoutError:
            raise HangsError(
                f"the notifier {self.name} did not return within"
                f" {self._deadline.seconds:g} s",
                hint="it is not called again before it does",
            ) from None


class HangsError(PluginError):
    """Report a notifier that does not return."""


def _telling(event: Event) -> Callable[[GuardedNotifier], None]:
    return lambda notifier: notifier.notify(event)


def _says_leave_me_alone(error: BridgeError) -> bool:
    """Tell whether *error* says something of the notifier, not of the event."""
    return isinstance(error, HangsError) or _asked(error) is not None


def _asked(error: BridgeError) -> float | None:
    """Return the seconds that a plugin wants to be left alone, if it says so."""
    asked = getattr(error, "retry_after", None)
    if isinstance(asked, int | float) and math.isfinite(asked):
        return float(asked)
    return None
