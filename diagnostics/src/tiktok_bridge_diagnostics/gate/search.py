"""Search one layer of decoded bytes for needles.

Every window of 12 bytes holds six bytes that begin at a multiple of seven. So only
these are looked up, which `struct` and `set` do without a line of Python for each.
"""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, Final

from tiktok_bridge_diagnostics.gate.needles import GRAM, WINDOW

if TYPE_CHECKING:
    from tiktok_bridge_diagnostics.gate.needles import Needles

STRIDE: Final = WINDOW - GRAM + 1
"""Bytes from one look to the next: no window lies between two of them."""

_LOOK: Final = Struct(f"{GRAM}s{STRIDE - GRAM}x")


def find(data: bytes, needles: Needles) -> dict[int, bool]:
    """Return the numbers of the secrets in *data*, and whether all of each is there."""
    found = {number for short, number in needles.short if short in data}
    padded = data + bytes(-len(data) % STRIDE)
    if not needles.grams.isdisjoint(_LOOK.iter_unpack(padded)):
        found |= _windows(data, padded, needles)
    return {
        number: any(form in data for form in needles.forms[number])
        for number in sorted(found)
    }


def _windows(data: bytes, padded: bytes, needles: Needles) -> set[int]:
    found = set()
    looks = enumerate(_LOOK.iter_unpack(padded))
    for at in [at * STRIDE for at, gram in looks if gram in needles.grams]:
        for start in range(max(at - STRIDE + 1, 0), at + 1):
            number = needles.windows.get(data[start : start + WINDOW])
            if number is not None:
                found.add(number)
    return found
