"""Say where a post stands: to the caller, and as an event; pure."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from tiktok_bridge.ledger.states import AT_REST
from tiktok_bridge.models import Event, Result, State

if TYPE_CHECKING:
    from tiktok_bridge.ledger.entry import Entry


SHOWN: Final = tuple(one.name for one in fields(Result) if one.name != "sent")
"""What reports and events show of a result."""


def result(entry: Entry, *, sent: bool = False) -> Result:
    """Return what a caller may know of *entry*."""
    seen, source = visibility(entry)
    return Result(
        id=entry.post.id,
        account=entry.post.account,
        state=entry.state,
        mode=entry.mode,
        title=entry.post.title,
        sent=sent,
        publish_id=entry.publish_id,
        post_ids=entry.post_ids,
        visibility=seen,
        visibility_source=source,
        size_bytes=entry.size_bytes,
        failure=entry.failure,
        next_at=_next_at(entry),
    )


def _next_at(entry: Entry) -> float | None:
    """Return when it is worth coming back: at once where nothing says otherwise."""
    if entry.state in AT_REST:
        return None
    return entry.updated_at if entry.next_at is None else entry.next_at


def event(entry: Entry) -> Event:
    """Return the CloudEvent for the move that *entry* has just made."""
    return {
        "specversion": "1.0",
        "id": f"{entry.key}/{entry.version}",
        "source": f"tiktok-bridge/{entry.post.account}",
        "type": type_of(entry),
        "subject": entry.post.id,
        "time": timestamp(entry.updated_at),
        "datacontenttype": "application/json",
        "data": data(entry),
    }


def type_of(entry: Entry) -> str:
    """Return the type of the event for the move that *entry* has just made."""
    return f"post.{entry.state.lower()}"


def data(entry: Entry) -> dict[str, Any]:
    """Return *entry* as reports and events show it, without secrets."""
    told = result(entry)
    shown = {name: getattr(told, name) for name in SHOWN}
    failure = entry.failure and asdict(entry.failure)
    return shown | {"post_ids": list(entry.post_ids), "failure": failure}


def visibility(entry: Entry) -> tuple[str, str]:
    """Return who can see the post, as far as can be known, and how it is known.

    No TikTok endpoint documents a returned privacy level; where an answer carries
    one it counts, otherwise public ids do.
    """
    if entry.post_ids:
        return "public", "TikTok named a public post id"
    if entry.privacy_level:
        public = entry.privacy_level == "PUBLIC_TO_EVERYONE"
        seen = "public" if public else "not_public_so_far"
        return seen, f"TikTok's status answer says {entry.privacy_level}"
    if entry.state == State.IN_INBOX:
        return "not_public_so_far", "it is a draft until the creator posts it"
    if entry.state == State.PUBLISHED:
        return "not_public_so_far", "TikTok has named no public post id"
    if entry.state == State.FAILED:
        return "not_public_so_far", "it was not published"
    return "unknown", "TikTok has not finished"


def timestamp(at: float) -> str:
    """Write seconds since the epoch as RFC 3339 in UTC."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
