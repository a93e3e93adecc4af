"""Gather what is wrong with the posts of a file, before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tiktok_bridge import Bridge, BridgeError, Collector, Fact, PostsFile, plan_chunks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tiktok_bridge import Post, Visit


class _Alone:
    """One post, as a file of its own whose problems keep their key."""

    def __init__(self, post: Post) -> None:
        self.posts = [post]

    def problem(
        self, _: int, key: str, message: str, *, hint: str | None = None
    ) -> tuple[str, str, str | None]:
        return key.partition(".")[0], message, hint


def collector(path: Path) -> Collector:
    """Return what checks the posts of the file at *path*, as `check` does.

    It yields one fact of kind `draft` about each, by its place from 1: `account`,
    `media` (video or photos), `is_pulled`, `mode`, `privacy`, `size_bytes` (None where
    nobody could tell), `plan` (of the chunks: `chunk_size`, `total_chunk_count`), and
    by key of the post `wrong` and `doubtful`, each a list of `[message, hint]`. It
    yields `planned` too, as the collector `plans` does for posts of the ledger.

    Raises:
        ConfigError: There is no such file, or it cannot be used.
    """
    file = PostsFile.read(path)

    def collect(visit: Visit) -> Iterator[Fact]:
        with Bridge.from_config(visit.config, host=visit.host) as bridge:
            for number, post in enumerate(file.posts, 1):
                data = _data(bridge, post)
                yield Fact("draft", str(number), data)
                yield Fact("planned", f"{post.account}/{post.id}", _planned(post, data))

    return Collector("drafts", collect, "S0", 60.0)


def _data(bridge: Bridge, post: Post) -> dict[str, Any]:
    alone: Any = _Alone(post)
    told: Any = bridge.check_file(alone)
    wrong, doubtful = (_by_key(problems) for problems in told)
    size = None if post.is_pulled else _size(bridge, post)
    return {
        "account": post.account,
        "media": "photos" if post.photos else "video",
        "is_pulled": post.is_pulled,
        "mode": post.mode,
        "privacy": post.privacy,
        "size_bytes": size,
        "plan": _plan(size),
        "wrong": wrong,
        "doubtful": doubtful,
    }


def _planned(post: Post, data: dict[str, Any]) -> dict[str, Any]:
    same = {name: data[name] for name in ("account", "mode", "privacy", "size_bytes")}
    allow = post.allow
    may = {"comment": allow.comment, "duet": allow.duet, "stitch": allow.stitch}
    return same | may | {"kind": data["media"]}


def _by_key(
    problems: list[tuple[str, str, str | None]],
) -> dict[str, list[list[str | None]]]:
    found: dict[str, list[list[str | None]]] = {}
    for key, message, hint in problems:
        found.setdefault(key, []).append([message, hint])
    return found


def _size(bridge: Bridge, post: Post) -> int | None:
    address = post.video
    if ":" not in address:
        address = (bridge.settings.media_root / address).absolute().as_uri()
    try:
        return bridge.host.open_media_source(address).stat().size_bytes
    except BridgeError:
        return None


def _plan(size_bytes: int | None) -> dict[str, int] | None:
    try:
        plan = plan_chunks(size_bytes or 0)
    except BridgeError:
        return None
    count = plan.total_chunk_count
    return {"chunk_size": plan.chunk_size, "total_chunk_count": count}
