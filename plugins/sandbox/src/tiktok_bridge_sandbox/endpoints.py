"""The names of TikTok's endpoints: those of faults, limits and counts."""

from __future__ import annotations

from typing import Final

NAMES: Final = (
    "authorize",
    "qr_code",
    "qr_check",
    "token",
    "revoke",
    "creator_info",
    "video_init",
    "inbox_init",
    "photo_init",
    "status",
    "cancel",
    "upload",
    "user_info",
    "video_list",
    "video_query",
)
"""In the order in which a post meets them; ``urls`` says where each answers."""

OAUTH: Final = ("authorize", "qr_code", "qr_check", "token", "revoke")
"""Those whose errors are flat, without an envelope."""
