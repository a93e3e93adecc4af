"""The sandbox's own endpoints for what happens outside the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response

from tiktok_bridge_sandbox import hands
from tiktok_bridge_sandbox.bodies import read_object
from tiktok_bridge_sandbox.errors import UsageError

if TYPE_CHECKING:
    from starlette.requests import Request

    from tiktok_bridge_sandbox.events import Event
    from tiktok_bridge_sandbox.sandbox import Sandbox


async def creator(request: Request, sandbox: Sandbox) -> Response:
    """Let a creator do something in the TikTok app."""
    hands.act(sandbox.backend, await read_object(request))
    return JSONResponse({})


async def webhooks(request: Request, sandbox: Sandbox) -> Response:
    """List every event; POST brings some to the app before."""
    courier = sandbox.backend.courier
    await courier.catch_up()
    if request.method == "POST":
        wish = await read_object(request)
        chosen = _chosen(courier.collect(), wish)
        await courier.deliver(chosen, again="redeliver" in wish)
    await courier.settle()
    listed = [event.describe() for event in courier.collect()]
    return JSONResponse({"webhooks": listed})


def _chosen(events: list[Event], wish: dict[str, object]) -> list[Event]:
    match wish:
        case {"deliver": True} | {"redeliver": True}:
            return events
        case {"redeliver": int(number)} if 0 < number <= len(events):
            return [events[number - 1]]
    raise UsageError(
        "the body is {'deliver': true}, {'redeliver': true} or {'redeliver': NUMBER}"
    )
