"""Hold the answer to a GET of a part of a file to what was asked for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlsplit

from tiktok_bridge.tiktok.network import Stream
from tiktok_bridge.web.refusal import FAILURES, INSTEAD, Refusal, refused_status

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpcore

WHOLE, PARTIAL, PRECONDITION, RANGE = 200, 206, 412, 416
REDIRECTS: Final = range(300, 400)

LENGTH: Final = re.compile(r"[0-9]{1,18}")
FIRST_BYTE: Final = re.compile(r"bytes 0-0/([0-9]{1,18})")
NO_BYTE: Final = "bytes */0"
"""`Content-Range` of the first byte of a file, and of a file without one."""

ETAG: Final = re.compile(r'(?:W/)?"[!#-~]*"')
DATE: Final = re.compile(r"[A-Za-z0-9 ,:+-]{1,64}")

HOST: Final = re.compile(r"[A-Za-z0-9._-]{1,253}")

MEDIA: Final = re.compile(r"((?:video|image)/[a-z0-9.+-]{1,60})(?:;.*)?", re.IGNORECASE)
"""A type that says something; servers call everything else binary."""


class Pin(NamedTuple):
    """What a file was at the first look.

    Attributes:
        etag: The server's mark of this content, empty where it has none.
        modified: When it was changed, as the server says it, to the second.
        content_type: What the server calls it, None where that says nothing.
    """

    size_bytes: int
    etag: str
    modified: str
    content_type: str | None

    @property
    def version(self) -> str:
        """What changes when the content does."""
        return self.etag or f"{self.size_bytes} {self.modified}"

    @property
    def condition(self) -> dict[str, str]:
        """The header that keeps a server from sending other content."""
        if self.etag and not self.etag.startswith("W/"):  # a weak one never matches
            return {"If-Match": self.etag}
        return {"If-Unmodified-Since": self.modified} if self.modified else {}


class Answer:
    """One answer of a server, whose bytes are not read yet."""

    def __init__(self, response: httpcore.Response) -> None:
        self.status = response.status
        self._response = response
        self._headers = {
            name.decode("ascii").lower(): value.decode("latin-1").strip()
            for name, value in response.headers
        }
        self._pieces: Iterator[bytes] = response.iter_stream()
        self._rest = memoryview(b"")

    def pin(self) -> Pin:
        """Return what the file is, from the answer to a GET of its first byte.

        Raises:
            Refusal: It tells too little, or does not send parts.
        """
        self._require_plain()
        found = FIRST_BYTE.fullmatch(self._header("content-range"))
        if self.status == PARTIAL and found:
            return self._pin(int(found[1]))
        is_empty = self.status == WHOLE and self._header("content-length") == "0"
        if is_empty or self._header("content-range") == NO_BYTE:
            return Pin(0, '"empty"', "", self._content_type)
        if self.status in (WHOLE, PARTIAL):
            raise Refusal(
                f"the server does not send parts of it (status {self.status} for its"
                " first byte)",
                f"let the server answer byte ranges, {INSTEAD}",
            )
        raise refused_status(self.status)

    def require(self, start: int, stop: int, pin: Pin) -> None:
        """Refuse an answer that is not the bytes from *start* to *stop* of *pin*.

        Raises:
            Refusal: It is something else.
        """
        if self.status in (PRECONDITION, RANGE):
            raise _replaced()
        self._require_plain()
        wanted, whole = f"bytes {start}-{stop - 1}/{pin.size_bytes}", pin.size_bytes
        said = self._header("content-range")
        is_right = self.status == PARTIAL and said == wanted
        if self.status == WHOLE and (start, stop) == (0, whole):
            is_right = self._header("content-length") == str(whole)
        if not is_right and self.status not in (WHOLE, PARTIAL):
            raise refused_status(self.status)
        if (self._etag, self._modified) != (pin.etag, pin.modified):
            raise _replaced()
        length = self._header("content-length") or str(stop - start)
        if not is_right or length != str(stop - start):
            raise Refusal(
                f"the server sent something else than {wanted} (status {self.status})",
                f"let the server answer byte ranges, {INSTEAD}",
            )

    def read_into(self, piece: memoryview) -> int:
        """Fill the start of *piece*; return how many bytes came, 0 at the end."""
        while not self._rest:
            data = next(self._pieces, None)
            if data is None:
                return 0
            self._rest = memoryview(data)
        count = min(len(piece), len(self._rest))
        piece[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count

    def go_on(self) -> None:
        """Give what is to come a deadline of its own."""
        stream = self._response.extensions["network_stream"]
        if isinstance(stream, Stream):
            stream.go_on()

    def finish(self) -> None:
        """Read the end, where it is known to be there, so that the connection stays."""
        try:
            if self._header("content-length") and not self._rest:
                next(self._pieces, None)
        except FAILURES:
            pass  # the bytes are here; only the connection is not kept
        finally:
            self.close()

    def close(self) -> None:
        """Close the connection, unless the answer has ended."""
        self._response.close()

    def _pin(self, size_bytes: int) -> Pin:
        if not self._etag and not self._modified:
            raise Refusal(
                "the server tells neither an ETag nor Last-Modified, so that nobody"
                " would notice if it changed meanwhile",
                f"let the server send one of them, {INSTEAD}",
            )
        return Pin(size_bytes, self._etag, self._modified, self._content_type)

    def _require_plain(self) -> None:
        """Refuse a redirect, and bytes that are not those of the file."""
        if self.status in REDIRECTS:
            raise Refusal(
                f"the server redirects to {self._target}, and redirects are not"
                " followed",
                "write the address to which it leads",
            )
        if self._header("content-encoding").lower() not in ("", "identity"):
            raise Refusal(
                "the server compresses it, although it was asked not to",
                f"turn that off for media, {INSTEAD}",
            )

    @property
    def _target(self) -> str:
        """Where a redirect leads: the host alone, since the rest may be a secret."""
        try:
            host = urlsplit(self._header("location")).hostname or ""
        except ValueError:
            host = ""
        return host if HOST.fullmatch(host) else "another address"

    @property
    def _etag(self) -> str:
        etag = self._header("etag")
        return etag if ETAG.fullmatch(etag) else ""

    @property
    def _modified(self) -> str:
        date = self._header("last-modified")
        return date if DATE.fullmatch(date) else ""

    @property
    def _content_type(self) -> str | None:
        found = MEDIA.fullmatch(self._header("content-type"))
        return found[1].lower() if found else None

    def _header(self, name: str) -> str:
        return self._headers.get(name, "")


def _replaced() -> Refusal:
    return Refusal(
        "it has been replaced since it was first looked at",
        "leave it alone until it is published, then run this again; where several"
        " servers answer, each has to tell the same ETag",
    )
