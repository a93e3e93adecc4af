"""Read JSON of strangers strictly and within limits; pure."""

from __future__ import annotations

import json
import math
from collections import Counter
from typing import Any, Final, NoReturn

from tiktok_bridge_diagnostics.archive.errors import BundleError
from tiktok_bridge_diagnostics.printable import shortened

MAX_BYTES: Final = 16 << 20
"""Bytes of one document."""

MAX_DEPTH: Final = 64
"""Objects and lists within each other."""

MAX_VALUES: Final = 250_000
"""Values of one document, at most; one takes some 200 bytes of memory."""

MAX_DIGITS: Final = 20
"""Digits of a whole number: TikTok's ids have 19."""

MAX_FLOAT: Final = 40
"""Signs of another number."""


def loads(data: bytes, *, name: str = "the document") -> Any:  # noqa: ANN401 - JSON
    """Return what *data* says.

    Args:
        data: UTF-8 without a byte order mark.
        name: What errors call it, such as `cassettes/001.json`.

    Raises:
        BundleError: It is no JSON (YAML is none), says a key twice, has a number that
            is too long or not finite, a lone surrogate, or is beyond a limit.
    """
    where = shortened(name)
    if len(data) > MAX_BYTES:
        raise BundleError(f"{where}: more than {MAX_BYTES >> 20} MiB of JSON")
    if sum(data.count(one) for one in (b",", b"[", b"{")) > MAX_VALUES:
        raise BundleError(f"{where}: more than {MAX_VALUES} values")
    try:
        value = _DECODER.decode(data.decode())
    except _Refused as refused:
        raise BundleError(f"{where}: {refused}") from None
    except UnicodeDecodeError as error:
        raise BundleError(f"{where}: no UTF-8 at byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise BundleError(
            f"{where}: no JSON at line {error.lineno}, column {error.colno}: "
            f"{error.msg}"
        ) from None
    except RecursionError:
        raise BundleError(f"{where}: nested deeper than {MAX_DEPTH}") from None
    _check(value, where)
    return value


class _Refused(Exception):  # noqa: N818 - never leaves this module
    """Carry the reason out of the decoder."""


def _check(value: object, where: str) -> None:
    """Refuse what is nested too deep and strings that are no Unicode."""
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [inner for one in level for inner in _within(one, where)]
    if any(isinstance(one, dict | list) for one in level):
        raise BundleError(f"{where}: nested deeper than {MAX_DEPTH}")
    for one in level:
        _within(one, where)


def _within(value: object, where: str) -> list[Any]:
    if isinstance(value, dict):
        return [*value, *value.values()]
    if isinstance(value, str) and not _is_unicode(value):
        raise BundleError(f"{where}: half of a surrogate pair")
    return value if isinstance(value, list) else []


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        counted = Counter(key for key, _ in pairs)
        twice, _ = counted.most_common(1)[0]
        raise _Refused(f"the key {shortened(twice)} twice")
    return value


def _whole(digits: str) -> int:
    if len(digits.removeprefix("-")) > MAX_DIGITS:
        raise _Refused(f"a number of more than {MAX_DIGITS} digits")
    return int(digits)


def _other(digits: str) -> float:
    value = float(digits) if len(digits) <= MAX_FLOAT else math.inf
    if not math.isfinite(value):
        raise _Refused("a number that is too long or too large")
    return value


def _constant(word: str) -> NoReturn:
    raise _Refused(f"{word}, which is no JSON")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_pairs,
    parse_int=_whole,
    parse_float=_other,
    parse_constant=_constant,
)
