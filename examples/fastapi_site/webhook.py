"""Take what TikTok tells; the address is registered at developers.tiktok.com."""

import logging
import time

from fastapi import APIRouter, HTTPException, Request

from tiktok_bridge import AsyncBridge, WebhookError, verify_webhook

router = APIRouter()
log = logging.getLogger(__name__)


@router.post("/tiktok/webhook")
async def receive(request: Request) -> None:
    """Believe only what TikTok signed: the raw body, before anybody parses it."""
    bridge: AsyncBridge = request.state.bridge
    secrets = [bridge.settings.app.client_secret]
    body = await request.body()
    try:
        event = verify_webhook(request.headers, body, secrets, time.time())
    except WebhookError as error:
        raise HTTPException(401, str(error)) from error
    log.info("TikTok: %s %s", event.name, dict(event.content))
