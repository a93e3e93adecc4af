"""The sandbox's own endpoints: look inside, break things, move time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.responses import JSONResponse, Response

from tiktok_bridge_sandbox import visits
from tiktok_bridge_sandbox.amounts import LARGEST, is_amount
from tiktok_bridge_sandbox.bodies import read_object
from tiktok_bridge_sandbox.errors import UsageError
from tiktok_bridge_sandbox.snapshot import describe

if TYPE_CHECKING:
    from starlette.requests import Request

    from tiktok_bridge_sandbox.sandbox import Sandbox

LAST: Final = 253_370_764_800.0
"""The first second of 9999: a log id has four digits for the year."""


async def state(_request: Request, sandbox: Sandbox) -> Response:
    """Return everything that happened so far."""
    await sandbox.backend.courier.catch_up()
    return JSONResponse(describe(sandbox.backend))


async def tokens(_request: Request, sandbox: Sandbox) -> Response:
    """Return the newest token response of every account."""
    return JSONResponse(sandbox.backend.tokens.responses())


async def faults(request: Request, sandbox: Sandbox) -> Response:
    """Queue faults for an endpoint."""
    body = await read_object(request)
    given = body.get("faults")
    if not isinstance(given, list):
        raise UsageError("'faults' is a list")
    sandbox.backend.faults.add(str(body.get("endpoint")), given)
    return JSONResponse({"pending_faults": sandbox.backend.faults.pending()})


async def reset(request: Request, sandbox: Sandbox) -> Response:
    """Start over, in another scenario or with other switches if asked."""
    body = await read_object(request)
    scenario = body.get("scenario", sandbox.backend.name)
    changes = body.get("switches", {})
    if not isinstance(changes, dict):
        raise UsageError("'switches' is an object")
    sandbox.reset(str(scenario), changes)
    return JSONResponse(describe(sandbox.backend))


async def clock(request: Request, sandbox: Sandbox) -> Response:
    """Let time pass."""
    seconds = (await read_object(request)).get("advance")
    if not is_amount(seconds):
        raise UsageError(f"'advance' is a number of seconds from 0 to {LARGEST}")
    if sandbox.clock.now() + seconds > LAST:
        raise UsageError("the sandbox's time ends with the year 9998")
    sandbox.clock.advance(seconds)
    sandbox.backend.courier.wake()
    return JSONResponse({"now": sandbox.clock.now()})


async def login(request: Request, sandbox: Sandbox) -> Response:
    """Let a person answer the page at an authorize or scan URL."""
    body = await read_object(request)
    scopes = body.get("scopes")
    if not (scopes is None or isinstance(scopes, list)):
        raise UsageError("'scopes' is a list, or null for all that were asked for")
    decision = visits.Decision(
        account=str(body.get("account", "acme")),
        scopes=None if scopes is None else [str(scope) for scope in scopes],
        deny=body.get("deny") is True,
    )
    location = visits.decide(sandbox.backend, str(body.get("url")), decision)
    return JSONResponse({"location": location})
