"""The numbers that a test may give."""

from __future__ import annotations

from typing import Final, TypeGuard

LARGEST: Final = 2**31 - 1
"""As seconds it is 68 years; sums of a few stay far from every overflow."""


def is_whole(value: object) -> TypeGuard[int]:
    """Tell whether *value* is a whole number from 0 to LARGEST."""
    return isinstance(value, int) and is_amount(value)


def is_amount(value: object) -> TypeGuard[float]:
    """Tell whether *value* is a number from 0 to LARGEST; NaN is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return 0 <= value <= LARGEST
