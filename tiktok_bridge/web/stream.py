"""Read a part of a file through one GET, and go on with another where it breaks off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import httpcore

from tiktok_bridge.tiktok import silence
from tiktok_bridge.web.refusal import FAILURES, Refusal, is_passing

if TYPE_CHECKING:
    from collections.abc import Callable

    from tiktok_bridge.web.answer import Answer

ENOUGH: Final = 1 << 18
"""Bytes that have to come within a deadline, and after which faults are forgotten."""

RESUMES: Final = 4
"""How often a stream may break off with fewer bytes in between."""

PAUSES: Final = (0.0, 0.5, 1.0, 2.0)
"""Seconds before each of these."""


class Stream:
    """The bytes from a position up to a stop, in order.

    Attributes:
        position: Where the next byte lies in the file.
        stop: Where the stream ends; nothing behind it is read.
    """

    def __init__(
        self,
        get: Callable[[int, int], Answer],
        position: int,
        stop: int,
        sleep: Callable[[float], None],
    ) -> None:
        self.position = position
        self.stop = stop
        self._get = get
        self._sleep = sleep
        self._faults = 0
        self._brought = 0
        self._has_begun = False
        self._answer: Answer | None = None

    def fill(self, piece: memoryview) -> None:
        """Fill *piece* with the next bytes.

        Raises:
            Refusal: The server sends something else by now.
            Exception: One of `FAILURES`, when the stream cannot be resumed.
        """
        if self._answer:
            self._answer.go_on()
        while piece:
            try:
                with silence.kept():
                    count = self._read(piece)
            except (Refusal, *FAILURES) as error:
                self._break_off(error)
            else:
                self.position += count
                self._note(count)
                piece = piece[count:]

    def close(self) -> None:
        """Close the connection; what is still to come is not waited for."""
        answer, self._answer = self._answer, None
        if answer is not None:
            with silence.kept():
                answer.close()

    def finish(self) -> None:
        """Leave the connection, whose last byte was read, to the next GET."""
        answer, self._answer = self._answer, None
        if answer is not None:
            with silence.kept():
                answer.finish()

    def _read(self, piece: memoryview) -> int:
        if self._answer is None:
            self._answer = self._get(self.position, self.stop)
            self._has_begun = True
        count = self._answer.read_into(piece)
        if not count:
            raise httpcore.RemoteProtocolError("fewer bytes than it said")
        return count

    def _note(self, count: int) -> None:
        self._brought += count
        if self._brought >= ENOUGH and self._answer:
            self._brought = self._faults = 0
            self._answer.go_on()

    def _break_off(self, error: Exception) -> None:
        self.close()
        if not self._has_begun or not is_passing(error) or self._faults == RESUMES:
            raise error
        self._sleep(PAUSES[self._faults])
        self._faults += 1
        self._brought = 0
