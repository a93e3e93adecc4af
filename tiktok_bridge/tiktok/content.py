"""Make the calls of the Content Posting API that carry a video.

Source: developers.tiktok.com/doc/content-posting-api-get-started, its references for
direct post, upload, creator info and status, and the media transfer guide.
"""

from __future__ import annotations

import ipaddress
import json
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final

import httpx

from tiktok_bridge.errors import BadAnswerError, ConfigError
from tiktok_bridge.tiktok import envelope

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tiktok_bridge.models import Post
    from tiktok_bridge.secrets import Secret
    from tiktok_bridge.tiktok.chunks import ChunkPlan
    from tiktok_bridge.tiktok.envelope import Answer
    from tiktok_bridge.tiktok.wire import Wire

CREATOR_INFO: Final = "/v2/post/publish/creator_info/query/"
VIDEO_INIT: Final = "/v2/post/publish/video/init/"
INBOX_INIT: Final = "/v2/post/publish/inbox/video/init/"
STATUS: Final = "/v2/post/publish/status/fetch/"

URL_LIFE: Final = 3600
"""Seconds for which an upload URL takes bytes."""

STORED: Final = (200, 201, 206)
"""Statuses of a PUT that mean the chunk was stored; 201 was seen for every one."""


@dataclass(frozen=True, slots=True)
class CreatorInfo:
    """What TikTok says about the creator at this moment.

    Attributes:
        username: The handle.
        nickname: The display name.
        privacy_level_options: What may be chosen; follows the account, not the audit.
        max_duration_seconds: Longest video, or None when it was not said.
    """

    username: str
    nickname: str
    privacy_level_options: tuple[str, ...]
    max_duration_seconds: int | None


@dataclass(frozen=True, slots=True)
class Started:
    """An init that TikTok accepted; the URL is a secret and lives `URL_LIFE`."""

    publish_id: str
    upload_url: str = field(repr=False)
    log_id: str | None


@dataclass(frozen=True, slots=True)
class Progress:
    """Where TikTok stands with a post; fields that do not apply are empty."""

    status: str
    fail_reason: str
    post_ids: tuple[str, ...]
    uploaded_bytes: int | None
    privacy_level: str | None
    log_id: str | None


