"""Make the calls of the Display API: who the creator is, and what is public.

Source: developers.tiktok.com/doc/tiktok-api-v2-get-user-info, -video-list,
-video-query and -video-object.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from tiktok_bridge.tiktok.calls import Calls

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tiktok_bridge.secrets import Secret
    from tiktok_bridge.tiktok.answer import Answer
    from tiktok_bridge.tiktok.wire import Wire

USER_INFO: Final = "/v2/user/info/"
VIDEO_LIST: Final = "/v2/video/list/"
VIDEO_QUERY: Final = "/v2/video/query/"

USER_FIELDS: Final = {
    "user.info.basic": (
        "open_id",
        "union_id",
        "avatar_url",
        "avatar_url_100",
        "avatar_large_url",
        "display_name",
    ),
    "user.info.profile": (
        "bio_description",
        "profile_deep_link",
        "is_verified",
        "username",
    ),
    "user.info.stats": (
        "follower_count",
        "following_count",
        "likes_count",
        "video_count",
    ),
}
"""Fields of a user by the scope that gives them; one field too many fails the call."""

VIDEO_FIELDS: Final = (
    "id",
    "create_time",
    "share_url",
    "title",
    "video_description",
    "duration",
    "height",
    "width",
)
"""Fields of a video that are asked for unless others are named."""

MAX_COUNT: Final = 20
"""Most videos in one answer, and most ids in one question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A creator; None is what was not asked for or not said.

    Attributes:
        open_id: TikTok's id of the user for this app.
        data: Everything that TikTok said, with the fields that stand nowhere else.
    """

    open_id: str | None
    union_id: str | None
    display_name: str | None
    username: str | None
    avatar_url: str | None
    is_verified: bool | None
    follower_count: int | None
    following_count: int | None
    likes_count: int | None
    video_count: int | None
    log_id: str | None
    data: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    """A public post; TikTok has no field that tells its privacy.

    Attributes:
        id: The post's id.
        created_at: Seconds since the epoch.
        share_url: Where people watch it.
        description: The caption, its first 150 characters.
        duration_seconds: Length of the video.
        data: Everything that TikTok said, with the fields that stand nowhere else.
    """

    id: str | None
    created_at: int | None
    share_url: str | None
    title: str | None
    description: str | None
    duration_seconds: int | None
    height: int | None
    width: int | None
    data: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class VideoPage:
    """Some public posts, newest first.

    Attributes:
        cursor: Where the next page starts, in milliseconds since the epoch, or None.
        has_more: Whether there is one.
    """

    videos: tuple[Video, ...]
    cursor: int | None
    has_more: bool
    log_id: str | None


class Display:
    """The Display API at one base URL."""

    def __init__(self, wire: Wire, base_url: str) -> None:
        self._calls = Calls(wire, base_url)

    def user_info(
        self,
        token: Secret,
        fields: Sequence[str] = USER_FIELDS["user.info.basic"],
    ) -> User:
        """Ask who the creator is (scopes: see `USER_FIELDS`; 600 a minute)."""
        answer = self._calls.get(USER_INFO, token, fields)
        user = answer.part("user")
        return User(
            open_id=user.text("open_id"),
            union_id=user.text("union_id"),
            display_name=user.text("display_name"),
            username=user.text("username"),
            avatar_url=user.text("avatar_url"),
            is_verified=user.flag("is_verified"),
            follower_count=user.count("follower_count"),
            following_count=user.count("following_count"),
            likes_count=user.count("likes_count"),
            video_count=user.count("video_count"),
            log_id=answer.log_id,
            data=user.data,
        )

    def video_list(
        self,
        token: Secret,
        fields: Sequence[str] = VIDEO_FIELDS,
        *,
        cursor: int | None = None,
        max_count: int = 10,
    ) -> VideoPage:
        """List the public posts (scope `video.list`, 600 a minute).

        Args:
            token: An access token.
            fields: What to tell of each video.
            cursor: The `cursor` of the page before, or None for the newest.
            max_count: Videos on a page, `MAX_COUNT` at most.
        """
        body: dict[str, Any] = {"max_count": max_count}
        if cursor is not None:
            body["cursor"] = cursor
        answer = self._calls.post(VIDEO_LIST, token, body, fields)
        return _page(answer)

    def video_query(
        self, token: Secret, ids: Sequence[str], fields: Sequence[str] = VIDEO_FIELDS
    ) -> VideoPage:
        """Tell about the posts *ids*, `MAX_COUNT` at most (scope `video.list`).

        TikTok checks that they are the creator's.
        """
        body = {"filters": {"video_ids": list(ids)}}
        return _page(self._calls.post(VIDEO_QUERY, token, body, fields))


def _page(answer: Answer) -> VideoPage:
    return VideoPage(
        tuple(_video(one) for one in answer.parts("videos")),
        answer.count("cursor"),
        bool(answer.flag("has_more")),
        answer.log_id,
    )


def _video(one: Answer) -> Video:
    return Video(
        id=one.id("id"),
        created_at=one.count("create_time"),
        share_url=one.text("share_url"),
        title=one.text("title"),
        description=one.text("video_description"),
        duration_seconds=one.count("duration"),
        height=one.count("height"),
        width=one.count("width"),
        data=one.data,
    )
