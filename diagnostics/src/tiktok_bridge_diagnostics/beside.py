"""Do several things side by side, each within its time."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T = TypeVar("T")


def run(works: Iterable[Callable[[], T]], seconds: float) -> Iterator[T | None]:
    """Yield what each of *works* returns, in their order.

    None stands for one that takes longer than *seconds*, counted from the beginning of
    all; it goes on by itself and dies with the process. What one raises is raised.
    """
    threads = [_Work(one) for one in works]
    for one in threads:
        one.start()
    end = time.monotonic() + seconds
    for one in threads:
        one.join(max(0.0, end - time.monotonic()))
        if one.failure:
            raise one.failure
        yield one.result


class _Work(threading.Thread, Generic[T]):
    def __init__(self, work: Callable[[], T]) -> None:
        super().__init__(name="doctor-beside", daemon=True)
        self.result: T | None = None
        self.failure: Exception | None = None
        self._work = work

    def run(self) -> None:
        try:
            self.result = self._work()
        except Exception as error:  # noqa: BLE001 - whoever waits raises it
            self.failure = error
