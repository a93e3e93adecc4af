"""Hold a post that was built in Python against the schema of posts files."""

from __future__ import annotations

import math
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from tiktok_bridge.config import reader, schema
from tiktok_bridge.publish.preflight import Objection

if TYPE_CHECKING:
    from tiktok_bridge.models import Post


def shape(post: Post) -> list[Objection]:
    """Return what in *post* could not stand in a file either."""
    left_out = ("cover_at", "privacy")  # of these, None means that nobody said
    fields = asdict(post)
    fields = {k: v for k, v in fields.items() if v is not None or k not in left_out}
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
