"""A webhook is believed only if TikTok signed these very bytes, lately."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok_bridge import (
    AuthorizationRemoved,
    ConfigError,
    DownloadReady,
    InboxDelivered,
    NoLongerPubliclyAvailable,
    PostComplete,
    PostEvent,
    PostFailed,
    PubliclyAvailable,
    Secret,
    ShareEvent,
    WebhookError,
    WebhookEvent,
    verify_webhook,
)

if TYPE_CHECKING:
    from collections.abc import Callable

SECRET = Secret("the-secret-of-the-app")
OTHER = Secret("the-one-before")
NOW = 1_770_210_900


def body(event: str = "post.publish.complete", content: object = None) -> bytes:
    said = {"publish_id": "v_pub_file~v2-1.1"} if content is None else content
    whole = {
        "client_key": "awexample0000000",
        "event": event,
        "create_time": NOW - 27,
        "user_openid": "-000user",
        "content": said if isinstance(said, str) else json.dumps(said),
    }
    return json.dumps(whole).encode()


def signed(raw: bytes, secret: Secret = SECRET, at: int = NOW) -> dict[str, str]:
    message = f"{at}.".encode() + raw
    digest = hmac.new(secret.reveal().encode(), message, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "TikTok-Signature": f"t={at},s={digest}",
    }


def test_an_event_that_tiktok_signed_is_read() -> None:
    content = {"publish_id": "v1", "publish_type": "DIRECT_PUBLISH", "post_id": "76"}
    raw = body("post.publish.publicly_available", content)

    event = verify_webhook(signed(raw), raw, [SECRET], NOW)

    assert isinstance(event, PubliclyAvailable)
    assert (event.publish_id, event.post_id, event.publish_type) == (
        "v1",
        "76",
        "DIRECT_PUBLISH",
    )
    assert (event.user_openid, event.created_at) == ("-000user", NOW - 27)
    assert event.client_key == "awexample0000000"
    assert event.content == content


@pytest.mark.parametrize(
    "name", ["TikTok-Signature", "Tiktok-Signature", "TIKTOK-SIGNATURE"]
)
def test_the_case_of_the_header_does_not_matter(name: str) -> None:
    raw = body()
    headers = {name: signed(raw)["TikTok-Signature"]}

    assert isinstance(verify_webhook(headers, raw, [SECRET], NOW), PostComplete)


def test_during_a_change_both_secrets_are_taken() -> None:
    raw = body()

    for secret in (SECRET, OTHER):
        event = verify_webhook(signed(raw, secret), raw, [SECRET, OTHER], NOW)
        assert event.name == "post.publish.complete"


@given(st.integers(0, len(body()) - 1), st.integers(1, 255))
def test_a_body_of_which_one_byte_differs_is_refused(index: int, change: int) -> None:
    raw = bytearray(body())
    headers = signed(bytes(raw))
    raw[index] ^= change

    with pytest.raises(WebhookError, match="signature is none"):
        verify_webhook(headers, bytes(raw), [SECRET], NOW)


def test_another_secret_is_refused() -> None:
    raw = body()

    with pytest.raises(WebhookError, match="signature is none"):
        verify_webhook(signed(raw, OTHER), raw, [SECRET], NOW)


def test_the_time_is_signed_too() -> None:
    raw = body()
    headers = signed(raw, at=NOW - 1000)
    headers["TikTok-Signature"] = headers["TikTok-Signature"].replace(
        f"t={NOW - 1000}", f"t={NOW}"
    )

    with pytest.raises(WebhookError, match="signature is none"):
        verify_webhook(headers, raw, [SECRET], NOW)


@pytest.mark.parametrize("apart", [-300, 0, 300])
def test_five_minutes_of_both_sides_are_taken(apart: int) -> None:
    raw = body()

    event = verify_webhook(signed(raw, at=NOW + apart), raw, [SECRET], NOW)
    assert event.name == "post.publish.complete"


@pytest.mark.parametrize("apart", [-301, 301, -(10**9), 10**10])
def test_more_than_five_minutes_are_refused_on_both_sides(apart: int) -> None:
    raw = body()

    with pytest.raises(WebhookError, match="seconds from now"):
        verify_webhook(signed(raw, at=NOW + apart), raw, [SECRET], NOW)


def test_no_clock_makes_an_old_request_fresh() -> None:
    raw = body()

    with pytest.raises(WebhookError):
        verify_webhook(signed(raw), raw, [SECRET], float("nan"))


@pytest.mark.parametrize("secrets", [[], [Secret("")], [SECRET, Secret("")]])
def test_an_empty_secret_signs_nothing(secrets: list[Secret]) -> None:
    raw = body()

    with pytest.raises(ConfigError, match="without the app's secret"):
        verify_webhook(signed(raw, Secret("")), raw, secrets, NOW)


HEADERS: dict[str, Callable[[str], dict[str, str]]] = {
    "none": lambda _: {},
    "empty": lambda _: {"TikTok-Signature": ""},
    "twice": lambda given: {"TikTok-Signature": given, "tiktok-signature": given},
    "no time": lambda given: {"TikTok-Signature": given.partition(",")[2]},
    "two times": lambda given: {"TikTok-Signature": f"t=1,{given}"},
    "no signature": lambda given: {"TikTok-Signature": given.partition(",")[0]},
    "a short one": lambda given: {"TikTok-Signature": given[:-1]},
    "no hex": lambda given: {"TikTok-Signature": given[:-1] + "g"},
    "spaces inside": lambda given: {"TikTok-Signature": given[:-2] + "  "},
    "a sign": lambda given: {"TikTok-Signature": given.replace("t=", "t=+")},
    "other digits": lambda given: {
        "TikTok-Signature": given.replace("t=1", "t=\u0661")
    },
    "no text": lambda given: {"TikTok-Signature": given + "é"},
}


@pytest.mark.parametrize("change", HEADERS.values(), ids=HEADERS)
def test_a_malformed_header_is_refused(change: Callable[[str], dict[str, str]]) -> None:
    raw = body()

    with pytest.raises(WebhookError, match="TikTok-Signature"):
        verify_webhook(change(signed(raw)["TikTok-Signature"]), raw, [SECRET], NOW)


EVENTS: dict[str, tuple[type[WebhookEvent], dict[str, Any]]] = {
    "post.publish.failed": (PostFailed, {"publish_id": "v", "reason": "spam_risk"}),
    "post.publish.complete": (PostComplete, {"publish_id": "v"}),
    "post.publish.inbox_delivered": (
        InboxDelivered,
        {"publish_id": "v", "publish_type": "INBOX_SHARE"},
    ),
    "post.publish.publicly_available": (
        PubliclyAvailable,
        {"publish_id": "v", "post_id": 7602997517160123666},
    ),
    "post.publish.no_longer_publicaly_available": (
        NoLongerPubliclyAvailable,
        {"publish_id": "v", "post_id": "7602997517160123666"},
    ),
    "authorization.removed": (AuthorizationRemoved, {"reason": 1}),
    "video.upload.failed": (ShareEvent, {"share_id": "s"}),
    "video.publish.completed": (ShareEvent, {"share_id": "s"}),
    "portability.download.ready": (DownloadReady, {"request_id": 5}),
    "something.new": (WebhookEvent, {"what": "ever"}),
}


@pytest.mark.parametrize("name", EVENTS)
def test_each_event_has_its_type(name: str) -> None:
    kind, content = EVENTS[name]
    raw = body(name, content)
    event = verify_webhook(signed(raw), raw, [SECRET], NOW)

    assert type(event) is kind
    assert (event.name, event.content) == (name, content)
    if isinstance(event, PostEvent) and event.post_id:
        assert event.post_id == "7602997517160123666"


def test_a_repetition_has_the_same_id_and_another_event_another() -> None:
    ids = [
        verify_webhook(signed(raw, at=at), raw, [SECRET], NOW).id
        for raw, at in [
            (body(), NOW),
            (body(), NOW + 60),
            (body("post.publish.failed"), NOW),
        ]
    ]

    assert ids[0] == ids[1] != ids[2]


RUBBISH = [
    b"",
    b"null",
    b"[]",
    b"\xff",
    b"{}",
    b'{"event": "x"}',
    b"[" * 100_000,
    body("post.publish.failed", {}),
    body("post.publish.failed", "no JSON"),
    body("post.publish.failed", {"publish_id": True}),
    body("post.publish.failed", {"publish_id": 7.6e18}),
    body("post.publish.failed", {"publish_id": "v", "reason": 5}),
    body("authorization.removed", {"reason": "why"}),
    body().replace(str(NOW - 27).encode(), b'"soon"'),
    body().replace(b'"-000user"', b"5"),
]


@pytest.mark.parametrize("raw", RUBBISH, ids=range(len(RUBBISH)))
def test_rubbish_that_is_signed_is_a_typed_error(raw: bytes) -> None:
    with pytest.raises(WebhookError, match="no event of TikTok"):
        verify_webhook(signed(raw), raw, [SECRET], NOW)


def test_what_nobody_reads_may_be_anything() -> None:
    for raw in (
        body("post.publish.complete", {"publish_id": "v", "score": 0.5}),
        body("something.new", "no JSON"),
        body("authorization.removed", {"reason": None}),
        body("authorization.removed", {"reason": "1"}),
    ):
        event = verify_webhook(signed(raw), raw, [SECRET], NOW)
        assert event.body == raw


@pytest.mark.parametrize("kind", ["bytes", "pairs"])
def test_headers_may_come_as_a_framework_gives_them(kind: str) -> None:
    raw = body()
    given = [(k.lower().encode(), v.encode()) for k, v in signed(raw).items()]
    headers: Any = dict(given) if kind == "bytes" else given

    assert isinstance(verify_webhook(headers, raw, [SECRET], NOW), PostComplete)


MISUSES: dict[str, dict[str, Any]] = {
    "text for bytes": {"body": "text"},
    "no body": {"body": None},
    "one secret": {"secrets": SECRET},
    "a plain secret": {"secrets": ["the-secret-of-the-app"]},
    "letters": {"secrets": "the-secret-of-the-app"},
}


@pytest.mark.parametrize("change", MISUSES.values(), ids=MISUSES)
def test_a_misuse_is_a_typed_error(change: dict[str, Any]) -> None:
    raw = body()
    given: dict[str, Any] = {"headers": signed(raw), "body": raw, "now": NOW}

    with pytest.raises(ConfigError) as caught:
        verify_webhook(**given | {"secrets": [SECRET]} | change)

    assert "the-secret" not in str(caught.value)


def test_no_message_shows_a_secret_or_a_signature() -> None:
    raw = body()
    headers = signed(raw, OTHER)

    with pytest.raises(WebhookError) as caught:
        verify_webhook(headers, raw, [SECRET], NOW)

    said = f"{caught.value!r} {caught.value.hint}"
    assert SECRET.reveal() not in said
    assert headers["TikTok-Signature"][-64:] not in said
