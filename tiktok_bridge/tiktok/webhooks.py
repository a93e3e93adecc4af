"""Prove that a webhook is TikTok's, and read it.

Works on what any framework gives: headers and the raw body. Answer 200 at once and act
afterwards; TikTok repeats what was not answered with 200 for up to 72 hours.
Source: developers.tiktok.com/doc/webhooks-verification and webhooks-events.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NoReturn

from tiktok_bridge.errors import ConfigError, WebhookError
from tiktok_bridge.secrets import Secret
from tiktok_bridge.tiktok.answer import Written

if TYPE_CHECKING:
    Headers = Mapping[str, str] | Iterable[tuple[str | bytes, str | bytes]]

HEADER: Final = "tiktok-signature"
"""The header with the signature; TikTok writes it in more than one case."""

TOLERANCE: Final = 300.0
"""Seconds that the signature may be old, or ahead of our clock."""

MAX_BODY: Final = 1024 * 1024
"""Largest body that is looked at, in bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEvent:
    """What TikTok told; an event of a name that nobody knows is of this class itself.

    Attributes:
        id: The same for each delivery of one event: keep it, and skip repetitions.
        name: `event`, in TikTok's spelling.
        client_key: The app that it is for.
        created_at: Seconds since the epoch.
        user_openid: Whom it is about, or None.
        content: Everything that it says; empty if that is no JSON object.
        body: The raw bytes.
    """

    id: str
    name: str
    client_key: str
    created_at: int
    user_openid: str | None
    content: Mapping[str, Any] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostEvent(WebhookEvent):
    """Something happened to a post.

    Attributes:
        publish_id: What init returned.
        publish_type: DIRECT_PUBLISH, DIRECT_POST or INBOX_SHARE were seen.
        post_id: The public id, where the event tells it.
        reason: Why it failed, as in `fail_reason`, where the event tells it.
    """

    publish_id: str
    publish_type: str | None
    post_id: str | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PostFailed(PostEvent):
    """The post failed; `reason` says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostComplete(PostEvent):
    """The post is out; one draft may become several posts, so it may repeat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxDelivered(PostEvent):
    """The draft is in the creator's inbox."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PubliclyAvailable(PostEvent):
    """Everyone can see the post; `post_id` names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoLongerPubliclyAvailable(PostEvent):
    """The post is not public any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationRemoved(WebhookEvent):
    """The app lost its access: the tokens of `user_openid` are dead.

    Attributes:
        reason: 0 unknown, 1 the user, 2 account deleted, 3 age changed, 4 banned, 5 the
            developer.
    """

    reason: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareEvent(WebhookEvent):
    """An upload of the old Video Kit ended.

    Attributes:
        share_id: Names the share.
    """

    share_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadReady(WebhookEvent):
    """A data portability request is ready.

    Attributes:
        request_id: Names the request.
    """

    request_id: str


EVENTS: Final[dict[str, type[WebhookEvent]]] = {
    "post.publish.failed": PostFailed,
    "post.publish.complete": PostComplete,
    "post.publish.inbox_delivered": InboxDelivered,
    "post.publish.publicly_available": PubliclyAvailable,
    "post.publish.no_longer_publicaly_available": NoLongerPubliclyAvailable,
    "post.publish.no_longer_publicly_available": NoLongerPubliclyAvailable,
    "authorization.removed": AuthorizationRemoved,
    "video.upload.failed": ShareEvent,
    "video.publish.completed": ShareEvent,
    "portability.download.ready": DownloadReady,
}
"""The class of each event; TikTok misspells one of the names."""


def verify(
    headers: Headers, body: bytes, secrets: Iterable[Secret], now: float
) -> WebhookEvent:
    """Return the event in *body*, if TikTok signed it with one of *secrets*, lately.

    Args:
        headers: Of the request, as a mapping or as pairs; case does not matter.
        body: The raw bytes, before any framework has parsed them.
        secrets: The app's client secret; during a change, the old one and the new.
        now: Seconds since the epoch.

    Raises:
        WebhookError: It is not signed so, too old, from the future, or no event.
        ConfigError: There is no secret to compare with.
    """
    keys, body = _keys(secrets), _raw(body)
    stamp, signatures = _signature(headers)
    message = stamp.encode() + b"." + body
    # every pair is compared, so that the time tells nothing
    fits = [
        hmac.compare_digest(hmac.digest(key, message, hashlib.sha256), signature)
        for key in keys
        for signature in signatures
    ]
    if not any(fits):
        raise WebhookError(
            "the signature is none of this app's",
            hint="give the raw body, and the client secret of the app it is for",
        )
    if not abs(now - int(stamp)) <= TOLERANCE:
        raise WebhookError(
            f"it was signed {now - int(stamp):+.0f} seconds from now; {TOLERANCE:.0f}"
            " are allowed",
            hint="compare this machine's clock; else somebody repeats an old request",
        )
    return _event(body)


def _keys(secrets: object) -> list[bytes]:
    """Return the keys in *secrets*, whatever a caller without types gave."""
    given = list(secrets) if isinstance(secrets, Iterable) else []
    is_list = isinstance(secrets, Iterable) and not isinstance(secrets, str)
    if not is_list or not all(isinstance(one, Secret) for one in given):
        raise ConfigError("give the secrets of a webhook as a list of `Secret`")
    keys = [one.reveal().encode() for one in given]
    if not keys or not all(keys):
        raise ConfigError("a webhook cannot be verified without the app's secret")
    return keys


def _raw(body: object) -> bytes:
    """Return the bytes of *body*, whatever a caller without types gave."""
    if not isinstance(body, bytes | bytearray | memoryview):
        raise ConfigError("give the raw bytes of a webhook's body")
    if len(body) > MAX_BODY:
        raise WebhookError(f"the body has {len(body)} bytes; at most {MAX_BODY}")
    return bytes(body)


def _signature(headers: Headers) -> tuple[str, list[bytes]]:
    """Return the time and the signatures in the header."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    given = [_plain(value) for name, value in pairs if _plain(name).lower() == HEADER]
    if len(given) != 1:
        how = "no" if not given else "more than one"
        raise WebhookError(f"there is {how} TikTok-Signature header")
    parts = [part.strip().partition("=") for part in given[0].split(",")]
    stamps = [value for name, _, value in parts if name == "t"]
    signatures = [value for name, _, value in parts if name == "s"]
    is_whole = (
        len(stamps) == 1
        and re.fullmatch(r"[0-9]{1,12}", stamps[0])
        and signatures
        and all(re.fullmatch(r"[0-9a-fA-F]{64}", one) for one in signatures)
    )
    if not is_whole:
        raise WebhookError("the TikTok-Signature header is not t=SECONDS,s=HEX")
    return stamps[0], [bytes.fromhex(one) for one in signatures]


