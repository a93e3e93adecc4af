r"""Undo what is done to a text when it is quoted, and remember where each sign was.

A secret in a log may be percent-encoded, written as JSON, as the repr of bytes or as
HTML, and that twice. Instead of thinking of every such form of every secret, the text
is read as who wrote it meant it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROUNDS: Final = 4
"""How often a text is unquoted at most."""


class Escape(NamedTuple):
    """One way to quote.

    Attributes:
        mark: A text without it is not quoted so.
        pattern: What is quoted.
        meaning: Returns what it stands for; bytes of UTF-8 as signs below 256.
    """

    mark: str
    pattern: str
    meaning: Callable[[re.Match[str]], str]


class View(NamedTuple):
    """A text as it is meant.

    Attributes:
        text: Bytes of UTF-8, each as a sign below 256.
        starts: Where in the original each of its signs begins; None if it is the
            original.
        length: That of the original.
    """

    text: str
    starts: list[int] | None
    length: int

    def span(self, start: int, stop: int) -> tuple[int, int]:
        """Return where the part from *start* to *stop* stands in the original."""
        if self.starts is None:
            return start, stop
        last = self.starts[stop] if stop < len(self.starts) else self.length
        return self.starts[start], last


def opened(text: str) -> View:
    """Return *text* as it is."""
    view = View(text, None, len(text))
    if text.isascii():
        return view
    return _replaced(view, "[^\0-\x7f]", lambda found: _utf8(found[0]))


def views(view: View) -> Iterator[View]:
    """Yield *view*, then as it is meant, as often as that is another text."""
    yield view
    for _ in range(ROUNDS):
        first = view
        for escape in ESCAPES.values():
            if escape.mark in view.text:
                before = view
                view = _replaced(before, escape.pattern, escape.meaning)
                if view.text != before.text:
                    yield view
        if view.text == first.text:
            return


def _replaced(
    view: View, pattern: str, meaning: Callable[[re.Match[str]], str]
) -> View:
    parts: list[str] = []
    starts: list[int] = []
    at = 0
    known = range(view.length) if view.starts is None else view.starts
    for found in re.finditer(pattern, view.text):
        meant = meaning(found)
        parts += (view.text[at : found.start()], meant)
        starts += known[at : found.start()]
        starts += [known[found.start()]] * len(meant)
        at = found.end()
    parts.append(view.text[at:])
    starts += known[at:]
    return View("".join(parts), starts, view.length)


def _utf8(text: str) -> str:
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


def _sign(number: int) -> str:
    return _utf8(chr(number)) if number < 0x110000 else "?"  # noqa: PLR2004 - Unicode ends


def _unescaped(found: re.Match[str]) -> str:
    high, low, short, long, byte, sign = found.groups()
    if high:
        pair = (int(high, 16) - 0xD800 << 10) + int(low, 16) - 0xDC00
        return _sign(0x10000 + pair)
    if short or long:
        return _sign(int(short or long, 16))
    return chr(int(byte, 16)) if byte else CONTROLS.get(sign, sign)


def _entity(found: re.Match[str]) -> str:
    number, code, name = found.groups()
    if name:
        return ENTITIES[name.lower()]
    return _sign(int(number) if number else int(code, 16))


CONTROLS: Final = {
    "0": "\0",
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
}

ENTITIES: Final = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}

ESCAPES: Final = {
    "percent": Escape("%", r"%([0-9A-Fa-f]{2})", lambda found: chr(int(found[1], 16))),
    "backslash": Escape(
        "\\",
        r"\\(?:u([dD][89abAB][0-9A-Fa-f]{2})\\u([dD][c-fC-F][0-9A-Fa-f]{2})"
        r"|u([0-9A-Fa-f]{4})|U000([0-9A-Fa-f]{5})|x([0-9A-Fa-f]{2})"
        r"|([\"'\\/abfnrtv0]))",
        _unescaped,
    ),
    "entity": Escape(
        "&",
        r"&(?:#([0-9]{1,7})|#[xX]([0-9A-Fa-f]{1,6})|(?i:(amp|lt|gt|quot|apos)));?",
        _entity,
    ),
    "zero": Escape("\0", "\0+", lambda _: ""),  # every second byte of UTF-16
}
"""Each way to quote, by its name."""
