"""Hold one HTTP exchange as a cassette has it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Breakage = Literal["dns", "connect", "tls", "timeout", "proxy", "protocol", "other"]
"""Why no whole answer came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request and what came back; bodies are texts.

    Attributes:
        by: The collector, or the command, that made it.
        number: Which one of these, from 1.
        about: The account that it was made for, empty if for none.
        at: When it began, in seconds since the epoch.
        seconds: How long it took.
        asked: The body that was sent; of a chunk, the JSON of a `Digest`.
        status: None when no answer came.
        answered: The body that came.
        broke: Why no whole answer came.
    """

    by: str
    number: int
    about: str
    at: float
    seconds: float
    method: str
    url: str
    asked_headers: Mapping[str, Sequence[str]]
    asked: str
    status: int | None
    phrase: str
    headers: Mapping[str, Sequence[str]]
    answered: str
    broke: Breakage | None

    @property
    def id(self) -> str:
        """What evidence calls it."""
        return f"{self.by}#{self.number}"

    def header(self, name: str) -> str | None:
        """Return the first header of the answer that is called *name*."""
        return _header(self.headers, name)

    def asked_header(self, name: str) -> str | None:
        """Return the first header of the request that is called *name*."""
        return _header(self.asked_headers, name)


def digest(size_bytes: int, sha256: str) -> str:
    """Return what stands for a body of media: its size and hash, as JSON."""
    return json.dumps({"bytes": size_bytes, "sha256": sha256})


def parsed(body: str, content_type: str | None) -> Any:  # noqa: ANN401 - any JSON
    """Return what *body* holds, as JSON or as a form; None if it is neither."""
    if content_type and "x-www-form-urlencoded" in content_type:
        return dict(parse_qsl(body, keep_blank_values=True))
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _header(headers: Mapping[str, Sequence[str]], name: str) -> str | None:
    for key, values in headers.items():
        if key.lower() == name and values:
            return values[0]
    return None
