"""Take the post of an editor, and say where it stands."""

from fastapi import APIRouter, HTTPException, status

from fastapi_site.dependencies import BridgeDep
from fastapi_site.models import NewPost, Standing
from tiktok_bridge import Post

router = APIRouter(prefix="/posts")
ACCOUNT = "acme"  # the site says whose post it is, not who calls it


@router.post("/", status_code=status.HTTP_202_ACCEPTED)
async def publish(new: NewPost, bridge: BridgeDep) -> Standing:
    """Keep a post and send nothing: that is the worker's (`advance.py`)."""
    result = await bridge.accept(Post(account=ACCOUNT, **new.model_dump()))
    return Standing.model_validate(result)


@router.get("/{post_id:path}")
async def show(post_id: str, bridge: BridgeDep) -> Standing:
    """Say where a post stands; TikTok is not asked."""
    result = await bridge.find(post_id, ACCOUNT)
    if result is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"there is no post {post_id}")
    return Standing.model_validate(result)
