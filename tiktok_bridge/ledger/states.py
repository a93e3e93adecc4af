"""Say which moves a post can make; data only."""

from __future__ import annotations

from typing import Final

from tiktok_bridge.models import State

DONE: Final = frozenset({State.PUBLISHED, State.IN_INBOX})
"""States that are what somebody wanted."""

AT_REST: Final = DONE | {State.FAILED, State.UNKNOWN}
"""States out of which only a person, or a webhook of TikTok, moves a post."""

OPEN: Final = frozenset({State.LAST_CHUNK_SENT, State.PROCESSING, State.UNKNOWN})
"""States of which a person may know more than we do."""

MOVES: Final = {
    State.PLANNED: {
        State.PLANNED,
        State.INIT_SENT,
        State.FAILED,
        State.PUBLISHED,  # a webhook knows more of what was to be started anew
        State.IN_INBOX,
    },
    State.INIT_SENT: {
        State.INIT_SENT,
        State.PLANNED,
        State.UPLOADING,
        State.PROCESSING,  # TikTok fetches the media itself, and has said yes
        State.FAILED,
        State.UNKNOWN,  # it would, and its answer was lost
    },
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
        State.PROCESSING,  # a webhook has named it, so that TikTok can be asked
        State.PUBLISHED,
        State.IN_INBOX,
        State.FAILED,
        State.PLANNED,
    },
    State.FAILED: {
        State.PLANNED,
        State.PUBLISHED,  # a webhook knows more than what made us give up
        State.IN_INBOX,
    },
    State.PUBLISHED: {State.PUBLISHED},
    State.IN_INBOX: {State.PUBLISHED},
}
"""From each state, where a post may go; a move to itself records progress.

Of an upload nothing can have been posted before LAST_CHUNK_SENT, so a new init is safe.
From there on, and from INIT_SENT on where TikTok fetches the media, only TikTok's own
word, or a person, decides."""
