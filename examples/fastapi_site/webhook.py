"""Take what TikTok tells; the address is registered at developers.tiktok.com."""

import logging

from fastapi import APIRouter, HTTPException, Request

from fastapi_site.dependencies import BridgeDep
from tiktok_bridge import WebhookError

router = APIRouter()
log = logging.getLogger(__name__)


@router.post("/tiktok/webhook")
async def receive(request: Request, bridge: BridgeDep) -> None:
    """Give the raw body on, before anybody parses it; the post moves by itself."""
    try:
        event = await bridge.receive(request.headers, await request.body())
    except WebhookError as error:
        raise HTTPException(400, str(error)) from error
    log.info("TikTok: %s", event.name)
