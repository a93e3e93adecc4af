"""Read `posts.yaml` into posts, each with the place where it was written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tiktok_bridge.config import reader, schema
from tiktok_bridge.errors import InvalidInput
from tiktok_bridge.models import Allow, Disclose, Post, PostKey, Problem

if TYPE_CHECKING:
    from tiktok_bridge.config.reader import Document

MAX_BYTES: Final = 64 * 1024 * 1024
"""Largest `posts.yaml` that is read, in bytes."""


FOR_PHOTOS: Final = frozenset({"description", "add_music"})
FOR_VIDEO: Final = frozenset({"transfer", "cover_at"})
"""Defaults that the posts of the other kind do not take."""


class PostsFile:
    """The posts of one file, and where each of their keys stands.

    Attributes:
        posts: The posts, in the order of the file.
    """

    def __init__(self, document: Document, posts: list[Post]) -> None:
        self._document = document
        self.posts = posts

    @classmethod
    def read(cls, path: str | Path) -> PostsFile:
        """Read and check *path*.

        Raises:
            ConfigError: It is not YAML as we read it.
            InvalidInput: It is, and says something that cannot be; all of it is told.
        """
        document = reader.read(Path(path), max_bytes=MAX_BYTES)
        problems = schema.check(document, "posts")
        if problems:
            raise InvalidInput(*problems)
        defaults = document.value.get("defaults", {})
        merged = [_merged(defaults, post) for post in document.value["posts"]]
        problems = [*_without_account(document, merged), *_twice(document, merged)]
        if problems:
            raise InvalidInput(*problems)
        return cls(document, [_post(value) for value in merged])

    def problem(
        self, index: int, key: str, message: str, *, hint: str | None = None
    ) -> Problem:
        """Build the problem with *key* of the post at *index*."""
        document, keys = self._document, tuple(key.split("."))
        in_defaults = keys[0] in document.value.get("defaults", {})
        if in_defaults and keys[0] not in document.value["posts"][index]:
            return document.problem(("defaults", *keys), message, hint=hint)
        return document.problem(("posts", index, *keys), message, hint=hint)


def _merged(defaults: dict[str, Any], post: dict[str, Any]) -> dict[str, Any]:
    """Give *post* the *defaults* that are for its kind."""
    others = FOR_VIDEO if "photos" in post else FOR_PHOTOS
    return {k: v for k, v in defaults.items() if k not in others} | post


def _without_account(document: Document, merged: list[dict[str, Any]]) -> list[Problem]:
    return [
        document.problem(
            ("posts", index, "account"),
            "`account` is missing",
            hint="name the account, here or once under `defaults`",
        )
        for index, value in enumerate(merged)
        if "account" not in value
    ]


def _twice(document: Document, merged: list[dict[str, Any]]) -> list[Problem]:
    first: dict[PostKey, int] = {}
    problems = []
    for index, value in enumerate(merged):
        key = PostKey(value.get("account", ""), value["id"])
        if key in first:
            line = document.place("posts", first[key], "id").line
            problems.append(
                document.problem(
                    ("posts", index, "id"),
                    f"the id `{key.id}` stands twice (first on line {line})",
                    hint="give each post of an account an id of its own",
                )
            )
        first.setdefault(key, index)
    return problems


def _post(value: dict[str, Any]) -> Post:
    fields = dict(value, photos=tuple(value.get("photos", ())))
    fields["allow"] = Allow(**value.get("allow", {}))
    fields["disclose"] = Disclose(**value.get("disclose", {}))
    return Post(**fields)
