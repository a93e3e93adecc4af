"""Gather from the ledger what is to be posted, how fast uploads were, who left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge import Collector, Fact, LedgerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Inspection, Visit

MOST: Final = 200
"""Posts of each sort that are looked at, the newest."""

ENDED: Final = ("PUBLISHED", "IN_INBOX", "PROCESSING", "LAST_CHUNK_SENT")
"""States of a post whose bytes are all at TikTok."""

REMOVED: Final = "auth_removed"
"""The fail reason of a post whose creator took the access back."""


def _collect(visit: Visit) -> Iterator[Fact]:
    """Yield `planned` and `upload` about posts, and `removal` about accounts.

    `planned`, of a post that is not sent yet: `account`, `mode`, `privacy`, `medium`
    (video or photos), `size_bytes`, and what viewers may do: `comment`, `duet`,
    `stitch`. `upload`, of one whose bytes were sent: `size_bytes` and `seconds`.
    `removal`, at the time of a post that failed because access was removed.
    """
    if visit.inspection is None:
        return
    try:
        yield from _planned(visit.inspection)
        yield from _uploads(visit.inspection)
        yield from _removals(visit.inspection)
    except LedgerError:
        return  # there is none yet, or a check of it says what is wrong


def _planned(inspection: Inspection) -> Iterator[Fact]:
    for entry in inspection.ledger.entries(("PLANNED",))[-MOST:]:
        post = entry.post
        data = {
            "account": post.account,
            "mode": entry.mode,
            "privacy": post.privacy,
            "medium": "photos" if post.photos else "video",
            "size_bytes": None if post.is_pulled else entry.size_bytes,
            "comment": post.allow.comment,
            "duet": post.allow.duet,
            "stitch": post.allow.stitch,
        }
        yield Fact("planned", str(entry.key), data)


def _uploads(inspection: Inspection) -> Iterator[Fact]:
    for entry in inspection.ledger.entries(ENDED)[-MOST:]:
        if entry.post.is_pulled or not entry.size_bytes:
            continue
        moves = inspection.ledger.history(entry.key)
        began = [one.at for one in moves if one.state == "UPLOADING"]
        ended = [one.at for one in moves if one.state == "LAST_CHUNK_SENT"]
        if began and ended and ended[-1] > began[0]:
            data = {"size_bytes": entry.size_bytes, "seconds": ended[-1] - began[0]}
            yield Fact("upload", str(entry.key), data, at=ended[-1])


def _removals(inspection: Inspection) -> Iterator[Fact]:
    newest: dict[str, float] = {}
    for entry in inspection.ledger.entries(("FAILED",))[-MOST:]:
        if entry.failure and entry.failure.code == REMOVED:
            account = entry.post.account
            newest[account] = max(entry.updated_at, newest.get(account, 0.0))
    for account, at in sorted(newest.items()):
        yield Fact("removal", account, {"code": REMOVED}, at=at)


PLANS = Collector("plans", _collect)
