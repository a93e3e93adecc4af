"""What a test may see of a backend, as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tiktok_bridge_sandbox.creators import Creator
    from tiktok_bridge_sandbox.models import Backend
    from tiktok_bridge_sandbox.publishes import Publish


def describe(backend: Backend) -> dict[str, object]:
    """Return everything that happened in *backend* so far."""
    return {
        "scenario": backend.name,
        "now": backend.now(),
        "switches": asdict(backend.switches),
        "accounts": [_account(creator) for creator in backend.creators.values()],
        "publishes": [
            {"order": order} | _publish(publish, backend.now())
            for order, publish in enumerate(backend.publishes, start=1)
        ],
        "calls": dict(backend.calls),
        "privacy_levels": backend.privacy_levels,
        "pending_faults": backend.faults.pending(),
    }


def _account(creator: Creator) -> dict[str, object]:
    return {
        "account": creator.name,
        "visibility": creator.account.visibility,
        "open_id": creator.open_id,
        "scopes": list(creator.account.scopes),
    }


def _publish(publish: Publish, now: float) -> dict[str, object]:
    upload = publish.upload
    return {
        "publish_id": publish.publish_id,
        "account": publish.account,
        "mode": publish.mode,
        "status": publish.status(now),
        "fail_reason": publish.answer(now).get("fail_reason"),
        "post_info": publish.post_info,
        "privacy_level": publish.privacy_level,
        "post_id": str(publish.post_id) if publish.is_public(now) else None,
        "video_size": upload.plan.video_size,
        "chunk_size": upload.plan.chunk_size,
        "total_chunk_count": upload.plan.total_chunk_count,
        "received": upload.received,
        "sha256": upload.digest.hexdigest(),
        "chunks": [list(chunk) for chunk in upload.chunks],
    }
