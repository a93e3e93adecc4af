"""Decode the runs of Base64 and of hexadecimal digits in a text."""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tiktok_bridge_diagnostics.gate import containers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ALIKE: Final = 4
"""One byte in so many may be no printable ASCII in what is taken for text."""

OPAQUE: Final = 128
"""Signs of a run of Base64 that has to be looked into."""

_BASE64: Final = re.compile(rb"[A-Za-z0-9+/_-]{16,}")
_HEX: Final = re.compile(rb"[0-9A-Fa-f]{24,}")
_STANDARD: Final = bytes.maketrans(b"-_", b"+/")
_PRINTABLE: Final = bytes([9, 10, 13, *range(32, 127)])
_UPPER: Final = bytes(range(65, 91))
_LOWER: Final = bytes(range(97, 123))
_DIGITS: Final = bytes(range(48, 58))


@dataclass(slots=True)
class Decoded:
    """What the runs of one layer hold.

    Attributes:
        all: Every run at every alignment: to be searched.
        telling: Those that look like text or begin a container: to be decoded on.
        opaque: How many long runs hold neither: they cannot be looked into.
    """

    all: list[bytes] = field(default_factory=list)
    telling: list[bytes] = field(default_factory=list)
    opaque: int = 0


def decoded(data: bytes, seen: set[int]) -> Iterator[tuple[str, Decoded]]:
    """Yield what the runs of *data* hold that are not in *seen*, and remember them."""
    base64, hexadecimal = Decoded(), Decoded()
    for run in _new(_BASE64.findall(data), seen):
        _add(base64, run, _of_base64)
        for one in _HEX.findall(run):
            _add(hexadecimal, one, _of_hex)
    yield from (("base64", base64), ("hex", hexadecimal))


def digits(data: bytes, seen: set[int]) -> Decoded:
    """Return what the runs of hexadecimal digits in *data* hold, like `decoded`."""
    found = Decoded()
    for run in _HEX.findall(data):
        if (mark := hash((run, "hex"))) not in seen:
            seen.add(mark)
            _add(found, run, _of_hex)
    return found


def _new(found: list[bytes], seen: set[int]) -> Iterator[bytes]:
    """Yield each of *found* once, unless it is in *seen*; remember it."""
    for run in found:
        if (mark := hash(run)) not in seen:
            seen.add(mark)
            yield run


def _add(
    found: Decoded, run: bytes, alignments: Callable[[bytes], list[bytes]]
) -> None:
    pieces = alignments(run)
    telling = [one for one in pieces if _is_telling(one)]
    found.all += pieces
    found.telling += telling
    if not telling and len(run) >= OPAQUE and _looks_random(run):
        found.opaque += 1


def _of_base64(run: bytes) -> list[bytes]:
    run = run.translate(_STANDARD)
    pieces = []
    for start in range(4):
        odd = (len(run) - start) % 4
        whole = run[start : len(run) - (odd == 1)]
        pieces.append(binascii.a2b_base64(whole + b"=" * (-len(whole) % 4)))
    return pieces


def _of_hex(run: bytes) -> list[bytes]:
    return [
        binascii.unhexlify(run[start : len(run) - (len(run) - start) % 2])
        for start in range(2)
    ]


def _is_telling(piece: bytes) -> bool:
    strange = len(piece.translate(None, _PRINTABLE)) - piece.count(0)
    return strange * ALIKE <= len(piece) or containers.begins(piece)


def _looks_random(run: bytes) -> bool:
    """Tell Base64 of noise from paths and names, which have few capitals."""
    upper, lower, digits = (
        len(run) - len(run.translate(None, one)) for one in (_UPPER, _LOWER, _DIGITS)
    )
    return upper * 5 >= len(run) and lower * 5 >= len(run) and digits * 20 >= len(run)
