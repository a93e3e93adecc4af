"""What only the upload host and the status say, and what time does to both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tests.chaos.matrix.answers import PAGE, refused
from tests.chaos.matrix.faults import Fault
from tests.chaos.matrix.line import Answer
from tiktok_bridge.tiktok.chunks import MIN_CHUNK

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.chaos.matrix.faults import Strike
    from tests.chaos.matrix.line import Exchange
    from tests.chaos.matrix.world import World

CHUNK: Final = MIN_CHUNK  # of the videos here


def _lost(_: World, exchange: Exchange) -> bool:
    exchange.forward()
    exchange.reply(Answer(502, PAGE, (("Content-Type", "text/html"),)))
    return True


def _reset(_: World, exchange: Exchange) -> bool:
    exchange.forward()
    exchange.reset()
    return True


def _says(change: Callable[[dict[str, Any]], object]) -> Strike:
    """Answer as TikTok does, but for *change* of the data."""

    def strike(_: World, exchange: Exchange) -> bool:
        answer = exchange.forward()
        if b'"ok"' in answer.body:
            answer = answer.edited(lambda body: change(body["data"]))
        exchange.reply(answer)
        return True

    return strike


def _offset(shift: int) -> Fault:
    """Lose the answer to a chunk once; the status then is wrong by *shift* bytes."""

    def change(data: dict[str, Any]) -> None:
        if "uploaded_bytes" in data:
            data["uploaded_bytes"] = max(data["uploaded_bytes"] + shift, 0)

    says = _says(change)

    def strike(world: World, exchange: Exchange) -> bool:
        return (says if exchange.stage == "status" else _reset)(world, exchange)

    return Fault(strike=_once(strike), also={"status": says})


def _once(strike: Strike) -> Strike:
    """Meet one chunk only; a status, every time."""

    def once(world: World, exchange: Exchange) -> bool:
        met = sum(n for stage, n in world.line.calls.items() if stage == world.stage)
        if met > 1 and exchange.stage != "status":
            return False
        return strike(world, exchange)

    return once


def _watched(change: Callable[[dict[str, Any]], object]) -> Fault:
    """Let every status be changed; a chunk's answer is lost once."""
    says = _says(change)

    def strike(world: World, exchange: Exchange) -> bool:
        return (says if exchange.stage == "status" else _reset)(world, exchange)

    return Fault(strike=_once(strike), also={"status": says})


def _flapping() -> Fault:
    """Let the status go to and fro, with words that nobody knows, before its end."""
    words = ["PROCESSING_UPLOAD", "PROCESSING_DOWNLOAD", "REVIEWING"] * 2

    def strike(world: World, exchange: Exchange) -> bool:
        if exchange.stage != "status":
            return _reset(world, exchange)
        met = world.line.calls["status"]
        if met > len(words):
            return False
        says = _says(lambda data: data.update(status=words[met - 1]))
        return says(world, exchange)

    return Fault(strike=_once(strike), also={"status": strike})


def _pass(seconds: float) -> Fault:
    """Let *seconds* pass for everybody when a request comes."""

    def happen(world: World) -> None:
        world.clock.sleep(seconds)

    return Fault(happen=happen, strike=_happens, times=1)


def _happens(world: World, _: Exchange) -> bool:
    world.fault.happen(world)
    return False


def _jump(seconds: float) -> Fault:
    """Let our clock alone be wrong by *seconds* from a request on."""

    def happen(world: World) -> None:
        world.clock.wrong += seconds

    return Fault(happen=happen, strike=_happens, times=1)


FAULTS: Final = {
    "201 lost": Fault(strike=_lost),
    "offset behind": _offset(-CHUNK),
    "offset ahead": _offset(CHUNK),
    "offset off by one": _offset(-1),
    "416": refused(416, "416"),
    "404": refused(404, "404"),
    "403": refused(403, "403"),
    "400": refused(400, "400"),
    "upload URL has ended": _pass(3_601),
    "upload URL about to end": _pass(3_590),
    "clock jumps ahead": _jump(7_200),
    "clock jumps back": _jump(-7_200),
    "sleep of two days": _pass(172_800),
    "status never terminal": _watched(
        lambda data: data.update(status="PROCESSING_UPLOAD")
    ),
    "status flaps": _flapping(),
    "status complete without an id": _watched(
        lambda data: data.pop("publicaly_available_post_id", None)
    ),
    "status says the inbox": _watched(
        lambda data: data.update(status="SEND_TO_USER_INBOX")
    ),
}
