"""Events of TikTok that come too early, too often, too late, or from somebody else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tests.chaos.matrix.answers import FAULTS as ANSWERS
from tests.chaos.matrix.faults import Fault
from tests.chaos.matrix.network import FAULTS as NETWORK

if TYPE_CHECKING:
    from tests.chaos.matrix.line import Exchange
    from tests.chaos.matrix.world import World

    Events = list[dict[str, Any]]


def _before_reply(world: World, exchange: Exchange) -> bool:
    answer = exchange.forward()
    world.sandbox.advance(60)
    assert world.hear(), "the post is worked on: TikTok has to tell it again"
    exchange.reply(answer)
    return True


def _often(_: World, events: Events) -> list[tuple[str, str]]:
    return [(one["signature"], one["body"]) for one in events] * 100


def _backwards(_: World, events: Events) -> list[tuple[str, str]]:
    return [(one["signature"], one["body"]) for one in reversed(events)]


def _forged(_: World, events: Events) -> list[tuple[str, str]]:
    stamp, _sign, signed = events[0]["signature"].partition("s=")
    forged = f"{stamp}s={signed[::-1]}"
    return [(forged, events[0]["body"])]


def _late(world: World, events: Events) -> list[tuple[str, str]]:
    told = [(one["signature"], one["body"]) for one in events]
    world.clock.sleep(72 * 3600)
    return told


def _giant(world: World, _: Events) -> list[tuple[str, str]]:
    body = '{"event": "' + "x" * 20_000_000 + '"}'
    return [(world.studio.sign(body), body)]


FAULTS: Final = {
    "webhook before the reply": Fault(strike=_before_reply, times=1),
    "webhook a hundred times": Fault(told=_often, times=1),
    "webhooks out of order": Fault(told=_backwards, times=1),
    "webhook forged": Fault(told=_forged, times=1),
    "webhook replayed after 72 hours": Fault(told=_late, times=1),
    "webhook with a giant body": Fault(told=_giant, times=1),
    "pulled: 500": Fault(strike=ANSWERS["500"].strike, pulled=True),
    "pulled: 503": Fault(strike=ANSWERS["503"].strike, pulled=True),
    "pulled: HTML page": Fault(strike=ANSWERS["HTML page"].strike, pulled=True),
    "pulled: reply lost": Fault(
        strike=NETWORK["reset before the reply"].strike, pulled=True
    ),
    "pulled: truncated JSON": Fault(
        strike=ANSWERS["truncated JSON"].strike, pulled=True
    ),
}
