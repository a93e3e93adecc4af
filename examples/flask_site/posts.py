"""Take the post of an editor's form, and say where it stands."""

from flask import Blueprint, abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from tiktok_bridge import Bridge, ConfigError, ConflictError, InvalidInput, Post, State

routes = Blueprint("posts", __name__, url_prefix="/posts")
ENDED = (State.PUBLISHED, State.IN_INBOX, State.FAILED, State.UNKNOWN)


@routes.post("/")
def publish() -> ResponseReturnValue:
    """Send a post; `id` is the site's own, so that a repeated form is sent once."""
    bridge: Bridge = current_app.extensions["tiktok_bridge"]
    post = Post(
        id=request.form["id"],
        account=current_app.config["TIKTOK_ACCOUNT"],
        video=request.form["video"],
        title=request.form.get("title", ""),
        privacy=request.form.get("privacy"),  # what the editor chose, or a problem
    )
    try:
        result = bridge.publish(post, wait=0)
    except InvalidInput as error:
        status = 409 if isinstance(error, ConflictError) else 422
        return {"problems": error.problems}, status
    return jsonify(result), 200 if result.state in ENDED else 202


@routes.get("/<post_id>")
def show(post_id: str) -> ResponseReturnValue:
    """Say where a post stands; TikTok is not asked."""
    bridge: Bridge = current_app.extensions["tiktok_bridge"]
    try:
        entry = bridge.ledger.named(post_id, current_app.config["TIKTOK_ACCOUNT"])
    except ConfigError:
        abort(404)
    return {"state": entry.state, "failure": entry.failure, "next_at": entry.next_at}
