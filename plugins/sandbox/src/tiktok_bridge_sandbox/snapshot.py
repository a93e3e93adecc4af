"""What a test may see of a backend, as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from tiktok_bridge_sandbox.pulls import Pull
from tiktok_bridge_sandbox.uploads import Upload

if TYPE_CHECKING:
    from tiktok_bridge_sandbox.apps import App
    from tiktok_bridge_sandbox.creators import Creator
    from tiktok_bridge_sandbox.models import Backend
    from tiktok_bridge_sandbox.publishes import Publish, Source


def describe(backend: Backend) -> dict[str, object]:
    """Return everything that happened in *backend* so far."""
    return {
        "scenario": backend.name,
        "now": backend.now(),
        "switches": asdict(backend.switches),
        "app": _app(backend.app),
        "accounts": [
            _account(creator, backend.tokens.scopes(creator.name))
            for creator in backend.creators.values()
        ],
        "publishes": [
            {"order": order} | _publish(publish, backend.now())
            for order, publish in enumerate(backend.publishes, start=1)
        ],
        "webhooks": [event.describe() for event in backend.courier.collect()],
        "calls": dict(backend.calls),
        "privacy_levels": backend.privacy_levels,
        "pending_faults": backend.faults.pending(),
        "contract_violations": backend.contract_violations,
    }


def _app(app: App) -> dict[str, object]:
    return {
        "client_key": app.client_key,
        "environment": app.environment,
        "state": app.state,
        "platform": app.platform,
        "redirect_uris": list(app.redirect_uris),
    }


def _account(creator: Creator, scopes: tuple[str, ...]) -> dict[str, object]:
    return {
        "account": creator.name,
        "visibility": creator.visibility,
        "open_id": creator.open_id,
        "scopes": list(scopes),
    }


def _publish(publish: Publish, now: float) -> dict[str, object]:
    public = [str(post.post_id) for post in publish.public_posts(now)]
    return {
        "publish_id": publish.publish_id,
        "account": publish.account,
        "client_key": publish.client_key,
        "medium": publish.medium,
        "mode": publish.mode,
        "status": publish.status(now),
        "fail_reason": publish.answer(now).get("fail_reason"),
        "post_info": publish.post_info,
        "privacy_level": publish.privacy_level,
        "is_ai_generated": publish.is_ai_generated,
        "post_id": public[-1] if public else None,
        "post_ids": public,
        "received": publish.source.received_by(now),
        **_source(publish.source),
    }


def _source(source: Source) -> dict[str, object]:
    if isinstance(source, Upload):
        return {
            "transfer": "upload",
            **asdict(source.plan),
            "sha256": source.digest.hexdigest(),
            "chunks": [list(chunk) for chunk in source.chunks],
        }
    if isinstance(source, Pull):
        return {
            "transfer": "pull",
            "urls": list(source.plan.urls),
            "cover_index": source.plan.cover_index,
            "sha256s": source.digests,
        }
    raise TypeError(type(source))
