"""Show text of strangers on a terminal and in Markdown, without obeying it."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

LONGEST: Final = 200
"""Signs of a stranger's text that an error repeats."""

_HIDDEN: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
_TICKS: Final = re.compile(r"`+")


def printable(text: str) -> str:
    r"""Return *text* in one line, with every sign that is not seen as its escape.

    Controls, with those of terminals among them (ANSI, OSC), line ends, signs that turn
    the direction of writing, signs without width, surrogates and unassigned ones
    become `\xNN`, `\uNNNN` or `\UNNNNNNNN`.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escaped(one) if _is_hidden(one) else one for one in text)


def shortened(text: str) -> str:
    """Return the beginning of *text*, printable, with dots where it was cut."""
    return printable(text[:LONGEST]) + ("…" if len(text) > LONGEST else "")


def quoted(text: str) -> str:
    """Return *text* as a Markdown code span: printable, and never rendered."""
    said = printable(text)
    fence = "`" * (max(map(len, _TICKS.findall(said)), default=0) + 1)
    return f"{fence} {said} {fence}"


def _is_hidden(sign: str) -> bool:
    return unicodedata.category(sign) in _HIDDEN


def _escaped(sign: str) -> str:
    return sign.encode("unicode_escape", "surrogatepass").decode("ascii")