def _plain(text: object) -> str:
    """Return the text of a header, which some frameworks give as bytes."""
    if isinstance(text, bytes):
        return text.decode("latin-1")
    return text if isinstance(text, str) else ""


def _event(body: bytes) -> WebhookEvent:
    whole = _object(body, "the body")
    name, key = whole.get("event"), whole.get("client_key")
    created, user = whole.get("create_time"), whole.get("user_openid")
    if type(name) is not str or type(key) is not str:
        _refuse("`event` or `client_key` is missing")
    if not isinstance(created, int) or isinstance(created, bool):
        _refuse("`create_time` is no number of seconds")
    if user is not None and type(user) is not str:
        _refuse("`user_openid` is not text")
    kind = EVENTS.get(name, WebhookEvent)
    said = _content(whole.get("content"), is_known=kind is not WebhookEvent)
    return kind(
        id=hashlib.sha256(body).hexdigest(),
        name=name,
        client_key=key,
        created_at=created,
        user_openid=user,
        content=said,
        body=body,
        **_details(kind, said),
    )


def _details(kind: type[WebhookEvent], said: Mapping[str, Any]) -> dict[str, Any]:
    if issubclass(kind, PostEvent):
        return {
            "publish_id": _id(said, "publish_id"),
            "publish_type": _text(said, "publish_type"),
            "post_id": _id(said, "post_id") if said.get("post_id") else None,
            "reason": _text(said, "reason"),
        }
    if kind is AuthorizationRemoved:
        reason = said.get("reason")
        return {"reason": 0 if reason is None else int(_id(said, "reason"))}
    if kind is ShareEvent:
        return {"share_id": _id(said, "share_id")}
    return {"request_id": _id(said, "request_id")} if kind is DownloadReady else {}


def _id(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name)
    is_id = isinstance(value, int | str) and not isinstance(value, bool | Written)
    if not is_id or value == "":
        _refuse(f"`{name}` is no id")
    if name == "reason" and not re.fullmatch("[0-9]{1,9}", str(value)):
        _refuse("`reason` is no number")
    return str(value)


def _text(said: Mapping[str, Any], name: str) -> str | None:
    value = said.get(name)
    if value is not None and type(value) is not str:
        _refuse(f"`{name}` is not text")
    return value


def _content(given: object, *, is_known: bool) -> dict[str, Any]:
    """Return what an event says: documented as a JSON text; an object is taken too."""
    if isinstance(given, dict):
        return given
    try:
        return _object(given or "{}", "`content`")
    except WebhookError:
        if is_known:
            raise
        return {}


def _object(text: object, what: str) -> dict[str, Any]:
    try:
        found = json.loads(text, parse_float=Written) if text else None  # type: ignore[arg-type]
    except (ValueError, TypeError, RecursionError):
        found = None
    if not isinstance(found, dict):
        _refuse(f"{what} is no JSON object")
    return found


def _refuse(what: str) -> NoReturn:
    raise WebhookError(f"it is signed, and is no event of TikTok: {what}")
