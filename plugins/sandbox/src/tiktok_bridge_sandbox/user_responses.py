"""The one Display endpoint over HTTP: who is this."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge_sandbox import videos
from tiktok_bridge_sandbox.errors import (
    FieldsMissingError,
    InvalidParamsError,
    ScopeNotAuthorizedError,
    ScopePermissionMissedError,
)

if TYPE_CHECKING:
    from starlette.responses import Response

    from tiktok_bridge_sandbox.calls import Call
    from tiktok_bridge_sandbox.creators import Creator

SCOPE_OF: Final = {
    "open_id": "user.info.basic",
    "union_id": "user.info.basic",
    "avatar_url": "user.info.basic",
    "avatar_url_100": "user.info.basic",
    "avatar_large_url": "user.info.basic",
    "display_name": "user.info.basic",
    "bio_description": "user.info.profile",
    "profile_deep_link": "user.info.profile",
    "is_verified": "user.info.profile",
    "username": "user.info.profile",
    "follower_count": "user.info.stats",
    "following_count": "user.info.stats",
    "likes_count": "user.info.stats",
    "video_count": "user.info.stats",
}
"""Every field with the scope that opens it (scopes overview, 2026-09)."""


async def user_info(call: Call) -> Response:
    """Return the fields asked for, and only those."""
    creator = call.authorize(*set(SCOPE_OF.values()))
    names = [n for n in call.request.query_params.get("fields", "").split(",") if n]
    if not names:
        raise FieldsMissingError
    for name in names:
        _check_field(call, name)
    profile = _profile(creator) | {"video_count": _count_videos(call, creator)}
    return call.answers.success({"user": {name: profile[name] for name in names}})


def _check_field(call: Call, name: str) -> None:
    if name not in SCOPE_OF:
        raise InvalidParamsError(f"The field {name} is unknown")
    if SCOPE_OF[name] not in call.scopes:
        if call.backend.switches.field_scope_code == "scope_permission_missed":
            raise ScopePermissionMissedError
        raise ScopeNotAuthorizedError


def _count_videos(call: Call, creator: Creator) -> int:
    backend = call.backend
    return len(videos.list_public(backend.publishes, creator.name, backend.now()))


def _profile(creator: Creator) -> dict[str, object]:
    numbers = [name for name in SCOPE_OF if name.endswith("_count")]
    return dict.fromkeys(numbers, 0) | {
        "open_id": creator.open_id,
        "union_id": creator.open_id[::-1],
        "avatar_url": f"https://p16.example.com/{creator.name}.webp",
        "avatar_url_100": f"https://p16.example.com/{creator.name}-100.webp",
        "avatar_large_url": f"https://p16.example.com/{creator.name}-large.webp",
        "display_name": creator.name.title(),
        "bio_description": "",
        "profile_deep_link": f"https://vm.example.com/{creator.name}",
        "is_verified": False,
        "username": creator.name,
    }
