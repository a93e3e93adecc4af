"""Tell the rates of a video from the times of its frames; pure."""

from __future__ import annotations

from operator import sub
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction


def rates(times: Sequence[int], unit: Fraction) -> tuple[float, float, float] | None:
    """Return frames per second: the average, the highest and the lowest.

    Args:
        times: When each frame is due, in any order.
        unit: Seconds of one step of *times*.

    Returns:
        None if fewer than two times differ.
    """
    ordered = sorted(set(times))
    gaps = list(map(sub, ordered[1:], ordered))
    seconds = float(unit)
    if not gaps or seconds <= 0:
        return None
    average = len(gaps) / ((ordered[-1] - ordered[0]) * seconds)
    return average, 1 / (min(gaps) * seconds), 1 / (max(gaps) * seconds)
