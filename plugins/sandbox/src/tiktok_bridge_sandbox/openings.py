"""What an init asks for, and the publish it becomes."""

from __future__ import annotations

import json
import secrets
import uuid
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final, Literal

from tiktok_bridge_sandbox import audit, chunk_rules, properties
from tiktok_bridge_sandbox.chunk_rules import Plan
from tiktok_bridge_sandbox.publishes import Post, Publish
from tiktok_bridge_sandbox.pulls import Pull
from tiktok_bridge_sandbox.uploads import URL_LIFE, Upload

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tiktok_bridge_sandbox.apps import App
    from tiktok_bridge_sandbox.creators import Creator
    from tiktok_bridge_sandbox.models import Backend
    from tiktok_bridge_sandbox.pulls import PullPlan
    from tiktok_bridge_sandbox.switches import Switches

PREFIXES: Final = {
    ("video", "direct", "upload"): "v_pub_file~v2-1.",
    ("video", "direct", "pull"): "v_pub_url~v2.",
    ("video", "inbox", "upload"): "v_inbox_file~v2.",
    ("video", "inbox", "pull"): "v_inbox_url~v2.",
    ("photo", "direct", "pull"): "p_pub_url~v2.",
    ("photo", "inbox", "pull"): "p_pub_url~v2.",
}
"""What a publish_id starts with, per medium, mode and transfer."""


@dataclass(frozen=True)
class Order:
    """A well-formed init, before TikTok looks at who asks."""

    medium: Literal["video", "photo"]
    mode: Literal["direct", "inbox"]
    post_info: Mapping[str, object] | None
    source: Plan | PullPlan
    is_ai_generated: bool = False

    @property
    def prefix(self) -> str:
        """What the publish_id starts with."""
        transfer = "upload" if isinstance(self.source, Plan) else "pull"
        return PREFIXES[self.medium, self.mode, transfer]

    def fingerprint(self, app: App, creator: Creator) -> str:
        """Return a text that only an equal init of both shares."""
        return json.dumps([app.client_key, creator.name, asdict(self)], sort_keys=True)


def check_source(order: Order, switches: Switches) -> None:
    """Refuse a plan that breaks the chunk rules, or a URL of somebody else."""
    if isinstance(order.source, Plan):
        chunk_rules.check(order.source, switches)
        return
    for url in order.source.urls:
        properties.check_url(url, switches)


def open_publish(backend: Backend, app: App, creator: Creator, order: Order) -> Publish:
    """Return what *order* of *app* becomes.

    Sizes and URLs are judged before people. Disabled interactions are not
    written back into the post_info.
    """
    level = None
    check_source(order, backend.switches)
    if order.mode == "direct":
        backend.check_may_post(app, creator)
        asked = (order.post_info or {}).get("privacy_level")
        level = audit.admitted_level(backend.switches, app, creator, asked)
    else:
        backend.check_may_draft(app, creator)
    return Publish(
        publish_id=order.prefix + number(),
        account=creator.name,
        medium=order.medium,
        mode=order.mode,
        post_info=order.post_info,
        privacy_level=level,
        source=_start(order, backend),
        switches=backend.switches,
        opened_at=backend.now(),
        client_key=app.client_key,
        is_ai_generated=order.is_ai_generated,
        posts=[] if level is None else [Post(int(number()), level)],
    )


def _start(order: Order, backend: Backend) -> Upload | Pull:
    now, switches = backend.now(), backend.switches
    if isinstance(order.source, Plan):
        return Upload(number(), str(uuid.uuid4()), order.source, now + URL_LIFE)
    pretended = switches.pull_seconds if switches.pulls == "pretend" else None
    return Pull(order.source, now, pretended)


def number() -> str:
    """Return nineteen digits that fit an int64, like TikTok's."""
    return f"7{secrets.randbelow(10**18):018d}"
