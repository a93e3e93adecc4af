"""Say what comes in, and what goes out."""

from pydantic import BaseModel

from tiktok_bridge import Failure, State


class NewPost(BaseModel, extra="forbid"):
    """What an editor says; `id` is the site's own, so that it is posted once."""

    id: str
    video: str
    title: str = ""
    privacy: str | None = None  # what the editor chose, or a problem


class Standing(BaseModel, from_attributes=True):
    """What an editor is told of a `Result`."""

    id: str
    state: State
    has_ended: bool
    failure: Failure | None
