"""A site on Flask; FLASK_TIKTOK_CONFIG and FLASK_TIKTOK_ACCOUNT configure it."""

import atexit

from flask import Flask
from flask.typing import ResponseReturnValue

from flask_site import posts, webhook
from tiktok_bridge import Bridge, BusyError, ConflictError, InvalidInput


def create_app() -> Flask:
    """Make the app, with one bridge that is closed when the process ends."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = 1024 * 1024  # videos are named, not sent
    app.config.from_prefixed_env()
    bridge = Bridge.from_config(app.config["TIKTOK_CONFIG"])
    atexit.register(bridge.close)
    app.extensions["tiktok_bridge"] = bridge
    app.register_blueprint(posts.routes)
    app.register_blueprint(webhook.routes)
    app.register_error_handler(InvalidInput, refuse)
    app.register_error_handler(BusyError, come_back)
    return app


def refuse(error: InvalidInput) -> ResponseReturnValue:
    """Tell everything that is wrong with a post: place, message and hint."""
    status = 409 if isinstance(error, ConflictError) else 422
    return {"problems": error.problems}, status


def come_back(error: BusyError) -> ResponseReturnValue:
    """Let the caller try again: another process holds what is needed."""
    return {"error": str(error)}, 503, {"Retry-After": "5"}
