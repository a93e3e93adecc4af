"""Give time as an argument, so that a test can move it."""

from __future__ import annotations

import threading
import time
from typing import Protocol


class Clock(Protocol):
    """Tell the time and wait for it."""

    def now(self) -> float:
        """Return the seconds since the epoch."""

    def sleep(self, seconds: float) -> None:
        """Wait *seconds*, or less when somebody asks for the end."""


class SystemClock:
    """The clock of this machine; `stop` ends every wait at once."""

    def __init__(self) -> None:
        self.stop = threading.Event()

    def now(self) -> float:
        """See `Clock.now`."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """See `Clock.sleep`."""
        self.stop.wait(seconds)
