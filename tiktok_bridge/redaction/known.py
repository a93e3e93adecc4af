"""Find known secrets in a text, in a time that does not depend on how many there are.

Of each form of a secret only every few signs a seed is kept. Whatever part of the form
a text shows, if it is long enough to give the secret away, holds one of them; from
there it is compared in both directions.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

from tiktok_bridge.redaction.forms import Form, fold, forms_of

if TYPE_CHECKING:
    from collections.abc import Iterator

SEED: Final = 8
"""Signs of a seed; no form is shorter."""

MOST: Final = 2000
"""Values that are remembered; with the next one, the older half is forgotten."""


class Known:
    """The secrets that were seen; safe to use from several threads."""

    def __init__(self) -> None:
        self._values: dict[str | bytes, None] = {}
        self._kept: set[str | bytes] = set()
        self._seeds: dict[str, list[tuple[Form, int]]] = {}
        self._adding = threading.Lock()

    def add(self, value: str | bytes, *, keep: bool) -> None:
        """Look for *value* from now on; with *keep*, it is never forgotten."""
        with self._adding:
            if keep:
                self._kept.add(value)
            if value in self._values:
                self._values[value] = self._values.pop(value)  # the newest again
                return
            self._values[value] = None
            _sow(self._seeds, value)
            if len(self._values) > MOST + len(self._kept):
                self._forget()

    def values(self) -> list[str | bytes]:
        """Return what is looked for now, the oldest first."""
        with self._adding:
            return list(self._values)

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where *text* shows a known secret, or too much of one."""
        seeds = self._seeds
        if not seeds:
            return
        folded = fold(text)
        for at in range(len(folded) - SEED + 1):
            for form, offset in seeds.get(folded[at : at + SEED], ()):
                span = _grown(folded, at, form.text, offset)
                if span[1] - span[0] >= form.least:
                    yield span

    def _forget(self) -> None:
        newest = list(self._values)[-MOST // 2 :]
        self._values = dict.fromkeys([*self._kept, *newest])
        seeds: dict[str, list[tuple[Form, int]]] = {}
        for value in self._values:
            _sow(seeds, value)
        self._seeds = seeds


def _sow(seeds: dict[str, list[tuple[Form, int]]], value: str | bytes) -> None:
    for form in forms_of(value):
        last = len(form.text) - SEED
        step = form.least - SEED + 1
        for offset in {*range(0, last, step), last}:
            seed = form.text[offset : offset + SEED]
            seeds.setdefault(seed, []).append((form, offset))


def _grown(text: str, at: int, form: str, offset: int) -> tuple[int, int]:
    """Return how far *text* agrees with *form* around a seed that both hold."""
    start, left = at, offset
    while start and left and text[start - 1] == form[left - 1]:
        start, left = start - 1, left - 1
    stop, right = at + SEED, offset + SEED
    while stop < len(text) and right < len(form) and text[stop] == form[right]:
        stop, right = stop + 1, right + 1
    return start, stop
