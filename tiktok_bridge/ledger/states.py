"""Say which moves a post can make; data only."""

from __future__ import annotations

from typing import Final

from tiktok_bridge.models import State

DONE: Final = frozenset({State.PUBLISHED, State.IN_INBOX})
"""States that are what somebody wanted."""

AT_REST: Final = DONE | {State.FAILED, State.UNKNOWN}
"""States out of which only a person moves a post."""

OPEN: Final = frozenset({State.LAST_CHUNK_SENT, State.PROCESSING, State.UNKNOWN})
"""States of which a person may know more than we do."""

MOVES: Final = {
    State.PLANNED: {State.PLANNED, State.INIT_SENT, State.FAILED},
    State.INIT_SENT: {State.INIT_SENT, State.PLANNED, State.UPLOADING, State.FAILED},
    State.UPLOADING: {
        State.UPLOADING,
        State.LAST_CHUNK_SENT,
        State.INIT_SENT,
        State.PLANNED,
        State.FAILED,
    },
    State.LAST_CHUNK_SENT: {
        State.LAST_CHUNK_SENT,
        State.PLANNED,  # only when TikTok itself refused the last chunk
        State.PROCESSING,
        State.PUBLISHED,
        State.IN_INBOX,
        State.FAILED,
        State.UNKNOWN,
    },
    State.PROCESSING: {
        State.PROCESSING,
        State.PUBLISHED,
        State.IN_INBOX,
        State.FAILED,
        State.UNKNOWN,
    },
    State.UNKNOWN: {
        State.UNKNOWN,
        State.PUBLISHED,
        State.IN_INBOX,
        State.FAILED,
        State.PLANNED,
    },
    State.FAILED: {State.PLANNED},
    State.PUBLISHED: {State.PUBLISHED},
    State.IN_INBOX: {State.PUBLISHED},
}
"""From each state, where a post may go; a move to itself records progress.

Before LAST_CHUNK_SENT nothing can have been posted, so a new init is safe. From there
on only TikTok's own word, or a person, decides."""
