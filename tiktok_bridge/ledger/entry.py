"""Hold one post as the ledger knows it, and its way to a row and back."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from tiktok_bridge.models import Allow, Disclose, Failure, Post, PostKey, State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import RowMapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One post; times in seconds since the epoch.

    Attributes:
        post: What a person asked for.
        version: How often it has moved.
        mode: How it is sent: `direct`, or `inbox` when asked for or fallen back to.
        acknowledged: Bytes that the upload host confirmed.
        tries: Attempts without luck since the last progress.
        owner: Who works on it, until `owned_until`.
    """

    post: Post
    state: State
    version: int
    mode: str
    size_bytes: int | None
    media_version: str | None
    publish_id: str | None
    upload_url: str | None = field(repr=False)  # a secret
    url_expires_at: float | None
    acknowledged: int
    post_ids: tuple[str, ...]
    privacy_level: str | None
    failure: Failure | None
    tries: int
    next_at: float | None
    owner: str | None
    owned_until: float
    created_at: float
    updated_at: float

    @property
    def is_open(self) -> bool:
        """Whether nothing of it was sent, so that its content may still change."""
        return self.state == State.PLANNED and self.publish_id is None

    @property
    def key(self) -> PostKey:
        """The idempotency key."""
        return PostKey(self.post.account, self.post.id)


@dataclass(frozen=True, slots=True)
class Move:
    """One line of a post's history.

    Attributes:
        note: What happened, in words.
        asked: What TikTok was asked: the endpoint and the body, without secrets.
        answered: What it answered, without secrets.
        at: When, in seconds since the epoch; the ledger says it, as it does `state`.
        state: Where the post went.
    """

    note: str
    log_id: str | None = None
    asked: Mapping[str, Any] | None = None
    answered: Mapping[str, Any] | None = None
    at: float = 0.0
    state: State = State.PLANNED


def from_row(row: RowMapping) -> Entry:
    """Build the entry of a row of `posts`."""
    failure = row["failure"] and Failure(**json.loads(row["failure"]))
    return Entry(
        **{name: row[name] for name in _PLAIN},
        post=post_from_json(row["content"]),
        state=State(row["state"]),
        post_ids=tuple(json.loads(row["post_ids"])),
        failure=failure,
    )


def from_line(row: RowMapping) -> Move:
    """Build the move of a row of `history`."""
    asked, answered = (row[name] and json.loads(row[name]) for name in _EXCHANGE)
    return Move(
        row["note"], row["log_id"], asked, answered, row["at"], State(row["state"])
    )


def to_line(what: str | Move, state: State, at: float) -> dict[str, Any]:
    """Translate what happened, to *state* and *at* that time, into columns."""
    move = Move(what) if isinstance(what, str) else what
    asked, answered = (
        None if told is None else json.dumps(told)
        for told in (move.asked, move.answered)
    )
    return {
        "at": at,
        "state": state,
        "note": move.note,
        "log_id": move.log_id,
        "asked": asked,
        "answered": answered,
    }


def to_columns(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Translate changed fields of an entry into columns."""
    columns = dict(changes)
    if "post_ids" in columns:
        columns["post_ids"] = json.dumps(columns["post_ids"])
    if columns.get("failure") is not None:
        columns["failure"] = json.dumps(asdict(columns["failure"]))
    return columns


def post_to_json(post: Post) -> str:
    """Write a post so that equal posts are equal text."""
    return json.dumps(asdict(post), sort_keys=True)


def post_from_json(text: str) -> Post:
    """Read what `post_to_json` wrote."""
    fields = json.loads(text)
    fields["allow"] = Allow(**fields["allow"])
    fields["disclose"] = Disclose(**fields["disclose"])
    fields["photos"] = tuple(fields.get("photos", ()))
    return Post(**fields)


_EXCHANGE = ("asked", "answered")

_PLAIN = frozenset(
    {
        "version",
        "mode",
        "size_bytes",
        "media_version",
        "publish_id",
        "upload_url",
        "url_expires_at",
        "acknowledged",
        "privacy_level",
        "tries",
        "next_at",
        "owner",
        "owned_until",
        "created_at",
        "updated_at",
    }
)