class Content:
    """The Content Posting API at one base URL."""

    def __init__(
        self, wire: Wire, base_url: str, upload_hosts: tuple[str, ...] = ()
    ) -> None:
        self._wire = wire
        self._base_url = base_url
        self._upload_hosts = upload_hosts

    def creator_info(self, token: Secret) -> CreatorInfo:
        """Ask what the creator may post now (scope `video.publish`)."""
        answer = self._post(CREATOR_INFO, token, {})
        data = answer.data
        options = data.get("privacy_level_options")
        duration = data.get("max_video_post_duration_sec")
        return CreatorInfo(
            str(data.get("creator_username") or ""),
            str(data.get("creator_nickname") or ""),
            tuple(map(str, options)) if isinstance(options, list) else (),
            duration if isinstance(duration, int) else None,
        )

    def init(self, token: Secret, post: Post, mode: str, plan: ChunkPlan) -> Started:
        """Start an upload, to the profile (`direct`) or the drafts (`inbox`)."""
        path = INBOX_INIT if mode == "inbox" else VIDEO_INIT
        body: dict[str, Any] = {
            "source_info": {
                "source": "FILE_UPLOAD",
                "video_size": plan.video_size,
                "chunk_size": plan.chunk_size,
                "total_chunk_count": plan.total_chunk_count,
            }
        }
        if mode != "inbox":
            body["post_info"] = post_info(post)
        answer = self._post(path, token, body)
        url = answer.data.get("upload_url")
        publish_id = answer.data.get("publish_id")
        if not (isinstance(url, str) and isinstance(publish_id, str) and publish_id):
            raise BadAnswerError(
                f"{path}: a success without publish_id or upload_url",
                http_status=200,
                log_id=answer.log_id,
            )
        self.check_upload_url(url)
        return Started(publish_id, url, answer.log_id)

    def put(
        self,
        url: str,
        content_type: str,
        chunk: tuple[int, int, int],
        pieces: Iterable[bytes | memoryview],
    ) -> str | None:
        """Send one chunk: its start, its stop (exclusive) and the size of the whole.

        Returns TikTok's log id, if it gave one.

        Raises:
            NetworkError: No answer came; the chunk may have been stored.
            RefusedError: The chunk was not stored; the code is the HTTP status.
        """
        start, stop, total = chunk
        reply = self._wire.send(
            "PUT",
            url,
            headers={
                "Content-Type": content_type,
                "Content-Length": str(stop - start),
                "Content-Range": f"bytes {start}-{stop - 1}/{total}",
            },
            content=pieces,
        )
        log_id = envelope.find_log_id(reply)
        if reply.status not in STORED:
            raise envelope.refusal(
                reply, "upload", str(reply.status), "", log_id, kind="upload"
            )
        return log_id

    def status(self, token: Secret, publish_id: str) -> Progress:
        """Ask where a post stands."""
        answer = self._post(STATUS, token, {"publish_id": publish_id})
        data = answer.data
        status = data.get("status")
        if not isinstance(status, str):
            raise BadAnswerError(
                f"{STATUS}: a success without a status",
                http_status=200,
                log_id=answer.log_id,
            )
        uploaded, level = data.get("uploaded_bytes"), data.get("privacy_level")
        return Progress(
            status,
            str(data.get("fail_reason") or ""),
            _post_ids(data),
            uploaded if isinstance(uploaded, int) else None,
            level if isinstance(level, str) else None,
            answer.log_id,
        )

    def check_upload_url(self, url: str) -> None:
        """Refuse to send a video to a host that nobody named.

        Raises:
            ConfigError: The host is not among the upload hosts, or it is plain http
                outside of loopback.
        """
        try:
            parsed = httpx.URL(url)
        except httpx.InvalidURL:
            parsed = httpx.URL()
        host, home = parsed.host.lower(), httpx.URL(self._base_url)
        known = (
            any(fnmatchcase(host, pattern.lower()) for pattern in self._upload_hosts)
            or host == home.host
            or (is_loopback(host) and is_loopback(home.host))
        )
        safe = parsed.scheme in ("https", home.scheme)  # http only where it was chosen
        if not (known and safe and host) or parsed.userinfo:
            raise ConfigError(
                f"the upload URL points at {parsed.scheme or 'no'}://{host or 'host'},"
                " which is not among the upload hosts; nothing was sent there",
                hint="if you trust this host, add it to `api.upload_hosts`",
            )

    def _post(self, path: str, token: Secret, body: dict[str, Any]) -> Answer:
        reply = self._wire.send(
            "POST",
            self._base_url + path,
            headers={
                "Authorization": f"Bearer {token.reveal()}",
                "Content-Type": "application/json; charset=UTF-8",
            },
            content=json.dumps(body, ensure_ascii=False).encode(),
        )
        return envelope.read(reply, path, hide=(token,))


def post_info(post: Post) -> dict[str, Any]:
    """Translate a post into TikTok's words; "allow X" becomes `disable_X`."""
    info: dict[str, Any] = {
        "title": post.title,
        "privacy_level": post.privacy,
        "disable_comment": not post.allow.comment,
        "disable_duet": not post.allow.duet,
        "disable_stitch": not post.allow.stitch,
        "brand_content_toggle": post.disclose.branded_content,
        "brand_organic_toggle": post.disclose.your_brand,
        "is_aigc": post.ai_generated,
    }
    if post.cover_at is not None:
        info["video_cover_timestamp_ms"] = round(post.cover_at * 1000)
    return info


def is_loopback(host: str) -> bool:
    """Tell whether *host* is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _post_ids(data: dict[str, Any]) -> tuple[str, ...]:
    value = data.get("publicaly_available_post_id")  # TikTok's spelling
    if value is None:
        value = data.get("publicly_available_post_id")
    values = value if isinstance(value, list) else [value]
    return tuple(str(one) for one in values if one not in (None, "", 0))
