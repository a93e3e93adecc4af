"""A site on FastAPI: `uvicorn fastapi_site.main:app`."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse

from fastapi_site import posts, webhook
from tiktok_bridge import AsyncBridge, BusyError, ConflictError, InvalidInput


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[dict[str, AsyncBridge]]:
    """Open one bridge for the process; requests have it in their state."""
    async with AsyncBridge.from_config(os.environ["TIKTOK_BRIDGE_CONFIG"]) as bridge:
        yield {"bridge": bridge}


app = FastAPI(lifespan=lifespan)
app.include_router(posts.router)
app.include_router(webhook.router)


@app.exception_handler(InvalidInput)
async def refuse(_request: Request, error: InvalidInput) -> JSONResponse:
    """Tell everything that is wrong with a post: place, message and hint."""
    status = 409 if isinstance(error, ConflictError) else 422
    return JSONResponse({"problems": jsonable_encoder(error.problems)}, status)


@app.exception_handler(BusyError)
async def come_back(_request: Request, error: BusyError) -> JSONResponse:
    """Let the caller try again: another process holds what is needed."""
    return JSONResponse({"error": str(error)}, 503, {"Retry-After": "5"})
