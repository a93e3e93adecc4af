"""Faults of S3 in the middle of a refresh, an upload and a notification.

Whatever it is: the error names the object and what was asked of it, and once it is
repaired, publishing again publishes once, with a token that is still good.
"""

from __future__ import annotations

import json
import threading
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.journeys.test_redis import Interrupting
from tiktok_bridge import BridgeError, State, StoreError
from tiktok_bridge.publish.recipient import LONGEST_PAUSE
from tiktok_bridge.tokens import records
from tiktok_bridge_s3 import clients, streams

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.journeys.conftest import Studio
    from tests.s3 import S3

DAY = 86_400
SIZE = 31_000_000
KEY = "clips/spring.mp4"
FROM_THE_START = f"bytes=0-{SIZE - 1}"
STATUSES = {
    403: "these credentials may not do it",
    404: "it is not there",
    503: "the server is busy or broken",
}
"""What an error says of each status."""


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody wait long for a server that somebody must repair."""
    monkeypatch.setattr(records, "LOCK_TIMEOUT", 0.1)
    monkeypatch.setattr(clients, "TRIES", 1)
    monkeypatch.setattr(streams, "RESUMES", 1)


def url(s3: S3, key: str, **options: object) -> str:
    """Return a URL whose client is none that other tests have made."""
    return s3.url(key, timeout=1.1, **options)


@pytest.fixture
def on_s3(studio: Studio, s3: S3) -> Studio:
    """A studio whose token is in the bucket, and has just ended."""
    studio.configure("file:state/tokens", f'"{url(s3, "tokens", lease=60)}"')
    studio.log_in("acme")
    studio.clock.sleep(DAY)
    return studio


@pytest.fixture
def video(studio: Studio, s3: S3) -> bytes:
    """What stands at `KEY`: a video of three chunks."""
    path = studio.folder / "media" / studio.video(SIZE)
    s3.put(KEY, path.read_bytes())
    return path.read_bytes()


def refuse(s3: S3, status: int, what: str = "") -> None:
    """Answer requests for *what* with *status*, until it is nothing."""
    s3.proxy.forbidden_status, s3.proxy.forbidden = status, what


def is_published_once(studio: Studio) -> bool:
    return len(studio.arrived()) == 1


# A refresh


@pytest.mark.parametrize("status", [403, 503])
def test_before_a_refresh_nothing_is_spent(status: int, on_s3: Studio, s3: S3) -> None:
    refuse(s3, status, f"PUT /{s3.bucket}/tokens")
    with on_s3.bridge() as bridge, pytest.raises(StoreError) as refusal:
        bridge.publish(on_s3.post())
    refuse(s3, 0)

    assert f"PutObject of 's3://{s3.bucket}/tokens/" in str(refusal.value)
    assert STATUSES[status] in str(refusal.value)
    assert on_s3.calls("token") == 0
    with on_s3.bridge() as bridge:
        assert bridge.publish(on_s3.post()).state == State.PUBLISHED
    assert on_s3.calls("token") == 1
    assert is_published_once(on_s3)


def test_before_a_refresh_a_bucket_that_does_not_answer_spends_nothing(
    on_s3: Studio, s3: S3
) -> None:
    s3.fail("GET", stall=True, where="tokens")
    with on_s3.bridge() as bridge, pytest.raises(BridgeError) as refusal:
        bridge.publish(on_s3.post())

    assert f"GetObject of 's3://{s3.bucket}/tokens/" in str(refusal.value)
    assert "the server does not answer in time" in str(refusal.value)
    assert on_s3.calls("token") == 0
    with on_s3.bridge() as bridge:
        assert bridge.publish(on_s3.post()).state == State.PUBLISHED
    assert is_published_once(on_s3)


def test_in_the_middle_of_a_refresh_what_passes_is_waited_for(
    on_s3: Studio, s3: S3
) -> None:
    timers = []

    def strike() -> None:
        refuse(s3, 503, f"/{s3.bucket}/tokens")
        timers.append(threading.Timer(0.2, refuse, (s3, 0)))
        timers[0].start()

    with on_s3.bridge(transport=Interrupting(strike)) as bridge:
        result = bridge.publish(on_s3.post())
    timers[0].join()

    assert result.state == State.PUBLISHED
    assert on_s3.calls("token") == 1
    with on_s3.bridge() as bridge:
        assert bridge.publish(on_s3.post(id="two")).state == State.PUBLISHED


def test_a_renewed_token_that_could_not_be_saved_is_saved_later(
    on_s3: Studio, s3: S3
) -> None:
    strike = partial(refuse, s3, 403, f"/{s3.bucket}/tokens")
    with on_s3.bridge(transport=Interrupting(strike)) as bridge:
        with pytest.raises(StoreError, match=STATUSES[403]) as refusal:
            bridge.publish(on_s3.post())
        refuse(s3, 0)
        result = bridge.publish(on_s3.post())

    assert f"PutObject of 's3://{s3.bucket}/tokens/acme.account'" in str(refusal.value)
    assert result.state == State.PUBLISHED
    assert on_s3.calls("token") == 1, "the old token is not offered again"
    with on_s3.bridge() as bridge:
        assert bridge.publish(on_s3.post(id="two")).state == State.PUBLISHED
    assert on_s3.calls("token") == 1


# An upload


class Fault(NamedTuple):
    """What happens to the video when 17 MB of it have come."""

    begin: Callable[[S3], object]
    repair: Callable[[S3, bytes], object]
    words: str
    is_passing: bool = False


def refused(status: int, *, is_passing: bool = False) -> Fault:
    return Fault(
        lambda s3: refuse(s3, status, f"GET /{s3.bucket}/{KEY}"),
        lambda s3, _: refuse(s3, 0),
        STATUSES[status],
        is_passing,
    )


def put_back(s3: S3, video: bytes) -> None:
    s3.put(KEY, video)


FAULTS = {
    "403": refused(403),
    "404": Fault(
        lambda s3: s3.client.delete_object(Bucket=s3.bucket, Key=KEY),
        put_back,
        STATUSES[404],
    ),
    "503": refused(503, is_passing=True),
    "replaced": Fault(
        lambda s3: s3.put(KEY, bytes(SIZE)), put_back, "it has been replaced"
    ),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_in_the_middle_of_an_upload_the_post_stays(
    fault: Fault, studio: Studio, s3: S3, video: bytes
) -> None:
    post = studio.post(video=url(s3, KEY))
    s3.fail(
        "GET", where=FROM_THE_START, cut_at=17_000_000, then=partial(fault.begin, s3)
    )
    with studio.bridge() as bridge:
        stopped = bridge.publish(post)
    fault.repair(s3, video)
    with studio.bridge() as bridge:
        if not fault.is_passing:
            bridge.retry("one")
        result = bridge.publish(post)

    assert stopped.state == (State.UPLOADING if fault.is_passing else State.FAILED)
    assert stopped.failure
    assert f"GetObject of 's3://{s3.bucket}/{KEY}' failed" in stopped.failure.message
    assert fault.words in stopped.failure.message
    assert stopped.failure.hint
    assert result.state == State.PUBLISHED
    [arrived] = studio.arrived()
    assert arrived["sha256"] == studio.sha256("video.mp4")


@pytest.mark.usefixtures("video")
def test_an_object_that_comes_slowly_is_read_on_elsewhere(
    studio: Studio, s3: S3
) -> None:
    s3.fail("GET", where=FROM_THE_START, cut_at=17_000_000, stall=True)
    with studio.bridge() as bridge:
        result = bridge.publish(studio.post(video=url(s3, KEY)))

    assert result.state == State.PUBLISHED
    [arrived] = studio.arrived()
    assert arrived["sha256"] == studio.sha256("video.mp4")


# A notification


@pytest.mark.parametrize("status", [404, 503])
def test_an_event_waits_and_fails_no_post(
    status: int, studio: Studio, s3: S3, caplog: pytest.LogCaptureFixture
) -> None:
    studio.configure('"file:state/events.jsonl"', f'"{url(s3, "events")}"')
    refuse(s3, status, f"PUT /{s3.bucket}/events/")
    with studio.bridge() as bridge:
        result = bridge.publish(studio.post())
    refuse(s3, 0)
    studio.clock.sleep(LONGEST_PAUSE)
    with studio.bridge() as bridge:
        bridge.publish(studio.post())

    assert result.state == State.PUBLISHED
    assert f"PutObject of 's3://{s3.bucket}/events/" in caplog.text
    assert STATUSES[status] in caplog.text
    types = [json.loads(s3.get(key))["type"] for key in s3.names()]
    assert types.count("post.published") == 1
    assert is_published_once(studio)
