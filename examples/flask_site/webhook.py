"""Take what TikTok tells; the address is registered at developers.tiktok.com."""

import time

from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue

from tiktok_bridge import Bridge, WebhookError, verify_webhook

routes = Blueprint("webhook", __name__)


@routes.post("/tiktok/webhook")
def receive() -> ResponseReturnValue:
    """Believe only what TikTok signed: the raw body, before anybody parses it."""
    bridge: Bridge = current_app.extensions["tiktok_bridge"]
    secrets = [bridge.settings.app.client_secret]
    body = request.get_data(cache=False)
    try:
        event = verify_webhook(request.headers, body, secrets, time.time())
    except WebhookError as error:
        return {"error": str(error)}, 401
    current_app.logger.info("TikTok: %s %s", event.name, dict(event.content))
    return "", 200  # anything else, and TikTok sends it again
