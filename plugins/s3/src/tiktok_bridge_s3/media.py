"""Read an object as media, pinned to what it was when it was first seen."""

from __future__ import annotations

import threading
import time
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from tiktok_bridge import MediaError, MediaStat
from tiktok_bridge_s3.addresses import public_url
from tiktok_bridge_s3.clients import client_for
from tiktok_bridge_s3.failures import NOT_MODIFIED, Refusal, code_of, reported
from tiktok_bridge_s3.streams import Stream, require_range

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    from botocore.response import StreamingBody

    from tiktok_bridge_s3.urls import MediaPlace

PIECE = 1 << 20
"""Bytes of the one buffer that serves every piece of a read."""

STREAMED = 2 * PIECE
"""A read of this many bytes or more begins a GET up to the end of the object, with
which the next read goes on; a shorter one looks at a video, and asks for no more."""

KINDS = ("video/", "image/")
"""How a type begins that says something; S3 calls everything else binary."""


class Pin(NamedTuple):
    """What the object was at the first look."""

    size_bytes: int
    etag: str
    version_id: str | None
    content_type: str | None


class S3Media:
    """Read one object."""

    def __init__(
        self, place: MediaPlace, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._place = place
        self._sleep = sleep
        self._parking = threading.Lock()
        self._parked: Stream | None = None

    def stat(self) -> MediaStat:
        """See `MediaSource.stat`."""
        pin = self._pin
        return MediaStat(
            size_bytes=pin.size_bytes,
            version=f"{pin.etag} {pin.version_id}" if pin.version_id else pin.etag,
            content_type=pin.content_type,
        )

    def read(self, start: int, stop: int) -> Generator[memoryview, None, None]:
        """See `MediaSource.read`; the pieces share one buffer.

        A read that begins where the one before ended goes on with its GET.
        """
        if start >= stop:
            return
        with reported("GetObject", self._place, MediaError):
            stream = self._stream(start, stop)
            try:
                buffer = memoryview(bytearray(min(PIECE, stop - start)))
                for offset in range(start, stop, PIECE):
                    piece = buffer[: stop - offset]
                    stream.fill(piece)
                    if offset + PIECE >= stop:  # nobody need come back for the end
                        self._park(stream)
                    yield piece
            except BaseException:
                if stream.position < stop:  # else it is parked, or at its end
                    stream.close()
                raise

    def public_url(self) -> str:
        """Return an https URL from which anybody reads the object for a while.

        Raises:
            MediaError: There is no object, or no such URL for it.
        """
        self.stat()
        with reported("presign", self._place, MediaError):
            return public_url(self._place)

    def health(self) -> str:
        """See `Checkable.health`."""
        return f"there; {self._pin.size_bytes:,} bytes"

    def close(self) -> None:
        """Close the GET that waits for the next read, if one does."""
        with self._parking:
            stream, self._parked = self._parked, None
        if stream:
            stream.close()

    def __del__(self) -> None:
        self.close()

    @cached_property
    def _pin(self) -> Pin:
        with reported("HeadObject", self._place, MediaError):
            head = client_for(self._place.reach).head_object(**self._named())
            content_type = head.get("ContentType", "")
            return Pin(
                head["ContentLength"],
                head["ETag"],
                _version(head),
                content_type if content_type.startswith(KINDS) else None,
            )

    def _stream(self, start: int, stop: int) -> Stream:
        size = self._pin.size_bytes
        if not 0 <= start < stop <= size:
            raise Refusal(f"it has {size} bytes, and those up to {stop} were asked for")
        with self._parking:
            stream, self._parked = self._parked, None
        if stream and stream.position == start and stop <= stream.stop:
            return stream
        if stream:
            stream.close()
        end = size if stop - start >= STREAMED else stop
        return Stream(self._get, start, end, self._sleep)

    def _park(self, stream: Stream) -> None:
        if stream.position == stream.stop:
            stream.close()
            return
        with self._parking:
            other, self._parked = self._parked, stream
        if other:
            other.close()

    def _get(self, start: int, stop: int) -> StreamingBody:
        pin, wanted = self._pin, f"bytes={start}-{stop - 1}"
        try:
            answer = client_for(self._place.reach).get_object(
                **self._named(), Range=wanted, IfMatch=pin.etag
            )
        except ClientError as error:
            if code_of(error) in NOT_MODIFIED:
                raise _replaced() from error
            raise
        try:
            _require_same(answer, pin)
            require_range(answer, start, stop, pin.size_bytes)
        except BaseException:
            answer["Body"].close()
            raise
        return answer["Body"]

    def _named(self) -> dict[str, Any]:
        named = {"Bucket": self._place.bucket, "Key": self._place.key}
        if self._place.version_id:
            named["VersionId"] = self._place.version_id
        return named


def _version(answer: Mapping[str, Any]) -> str | None:
    version_id: str | None = answer.get("VersionId")
    return None if version_id == "null" else version_id


def _require_same(answer: Mapping[str, Any], pin: Pin) -> None:
    if answer["ETag"] != pin.etag or _version(answer) != pin.version_id:
        raise _replaced()


def _replaced() -> Refusal:
    return Refusal(
        "it has been replaced since it was first looked at",
        hint="leave the object alone until it is published, then run this again",
    )
