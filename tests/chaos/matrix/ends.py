"""The end of the process that publishes, at a moment of TikTok's choice."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING, Final

from tests.chaos.matrix.faults import Fault

if TYPE_CHECKING:
    from tests.chaos.matrix.line import Exchange
    from tests.chaos.matrix.world import World


def _killed(*numbers: signal.Signals) -> Fault:
    """Send *numbers* once TikTok has done its work, and never answer."""

    def strike(world: World, exchange: Exchange) -> bool:
        exchange.forward()
        for number in numbers:
            world.signal(number)
            time.sleep(0.002)
        assert world.process
        world.process.wait(20)
        return True

    return Fault(strike=strike, times=1, process=True)


FAULTS: Final = {
    "SIGTERM": _killed(signal.SIGTERM),
    "SIGINT twice": _killed(signal.SIGINT, signal.SIGINT),
    "SIGKILL": _killed(signal.SIGKILL),
}
