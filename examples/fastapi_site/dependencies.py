"""Give routes the bridge that the lifespan has opened."""

from typing import Annotated

from fastapi import Depends, Request

from tiktok_bridge import AsyncBridge


async def get_bridge(request: Request) -> AsyncBridge:
    """Return the bridge of this process."""
    bridge: AsyncBridge = request.state.bridge
    return bridge


BridgeDep = Annotated[AsyncBridge, Depends(get_bridge)]
