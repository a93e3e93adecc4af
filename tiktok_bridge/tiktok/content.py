"""Make the calls of the Content Posting API.

Source: developers.tiktok.com/doc/content-posting-api-get-started, its references for
direct post, upload, photo post, creator info and status, and the media transfer guide.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final

import httpx

from tiktok_bridge.errors import ConfigError
from tiktok_bridge.secrets import Secret
from tiktok_bridge.tiktok import envelope, inits
from tiktok_bridge.tiktok.calls import Calls
from tiktok_bridge.tiktok.network import MAX_PORT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tiktok_bridge.models import Post
    from tiktok_bridge.tiktok.answer import Answer
    from tiktok_bridge.tiktok.chunks import ChunkPlan
    from tiktok_bridge.tiktok.wire import Wire

CREATOR_INFO: Final = "/v2/post/publish/creator_info/query/"
STATUS: Final = "/v2/post/publish/status/fetch/"
CANCEL: Final = "/v2/post/publish/cancel/"

URL_LIFE: Final = 3600
"""Seconds for which an upload URL takes bytes."""

CONTENT_RANGE: Final = re.compile(r"bytes 0-([0-9]{1,18})/[0-9]{1,18}")
"""The header with which the upload host says what it has."""

HOST: Final = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*")
"""The name of a host, or its IPv4 address, in lower case."""

STORED: Final = (200, 201, 206)
"""Statuses of a PUT that mean the chunk was stored; 201 was seen for every one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatorInfo:
    """What TikTok says about the creator at this moment; None is what it did not say.

    Attributes:
        username: The handle.
        nickname: The display name.
        avatar_url: A picture; the address lives two hours.
        privacy_level_options: What may be chosen; follows the account, not the audit.
        comment_disabled: Whether comments are off in the account.
        duet_disabled: Whether duets are off; true for private accounts.
        stitch_disabled: Whether stitches are off; true for private accounts.
        max_duration_seconds: Longest video.
        data: Everything that TikTok said.
    """

    username: str
    nickname: str
    avatar_url: str | None
    privacy_level_options: tuple[str, ...]
    comment_disabled: bool | None
    duet_disabled: bool | None
    stitch_disabled: bool | None
    max_duration_seconds: int | None
    log_id: str | None
    data: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Started:
    """An init that TikTok accepted.

    Attributes:
        publish_id: Names the post from here on.
        upload_url: Takes the bytes for `URL_LIFE`; a secret. Empty when TikTok pulls.
    """

    publish_id: str
    upload_url: str = field(repr=False)
    log_id: str | None


