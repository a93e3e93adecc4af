"""Say how a post differs from the one that the ledger knows by its id; pure."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from tiktok_bridge.models import State
from tiktok_bridge.redaction.addresses import shown

if TYPE_CHECKING:
    from tiktok_bridge.ledger.entry import Entry
    from tiktok_bridge.models import Post


def conflict(
    known: Entry | None, post: Post, size_bytes: int | None
) -> tuple[str, str] | None:
    """Return what is wrong with taking *post* for *known*, and what to do; or None."""
    if known is None or known.is_open:
        return None
    wrong = _differences(known.post, post)
    if size_bytes is not None and known.size_bytes not in (None, size_bytes):
        wrong.append(f"the video had {known.size_bytes} bytes and has {size_bytes}")
    if not wrong:
        return None
    hint = "give the new post an id of its own; what was published stays"
    if known.state == State.FAILED:
        command = f"tiktok-bridge posts retry {post.id} --account {post.account}"
        hint = f"{command} lets it be sent as changed"
    what = "; ".join(wrong)
    return f"the id {post.id!r} is taken by a post that is {known.state}: {what}", hint


def _differences(known: Post, given: Post) -> list[str]:
    old, new = asdict(known), asdict(given)
    return [
        f"{name} was {_shown(name, old[name])} and is now {_shown(name, new[name])}"
        for name in old
        if old[name] != new[name]
    ]


def _shown(name: str, value: Any) -> str:  # noqa: ANN401 - of any field of a post
    if name == "video":
        value = shown(value)
    if name == "photos":
        value = [shown(one) for one in value]
    return json.dumps(value, ensure_ascii=False)
