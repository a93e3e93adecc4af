"""The sandbox's own endpoints: look inside, break things, move time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response

from tiktok_bridge_sandbox.errors import UsageError
from tiktok_bridge_sandbox.snapshot import describe

if TYPE_CHECKING:
    from starlette.requests import Request

    from tiktok_bridge_sandbox.sandbox import Sandbox


async def state(_request: Request, sandbox: Sandbox) -> Response:
    """Return everything that happened so far."""
    return JSONResponse(describe(sandbox.backend))


async def tokens(_request: Request, sandbox: Sandbox) -> Response:
    """Return the newest token response of every account."""
    backend = sandbox.backend
    return JSONResponse(
        {name: backend.tokens.response(name) for name in backend.creators}
    )


async def faults(request: Request, sandbox: Sandbox) -> Response:
    """Queue faults for an endpoint."""
    body = await _object(request)
    given = body.get("faults")
    if not isinstance(given, list):
        raise UsageError("'faults' is a list")
    sandbox.backend.faults.add(str(body.get("endpoint")), given)
    return JSONResponse({"pending_faults": sandbox.backend.faults.pending()})


async def reset(request: Request, sandbox: Sandbox) -> Response:
    """Start over, in another scenario or with other switches if asked."""
    body = await _object(request)
    scenario = body.get("scenario", sandbox.backend.name)
    changes = body.get("switches", {})
    if not isinstance(changes, dict):
        raise UsageError("'switches' is an object")
    sandbox.reset(str(scenario), changes)
    return JSONResponse(describe(sandbox.backend))


async def clock(request: Request, sandbox: Sandbox) -> Response:
    """Let time pass."""
    seconds = (await _object(request)).get("advance")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise UsageError("'advance' is a number of seconds")
    sandbox.clock.advance(seconds)
    return JSONResponse({"now": sandbox.clock.now()})


async def _object(request: Request) -> dict[str, object]:
    body = json.loads(await request.body() or b"{}")
    if not isinstance(body, dict):
        raise UsageError("the body is a JSON object")
    return body
