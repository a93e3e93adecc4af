"""The names of TikTok's endpoints: those of faults, limits and counts."""

from __future__ import annotations

from typing import Final

NAMES: Final = (
    "token",
    "revoke",
    "creator_info",
    "video_init",
    "inbox_init",
    "status",
    "upload",
    "user_info",
)
"""In the order in which a post meets them; ``urls`` says where each answers."""
