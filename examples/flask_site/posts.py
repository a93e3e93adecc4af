"""Take the post of an editor's form, and say where it stands."""

from flask import Blueprint, abort, current_app, request
from flask.typing import ResponseReturnValue

from tiktok_bridge import Bridge, Post, Result

routes = Blueprint("posts", __name__, url_prefix="/posts")


@routes.post("/")
def publish() -> ResponseReturnValue:
    """Keep a post and send nothing: that is the worker's (`advance.py`)."""
    bridge: Bridge = current_app.extensions["tiktok_bridge"]
    post = Post(
        id=request.form["id"],  # the site's own, so that it is posted once
        account=current_app.config["TIKTOK_ACCOUNT"],
        video=request.form["video"],
        title=request.form.get("title", ""),
        privacy=request.form.get("privacy"),  # what the editor chose, or a problem
    )
    return standing(bridge.accept(post)), 202


@routes.get("/<path:post_id>")
def show(post_id: str) -> ResponseReturnValue:
    """Say where a post stands; TikTok is not asked."""
    bridge: Bridge = current_app.extensions["tiktok_bridge"]
    result = bridge.find(post_id, current_app.config["TIKTOK_ACCOUNT"])
    return abort(404) if result is None else standing(result)


def standing(result: Result) -> dict[str, object]:
    """Return what an editor is told."""
    names = ("id", "state", "has_ended", "failure")
    return {name: getattr(result, name) for name in names}
