"""Take the post of an editor, and say where it stands."""

from fastapi import APIRouter, HTTPException, Request, Response
from pydantic import BaseModel

from tiktok_bridge import AsyncBridge, Post, Result, State

router = APIRouter(prefix="/posts")
ENDED = (State.PUBLISHED, State.IN_INBOX, State.FAILED, State.UNKNOWN)
ACCOUNT = "acme"  # the site says whose post it is, not who calls it


class NewPost(BaseModel, extra="forbid"):
    """What an editor says; `id` is the site's own, so that it is sent once."""

    id: str
    video: str
    title: str = ""
    privacy: str | None = None  # what the editor chose, or a problem


@router.post("/")
async def publish(new: NewPost, request: Request, response: Response) -> Result:
    """Send a post: 202 while TikTok works on it, 200 when that has ended."""
    bridge: AsyncBridge = request.state.bridge
    result = await bridge.publish(Post(account=ACCOUNT, **new.model_dump()), wait=0)
    response.status_code = 200 if result.state in ENDED else 202
    return result


@router.get("/{post_id}")
async def show(post_id: str, request: Request) -> Result:
    """Say where a post stands; TikTok is not asked."""
    bridge: AsyncBridge = request.state.bridge
    if result := await bridge.find(post_id, ACCOUNT):
        return result
    raise HTTPException(404, f"there is no post {post_id}")
