"""Read an object through one GET, and go on with another where it breaks off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tiktok_bridge_s3.failures import FAILURES, Refusal, is_passing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from botocore.response import StreamingBody

READ = 1 << 18
"""Bytes that are asked for at once; what had come of them when a stream breaks off is
asked for again."""

RESUMES = 4
"""How often a stream may break off without a byte in between."""

PAUSES = (0.0, 0.5, 1.0, 2.0)
"""Seconds before each of these."""

PARTIAL, WHOLE = 206, 200


class Stream:
    """The bytes from a position up to a stop, in order.

    Attributes:
        position: Where the next byte lies in the object.
        stop: Where the stream ends.
    """

    def __init__(
        self,
        get: Callable[[int, int], StreamingBody],
        position: int,
        stop: int,
        sleep: Callable[[float], None],
    ) -> None:
        self.position = position
        self.stop = stop
        self._get = get
        self._sleep = sleep
        self._faults = 0
        self._has_begun = False
        self._body: StreamingBody | None = None

    def fill(self, piece: memoryview) -> None:
        """Fill *piece* with the next bytes.

        Raises:
            Exception: One of `FAILURES`, when the stream cannot be resumed.
        """
        while piece:
            try:
                count = self._read(piece[:READ])
            except FAILURES as error:
                self._break_off(error)
            else:
                self._faults = 0
                self.position += count
                piece = piece[count:]

    def close(self) -> None:
        """Close the connection; what is still to come is not waited for."""
        if self._body is not None:
            self._body.close()
            self._body = None

    def _read(self, part: memoryview) -> int:
        if self._body is None:
            self._body = self._get(self.position, self.stop)
            self._has_begun = True
        data = self._body.read(len(part))  # raises where it ends too early
        part[: len(data)] = data
        return len(data)

    def _break_off(self, error: Exception) -> None:
        self.close()
        if not self._has_begun or not is_passing(error) or self._faults == RESUMES:
            raise error
        self._sleep(PAUSES[self._faults])
        self._faults += 1


def require_range(
    answer: Mapping[str, Any], start: int, stop: int, size_bytes: int
) -> None:
    """Refuse an answer that is not exactly the bytes from *start* up to *stop*.

    Raises:
        Refusal: It is something else.
    """
    status = answer["ResponseMetadata"]["HTTPStatusCode"]
    wanted, whole = f"bytes {start}-{stop - 1}/{size_bytes}", (0, size_bytes)
    if status == PARTIAL:
        said = answer.get("ContentRange", "")
        if said != wanted:
            raise Refusal(f"the server sent {said!a:.60} for {wanted!a}")
    elif status != WHOLE or (start, stop) != whole:
        raise Refusal(
            f"the server answered {status} with the whole object for {wanted!a}",
            hint="a proxy before the server drops the Range header; go past it",
        )
    length = answer.get("ContentLength")
    if length != stop - start:
        raise Refusal(f"the server sends {length} bytes for {wanted!a}")
