"""Find what an HTTP status of TikTok may mean; alone it says little."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from tiktok_bridge import Explanation, explain

FAILING: Final = range(500, 600)
"""Statuses of a fault at TikTok, which its pages do not tell apart."""

_UPLOAD: Final = frozenset({"upload", "put"})
_FRAME: Final = frozenset({"http", "https", "status", "code", "error"}) | _UPLOAD


def meanings(status: str) -> tuple[Explanation, ...]:
    """Return every code that comes with *status*, and it as one of an upload."""
    if not _is_status(status):
        return ()
    every = (one for one in explain() if one.kind != "upload")
    return (
        *(one for one in every if _comes_with(one, int(status))),
        *explain(status, "upload"),
    )


def of_upload(words: list[str]) -> str | None:
    """Return the status in words such as `upload 416`, or None."""
    return _status_of(words) if _UPLOAD & _folded(words) else None


def of_any(words: list[str]) -> str | None:
    """Return the status in words such as `403` or `403 Forbidden`, or None."""
    if words and _is_status(words[0]) and _is_phrase(words[0], words[1:]):
        return words[0]
    return _status_of(words)


def _status_of(words: list[str]) -> str | None:
    rest = [word for word in words if word.casefold() not in _FRAME]
    return rest[0] if len(rest) == 1 and _is_status(rest[0]) else None


def _comes_with(one: Explanation, status: int) -> bool:
    """Tell whether *one* is known to come with *status*.

    TikTok's pages give its own faults with 500 and with 5xx, with a code or with none.
    """
    is_fault = one.kind == "api" and (not one.code or FAILING[0] in one.http)
    return status in one.http or (status in FAILING and is_fault)


def _is_status(word: str) -> bool:
    return len(word) == len("403") and word.isascii() and word.isdigit()


def _is_phrase(status: str, words: list[str]) -> bool:
    known = {str(one.value): one.phrase.casefold() for one in HTTPStatus}
    return not words or " ".join(words).casefold() == known.get(status)


def _folded(words: list[str]) -> set[str]:
    return {word.casefold() for word in words}
