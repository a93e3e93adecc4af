"""clock.skew: the clock of this machine is right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge import Certainty, Check, Remedy
from tiktok_bridge_diagnostics.say import failed, passed, warned
from tiktok_bridge_diagnostics.skew import measured

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding

TOLERABLE: Final = 60.0
"""Seconds by which the clock may be off."""

GRAVE: Final = 300.0
"""Seconds from which webhooks are refused as too old."""


def _judge(facts: Facts) -> Iterator[Finding]:
    """The clock of this machine and TikTok's differ by a minute at most.

    TikTok's is taken from the dates of its answers, less half of the time that each
    took. A clock that is off makes good webhooks look too old and live tokens ended.
    """
    skew = measured(facts)
    if skew is None:
        return
    off = abs(skew.seconds)
    side = "behind" if skew.seconds > 0 else "ahead"
    said = f"{off:.1f} s {side}, give or take {skew.error:.1f}"
    if off - skew.error <= facts.number("clock.skew", "warn_seconds", TOLERABLE):
        yield passed("right", f"the clock is right ({said})", *skew.facts)
        return
    is_grave = off - skew.error > facts.number("clock.skew", "fail_seconds", GRAVE)
    sure = Certainty.CONFIRMED if skew.agrees else Certainty.PROBABLE
    yield (failed if is_grave else warned)(
        "wrong" if is_grave else "off",
        f"the clock of this machine is {said}",
        *skew.facts,
        who="operator",
        fix=Remedy("Let NTP set the clock.", "timedatectl set-ntp true"),
        certainty=sure,
        settles_it=None if skew.agrees else "run the doctor again: its samples differ",
    )


SKEW = Check(
    "clock.skew",
    "The clock of this machine is right",
    _judge,
    needs=("net.api_shape",),
    effect="S1",
    reads=("network",),
    docs="https://developers.tiktok.com/doc/webhooks-verification",
    numbers=("warn_seconds", "fail_seconds"),
)
