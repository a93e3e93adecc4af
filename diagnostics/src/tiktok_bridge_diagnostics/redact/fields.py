"""Say by which rule the value of a field is redacted; what is not listed is a `text`.

The names are those of schemas/tiktok; a name that means two things in two places has
the stricter rule unless the place tells (see `rule`).
"""

from __future__ import annotations

from typing import Final, Literal

Place = Literal["asked", "answered", "fact"]
"""A request, an answer, or a fact of this machine."""

FIELDS: Final = {
    "access_token": "access_token",
    "token": "access_token",
    "refresh_token": "refresh_token",
    "client_key": "client_key",
    "client_secret": "client_secret",
    "code": "code",
    "code_verifier": "verifier",
    "code_challenge": "challenge",
    "state": "state",
    "client_ticket": "ticket",
    "open_id": "open_id",
    "user_openid": "open_id",
    "union_id": "open_id",
    "username": "handle",
    "creator_username": "handle",
    "display_name": "nickname",
    "creator_nickname": "nickname",
    "title": "caption",
    "description": "caption",
    "video_description": "caption",
    "bio_description": "caption",
    "embed_html": "caption",
    "creator_avatar_url": "url",
    "avatar_url": "url",
    "avatar_url_100": "url",
    "avatar_large_url": "url",
    "profile_deep_link": "url",
    "cover_image_url": "url",
    "share_url": "url",
    "embed_link": "url",
    "upload_url": "url",
    "video_url": "url",
    "photo_images": "url",
    "redirect_uri": "url",
    "scan_qrcode_url": "url",
    "desc_url": "url",
    "publish_id": "publish_id",
    "publicaly_available_post_id": "post_id",
    "publicly_available_post_id": "post_id",
    "post_id": "post_id",
    "video_ids": "post_id",
    "id": "post_id",
    "log_id": "log_id",
    "logid": "log_id",
    "message": "message",
    "error_description": "message",
    "scope": "scope",
    "scopes": "scope",
    "fields": "scope",
    "error": "word",
    "error_type": "word",
    "errCode": "word",
    "fail_reason": "word",
    "reason": "word",
    "status": "word",
    "privacy_level": "word",
    "privacy_level_options": "word",
    "source": "word",
    "media_type": "word",
    "post_mode": "word",
    "event": "word",
    "publish_type": "word",
    "grant_type": "word",
    "response_type": "word",
    "token_type": "word",
    "code_challenge_method": "word",
    "upload_id": "number",
    "upload_token": "upload_token",
}
"""Rule by field, in what TikTok is asked and answers."""

OF_FACTS: Final = {
    "account": "name",
    "accounts": "name",
    "name": "name",
    "post": "name",
    "id": "name",
    "plugin": "name",
    "host": "host",
    "hosts": "host",
    "path": "path",
    "file": "path",
    "folder": "path",
    "home": "path",
    "url": "url",
    "base_url": "url",
    "redirect_uri": "url",
    **dict.fromkeys(
        ("says", "words", "hint", "error", "problems", "redirect_problem"), "message"
    ),
    "shares": "name",
    **dict.fromkeys(("version", "versions", "floor"), "version"),
    **dict.fromkeys(
        (
            *("code", "reason", "state", "status", "mode", "kind", "environment"),
            *("platform", "scheme", "endpoint", "method", "broke", "privacy", "level"),
            *("visibility", "on_unaudited", "rcode", "errno", "type", "fs", "system"),
            *("source", "options", "fail_reason", "privacy_level", "hooks", "schemes"),
            *("key", "place", "inline", "role", "fault", "asked", "base_url_is"),
            *("modes", "file_system", "severity", "ended_by"),
        ),
        "word",
    ),
}
"""Rule by field, in facts; what is not here is looked up in FIELDS."""

OF_OURS: Final = frozenset(
    {
        *("collected", "package", "disk", "folder", "git", "kept", "records"),
        *("flock", "locks", "leftovers", "health", "rule", "talker", "draft"),
        *("log_file", "log_scan"),
    }
)
"""Kinds of facts that are about something of ours, and not about anybody's."""

DEFAULT: Final = "text"
"""Rule of a field that nobody listed."""


def rule(name: str, place: Place, *, in_error: bool = False) -> str:
    """Return the rule of the field *name*.

    Args:
        name: Of the field.
        place: Where it stands.
        in_error: Whether it stands beside a `message`: there, `code` is of an error.
    """
    if place == "fact" and name in OF_FACTS:
        return OF_FACTS[name]
    if name == "code" and in_error and place == "answered":
        return "word"
    return FIELDS.get(name, DEFAULT)