@dataclass(frozen=True, slots=True)
class Stored:
    """A chunk that the upload host stored.

    Attributes:
        http_status: 206 while more is expected, 201 at the end; others were seen.
        last_byte: The end in its `Content-Range`, which some take for the index of the
            last byte and others for a count; None if it said none.
    """

    http_status: int
    last_byte: int | None
    log_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where TikTok stands with a post; fields that do not apply are empty.

    Attributes:
        status: PROCESSING_UPLOAD, PROCESSING_DOWNLOAD, SEND_TO_USER_INBOX,
            PUBLISH_COMPLETE or FAILED; others are carried.
        fail_reason: Why it is FAILED; the catalogue explains it.
        post_ids: Public ids; empty is normal, even for a public post.
        uploaded_bytes: What the upload host has.
        downloaded_bytes: What TikTok has pulled.
        privacy_level: Not documented; read if it is there.
        data: Everything that TikTok said.
    """

    status: str
    fail_reason: str
    post_ids: tuple[str, ...]
    uploaded_bytes: int | None
    downloaded_bytes: int | None
    privacy_level: str | None
    log_id: str | None
    data: dict[str, Any] = field(repr=False)


class Content:
    """The Content Posting API at one base URL."""

    def __init__(
        self, wire: Wire, base_url: str, upload_hosts: tuple[str, ...] = ()
    ) -> None:
        self._wire = wire
        self._calls = Calls(wire, base_url)
        self._base_url = base_url
        self._upload_hosts = upload_hosts

    def creator_info(self, token: Secret) -> CreatorInfo:
        """Ask what the creator may post now (scope `video.publish`, 20 a minute).

        A ban or a full cap comes with HTTP 200; it is refused all the same.
        """
        answer = self._calls.post(CREATOR_INFO, token, {})
        options = answer.texts("privacy_level_options")
        if options is None:
            raise answer.refuse("`privacy_level_options` is missing")
        return CreatorInfo(
            username=answer.text("creator_username") or "",
            nickname=answer.text("creator_nickname") or "",
            avatar_url=answer.text("creator_avatar_url"),
            privacy_level_options=options,
            comment_disabled=answer.flag("comment_disabled"),
            duet_disabled=answer.flag("duet_disabled"),
            stitch_disabled=answer.flag("stitch_disabled"),
            max_duration_seconds=answer.count("max_video_post_duration_sec"),
            log_id=answer.log_id,
            data=answer.data,
        )

    def init(
        self, token: Secret, post: Post, mode: str, source: ChunkPlan | inits.Pull
    ) -> Started:
        """Start *post* (6 a minute): to the profile (`direct`) or a draft (`inbox`).

        With a `Pull` this is the point of no return, and there is no idempotency key.
        """
        path, body = inits.translate(post, mode, source)
        answer = self._calls.post(path, token, body)
        publish_id, url = answer.needed_text("publish_id"), ""
        if not isinstance(source, inits.Pull):
            url = answer.needed_text("upload_url")
            self._wire.redaction.add_url(url)
            self._check_answered_url(url, publish_id, answer)
        return Started(publish_id, url, answer.log_id)

    def cancel(self, token: Secret, publish_id: str) -> str | None:
        """Stop a download that has not ended, at best effort; return the log id.

        Whether it was in time is in the status: FAILED with `publish_cancelled`.
        """
        return self._calls.post(CANCEL, token, {"publish_id": publish_id}).log_id

    def put(
        self,
        url: str,
        content_type: str,
        chunk: tuple[int, int, int],
        pieces: Iterable[bytes | memoryview],
    ) -> Stored:
        """Send one chunk: its start, its stop (exclusive) and the size of the whole.

        Raises:
            ConfigError: The URL leads to a host that nobody named; nothing was sent.
            NetworkError: No answer came; the chunk may have been stored.
            RefusedError: The chunk was not stored; the code is the HTTP status.
        """
        self.check_upload_url(url)
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
        secrets = tuple(
            Secret(one)
            for one in httpx.URL(url).params.values()
            if len(one) > 7  # noqa: PLR2004 - less guards nothing
        )
        log_id = envelope.find_log_id(reply, hide=secrets)
        said = reply.headers.get("content-range", "")
        held = CONTENT_RANGE.fullmatch(said)
        if reply.status not in STORED:
            where = f"it says {said}" if held else ""
            raise envelope.refusal(
                reply, "upload", str(reply.status), where, log_id, kind="upload"
            )
        return Stored(reply.status, int(held[1]) if held else None, log_id)

    def status(self, token: Secret, publish_id: str) -> Progress:
        """Ask where a post stands (30 a minute)."""
        answer = self._calls.post(STATUS, token, {"publish_id": publish_id})
        level = answer.data.get("privacy_level")
        return Progress(
            status=answer.needed_text("status"),
            fail_reason=answer.text("fail_reason") or "",
            post_ids=_post_ids(answer),
            uploaded_bytes=answer.count("uploaded_bytes"),
            downloaded_bytes=answer.count("downloaded_bytes"),
            privacy_level=level if type(level) is str else None,
            log_id=answer.log_id,
            data=answer.data,
        )

    def check_upload_url(self, url: str) -> None:
        """Refuse to send a video to a host that nobody named.

        Raises:
            ConfigError: The host is not among the upload hosts, or it is plain http
                outside of loopback.
        """
        try:
            parsed, home = httpx.URL(url), httpx.URL(self._base_url)
            host, own = parsed.raw_host.decode(), home.raw_host.decode()
        except (httpx.InvalidURL, UnicodeError):
            parsed = home = httpx.URL()
            host = own = ""
        known = (
            any(fnmatchcase(host, pattern.lower()) for pattern in self._upload_hosts)
            or host == own
            or (is_loopback(host) and is_loopback(own))
        )
        named = HOST.fullmatch(host) or is_loopback(host)
        safe = parsed.scheme in ("https", home.scheme)  # http only where it was chosen
        plain = not parsed.userinfo and (parsed.port or 1) <= MAX_PORT
        if not (named and known and safe and plain):
            raise ConfigError(
                f"the upload URL points at {parsed.scheme or 'no'}://{host or 'host'},"
                " which is not among the upload hosts; nothing was sent there",
                hint="if you trust this host, add it to `api.upload_hosts`",
            )

    def _check_answered_url(self, url: str, publish_id: str, answer: Answer) -> None:
        try:
            self.check_upload_url(url)
        except ConfigError as error:
            raise ConfigError(
                f"{answer.endpoint}: HTTP {answer.http_status}, post {publish_id}:"
                f" {error.message} (log id {answer.log_id})",
                hint=error.hint,
            ) from None


def is_loopback(host: str) -> bool:
    """Tell whether *host* is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _post_ids(answer: Answer) -> tuple[str, ...]:
    """Read the ids under TikTok's misspelt name, or the one that clients expect."""
    ids = answer.ids("publicaly_available_post_id")
    return ids or answer.ids("publicly_available_post_id")
