"""What S3 refuses is told with bucket, key, operation, request id and a next step."""

from __future__ import annotations

import logging
import socket
from typing import TYPE_CHECKING, Any

import pytest
from botocore import exceptions

from tests.s3 import ACCESS_KEY, SECRET_KEY
from tiktok_bridge import MediaError, StoreError
from tiktok_bridge.testing import CONTENT
from tiktok_bridge_s3 import failures, objects
from tiktok_bridge_s3.clients import TRIES, client_for
from tiktok_bridge_s3.media import S3Media
from tiktok_bridge_s3.store import S3TokenStore
from tiktok_bridge_s3.urls import read_media_url, read_store_url

if TYPE_CHECKING:
    from tests.s3 import S3

REFUSED = [
    (403, "AccessDenied", "may not do it", "s3:ListBucket"),
    (403, "InvalidAccessKeyId", "not valid", "AWS_ACCESS_KEY_ID"),
    (403, "SignatureDoesNotMatch", "the secret key is wrong", "AWS_SECRET_ACCESS_KEY"),
    (400, "ExpiredToken", "session of the credentials", "AWS_SESSION_TOKEN"),
    (403, "RequestTimeTooSkewed", "clock of this machine", "set it"),
    (403, "InvalidObjectState", "archived", "restore it"),
    (404, "NoSuchBucket", "the bucket is not there", "create it"),
    (400, "SomethingNew", "was not understood", "endpoint_url"),
    (418, "SomethingNew", "the server refuses", ""),
    (501, "NotImplemented", "the server refuses", ""),
]


@pytest.fixture
def media(s3: S3) -> S3Media:
    s3.put("clip.mp4", CONTENT)
    media = S3Media(read_media_url(s3.url("clip.mp4")), sleep=lambda _: None)
    media.stat()
    return media


def store_at(s3: S3, **options: object) -> S3TokenStore:
    return S3TokenStore(read_store_url(s3.url("tokens", **options)))


@pytest.mark.parametrize("refused", REFUSED)
def test_what_is_refused_is_explained_and_not_tried_again(
    refused: tuple[int, str, str, str], media: S3Media, s3: S3
) -> None:
    status, code, words, hint = refused
    s3.fail("GET", status=status, code=code)

    with pytest.raises(MediaError, match=words) as error:
        next(media.read(0, 9))

    told = f"{error.value} {error.value.hint}"
    assert f"GetObject of 's3://{s3.bucket}/clip.mp4' failed" in told
    assert f"status {status}, {code}, request id REQ123" in told
    assert hint in str(error.value.hint)
    assert not error.value.retryable
    assert SECRET_KEY not in told
    assert len(s3.sent("GET")) == 1


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (500, "InternalError"),
        (502, ""),
        (503, "SlowDown"),
        (503, ""),
        (504, ""),
        (429, "TooManyRequests"),
        (400, "RequestTimeout"),
    ],
)
def test_what_passes_is_tried_a_few_times_and_told_as_passing(
    status: int, code: str, s3: S3
) -> None:
    store = store_at(s3)
    s3.fail("GET", times=TRIES, status=status, code=code)

    with pytest.raises(StoreError) as error:
        store.load("acme")

    assert error.value.retryable
    assert "acme.account" in error.value.message
    assert error.value.hint == "try again later"


def test_a_record_whose_reading_breaks_off_is_read_again(s3: S3) -> None:
    store = store_at(s3)
    store.save("acme", b"record")
    s3.fail("GET", times=objects.TRIES - 1, cut_at=9)

    assert store.load("acme") == b"record"


def test_a_record_whose_reading_always_breaks_off_is_told_as_passing(s3: S3) -> None:
    store = store_at(s3)
    store.save("acme", b"record")
    s3.fail("GET", times=objects.TRIES, cut_at=9)

    with pytest.raises(StoreError, match="the answer broke off") as error:
        store.load("acme")

    assert error.value.retryable
    assert store.load("acme") == b"record"


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, "AuthorizationHeaderMalformed"), (301, "PermanentRedirect")],
)
def test_the_region_is_told_where_the_server_names_it(
    status: int, code: str, media: S3Media, s3: S3
) -> None:
    named = {"more": "<Region>eu-central-1</Region>"}
    s3.fail("GET", times=2, status=status, code=code, **named)

    with pytest.raises(MediaError, match="in another region, eu-central-1") as error:
        next(media.read(0, 9))

    assert error.value.hint == "name it: ?region=eu-central-1"


def test_a_server_that_redirects_everything_is_asked_twice(
    media: S3Media, s3: S3
) -> None:
    s3.proxy.forbidden, s3.proxy.forbidden_status = f"/{s3.bucket}", 301
    before = len(s3.proxy.requests)

    with pytest.raises(MediaError, match="in another region"):
        next(media.read(0, 9))

    assert [one.method for one in s3.proxy.requests[before:]] == ["GET", "HEAD"]


