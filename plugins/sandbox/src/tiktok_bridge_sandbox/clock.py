"""A clock that a test can move."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Clock:
    """Tells the time of the sandbox, in seconds since the epoch."""

    def __init__(self, wall: Callable[[], float] = time.time) -> None:
        self._wall = wall
        self._ahead = 0.0

    def now(self) -> float:
        """Return the wall's time plus everything the clock was advanced by."""
        return self._wall() + self._ahead

    def advance(self, seconds: float) -> None:
        """Let *seconds* pass at once."""
        self._ahead += seconds
