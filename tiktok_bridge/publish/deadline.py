"""Give up waiting for a call that does not return."""

from __future__ import annotations

import threading
from contextvars import copy_context
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Deadline:
    """One call at a time, each in a thread that ends with it.

    Nobody can end a call that hangs. Its thread is left behind, and ends with the
    process at the latest.

    Args:
        seconds: How long a call may take.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._thread: threading.Thread | None = None

    @property
    def is_exceeded(self) -> bool:
        """Whether a call was given up that has not returned yet."""
        return self._thread is not None and self._thread.is_alive()

    def call(self, work: Callable[[], object]) -> None:
        """Do *work*, and raise what it raises.

        Raises:
            TimeoutError: It did not return in time.
        """
        raised: list[BaseException] = []

        def run() -> None:
            try:
                work()
            except BaseException as error:  # noqa: BLE001 - raised by whoever waits
                raised.append(error)

        self._thread = threading.Thread(
            target=copy_context().run, args=(run,), daemon=True, name="notifier"
        )
        self._thread.start()
        self._thread.join(self.seconds)
        if self._thread.is_alive():
            raise TimeoutError
        self._thread = None
        if raised:
            raise raised[0]