def test_a_bucket_in_another_region_is_found(media: S3Media, s3: S3) -> None:
    s3.fail("GET", status=301, code="PermanentRedirect")

    assert next(media.read(0, 9)) == CONTENT[:9]


@pytest.mark.parametrize(
    "fault",
    [
        {"code": "\x1b[31mX", "more": "<Region>\x1b</Region>"},
        {"code": "A" * 1000},
        {"code": "PermanentRedirect", "more": "<Region>a b</Region>"},
    ],
)
def test_what_a_server_writes_is_not_trusted(
    fault: dict[str, Any], media: S3Media, s3: S3
) -> None:
    s3.fail("GET", status=400, **fault)

    with pytest.raises(MediaError) as error:
        next(media.read(0, 9))

    told = f"{error.value} {error.value.hint}"
    assert "\x1b" not in told
    assert "AAA" not in told
    assert "a b" not in told


def test_an_answer_that_is_not_of_s3_is_told(s3: S3) -> None:
    s3.fail("PUT", status=200)
    s3.fail("PUT", status=418)

    with pytest.raises(StoreError, match="failed"):
        store_at(s3).save("acme", b"new")


def test_a_server_that_does_not_answer_is_given_up(s3: S3) -> None:
    s3.fail("GET", times=TRIES, stall=True)

    with pytest.raises(StoreError, match="does not answer in time") as error:
        store_at(s3, timeout=1).load("acme")

    assert error.value.retryable


def test_a_client_waits_as_long_as_the_url_says(s3: S3) -> None:
    client = client_for(read_store_url(s3.url("tokens", timeout=3)).reach)
    config: Any = client.meta.config

    assert (config.connect_timeout, config.read_timeout) == (3.0, 3.0)


def test_a_server_that_hangs_up_is_tried_again(s3: S3) -> None:
    s3.fail("GET", times=TRIES - 1, lose=True)

    assert store_at(s3).load("acme") is None


def test_a_server_that_cannot_be_reached_is_named(s3: S3) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{taken.getsockname()[1]}"

        with pytest.raises(StoreError, match="no connection to the server") as error:
            store_at(s3, endpoint_url=endpoint).load("acme")

    assert error.value.retryable
    assert "endpoint_url" in str(error.value.hint)


def test_a_certificate_that_nobody_vouches_for_is_refused(s3: S3) -> None:
    endpoint = s3.proxy.url.replace("http:", "https:")

    with pytest.raises(StoreError, match=r"certificate|connection"):
        store_at(s3, endpoint_url=endpoint).load("acme")


def test_missing_credentials_are_told(s3: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")

    with pytest.raises(StoreError, match="there are no credentials") as error:
        store_at(s3, timeout=7).load("acme")

    assert "AWS_ACCESS_KEY_ID" in str(error.value.hint)


def test_a_missing_profile_is_told(s3: S3) -> None:
    with pytest.raises(StoreError, match="there is no such profile"):
        store_at(s3, profile="work").load("acme")


@pytest.mark.parametrize(
    "error",
    [
        exceptions.PartialCredentialsError(provider="env", cred_var="x"),
        exceptions.CredentialRetrievalError(provider="sso", error_msg=SECRET_KEY),
        exceptions.TokenRetrievalError(provider="sso", error_msg=SECRET_KEY),
        exceptions.SSLError(endpoint_url=SECRET_KEY, error=OSError()),
        exceptions.ConnectTimeoutError(endpoint_url=SECRET_KEY),
        exceptions.ResponseStreamingError(error=SECRET_KEY),
        exceptions.ParamValidationError(report=SECRET_KEY),
        exceptions.DataNotFoundError(data_path=SECRET_KEY),
    ],
    ids=lambda error: type(error).__name__,
)
def test_no_text_of_the_library_is_passed_on(error: Exception) -> None:
    told = failures.explained(error, "GetObject", "s3://bucket/a", MediaError)

    assert told.message.startswith("GetObject of 's3://bucket/a' failed: ")
    assert SECRET_KEY not in f"{told} {told.hint}"


def test_nothing_secret_is_logged(
    media: S3Media, s3: S3, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    s3.fail("GET", status=403, code="SignatureDoesNotMatch")
    with pytest.raises(MediaError):
        next(media.read(0, 9))
    store = store_at(s3)
    store.save("acme", b"sealed")
    store.load("acme")

    for secret in (SECRET_KEY, ACCESS_KEY, "sealed", "Signature="):
        assert secret not in caplog.text


@pytest.mark.parametrize(
    ("region", "hint"),
    [("eu-west-1", "name it: ?region=eu-west-1"), ("\x1b[31m", "name it: ?region=")],
)
def test_a_region_is_passed_on_if_it_looks_like_one(region: str, hint: str) -> None:
    answer: Any = {"Error": {"Code": "PermanentRedirect", "Region": region}}
    refused = exceptions.ClientError(answer, "GetObject")

    told = failures.explained(refused, "GetObject", "s3://bucket/a", MediaError)

    assert told.hint == hint
