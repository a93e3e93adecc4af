"""Hold a post that was built in Python against the schema of posts files."""

from __future__ import annotations

import math
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from tiktok_bridge.config import reader, schema
from tiktok_bridge.models import Allow, Disclose
from tiktok_bridge.publish.preflight import Objection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge.models import Post


UNSAID = {
    "cover_at": None,
    "privacy": None,
    "photos": (),
    "transfer": "upload",
    "description": "",
    "cover": 0,
    "add_music": False,
}
"""Values that mean: nobody said it; left out, as in a file."""


def shape(post: Post) -> list[Objection]:
    """Return what in *post* could not stand in a file either."""
    if wrong := list(_types(post)):
        return wrong
    said = asdict(post).items()
    fields = {k: v for k, v in said if k not in UNSAID or v != UNSAID[k]}
    if post.photos:
        fields["photos"] = list(post.photos)
        fields = {k: v for k, v in fields.items() if k != "video" or v}
    document = reader.Document(Path(), {"version": 1, "posts": [fields]}, {})
    objections = [
        Objection(
            problem.place.key.removeprefix("posts[0]").lstrip("."),
            problem.message,
            problem.hint,
        )
        for problem in schema.check(document, "posts")
    ]
    if objections:
        return objections
    if not post.id.isprintable():
        objections.append(Objection("id", f"{post.id!r} holds signs that are no text"))
    if post.cover_at is not None and math.isnan(post.cover_at):
        objections.append(Objection("cover_at", "is no number"))
    return objections


def _types(post: Post) -> Iterator[Objection]:
    """Yield what a caller without types gave instead of what belongs there."""
    kinds = {"photos": tuple, "allow": Allow, "disclose": Disclose}
    for key, kind in kinds.items():
        if not isinstance(getattr(post, key), kind):
            yield Objection(key, f"is no `{kind.__name__}`")
