"""Take what TikTok tells; the address is registered at developers.tiktok.com."""

from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue

from tiktok_bridge import Bridge, WebhookError

routes = Blueprint("webhook", __name__)


@routes.post("/tiktok/webhook")
def receive() -> ResponseReturnValue:
    """Give the raw body on, before anybody parses it; the post moves by itself."""
    bridge: Bridge = current_app.extensions["tiktok_bridge"]
    event = bridge.receive(request.headers, request.get_data(cache=False))
    current_app.logger.info("TikTok: %s", event.name)
    return "", 200  # anything else, and TikTok sends it again


@routes.errorhandler(WebhookError)
def refuse(error: WebhookError) -> ResponseReturnValue:
    """Do nothing for whoever is not TikTok."""
    return {"error": str(error)}, 400
