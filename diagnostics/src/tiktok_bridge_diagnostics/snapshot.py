"""Hold what TikTok's pages said when this release was made; data only."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

READ_AT: Final = datetime(2026, 11, 22, tzinfo=UTC).timestamp()
"""When the pages were read, in seconds since the epoch."""

INIT: Final = frozenset({"publish_id", "upload_url"})

FIELDS: Final = {
    "creator_info": frozenset(
        {
            "creator_avatar_url",
            "creator_username",
            "creator_nickname",
            "privacy_level_options",
            "comment_disabled",
            "duet_disabled",
            "stitch_disabled",
            "max_video_post_duration_sec",
        }
    ),
    "video_init": INIT,
    "inbox_init": INIT,
    "photo_init": frozenset({"publish_id"}),
    "status": frozenset(
        {
            "status",
            "fail_reason",
            "publicaly_available_post_id",
            "publicly_available_post_id",
            "uploaded_bytes",
            "downloaded_bytes",
            "privacy_level",
        }
    ),
    "user_info": frozenset({"user"}),
    "video_list": frozenset({"videos", "cursor", "has_more"}),
}
"""What `data` of an answer may hold; a test holds it to `schemas/tiktok`."""

STATUSES: Final = frozenset(
    {
        "PROCESSING_UPLOAD",
        "PROCESSING_DOWNLOAD",
        "SEND_TO_USER_INBOX",
        "PUBLISH_COMPLETE",
        "FAILED",
    }
)
"""What `status` may say; likewise."""

LEVELS: Final = frozenset(
    {
        "PUBLIC_TO_EVERYONE",
        "MUTUAL_FOLLOW_FRIENDS",
        "FOLLOWER_OF_CREATOR",
        "SELF_ONLY",
    }
)
"""What `privacy_level_options` may hold; likewise."""
