"""Write a secret in each of the forms in which a text may hold it; pure."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Final, NamedTuple

from tiktok_bridge.redaction.escapes import View, opened, views

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SHORTEST: Final = 8
"""Signs below which a value is not looked for: it would hide ordinary words."""

WINDOW: Final = 12
"""Signs of a secret in a row that no output may show; of a shorter one, all."""

FOLDING: Final = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ-_ ", "abcdefghijklmnopqrstuvwxyz+/+"
)
"""Makes alike what differs in case, in the alphabet of base64, or by `+` for a space.
"""


class Form(NamedTuple):
    """A secret as a text may hold it.

    Attributes:
        text: It, folded.
        least: Signs of it in a row that give it away.
    """

    text: str
    least: int


def fold(text: str) -> str:
    """Return *text* in the one way in which texts are compared."""
    return text.translate(FOLDING)


def forms_of(value: str | bytes) -> set[Form]:
    """Return the forms of *value*; none if it is too short to be looked for.

    A form that is undone when a text is read (see `escapes`) is not among them.
    """
    text = value if isinstance(value, str) else value.decode("latin-1")
    raw = {opened(text).text}
    if max(text, default="") <= "\xff":
        raw.add(text)  # as bytes are shown by repr, and text by old servers
    meant = {
        view.text for one in raw for view in views(View(one, None, len(one)))
    }  # a secret may look quoted itself, and is unquoted with the text around it
    return {
        form
        for one in meant
        if len(one) >= SHORTEST
        for encode in ENCODINGS.values()
        for form in encode(one.encode("latin-1"))
    }


def _plain(raw: bytes) -> Iterator[Form]:
    yield Form(fold(raw.decode("latin-1")), min(len(raw), WINDOW))


def _hex(raw: bytes) -> Iterator[Form]:
    for separator in ("", ":", " "):
        text = raw.hex(separator) if separator else raw.hex()
        step = 2 + len(separator)
        yield Form(fold(text), step * min(len(raw), WINDOW) - len(separator))


def _base64(raw: bytes) -> Iterator[Form]:
    """Yield the signs that *raw* alone decides, wherever in a text it begins."""
    for before in range(3):
        text = base64.b64encode(bytes(before) + raw).decode()
        start, stop = -(-8 * before // 6), 8 * (before + len(raw)) // 6
        least = min(stop - start, (8 * WINDOW - 6) // 6)
        yield Form(fold(text[start:stop]), least)


ENCODINGS: Final[dict[str, Callable[[bytes], Iterator[Form]]]] = {
    "plain": _plain,
    "hex": _hex,
    "base64": _base64,
}
"""Each way to write bytes as text, by its name."""
