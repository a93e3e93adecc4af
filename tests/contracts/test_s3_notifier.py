"""Events on S3."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tiktok_bridge import BridgeError
from tiktok_bridge.testing import HealthContract, NotifierContract, make_event
from tiktok_bridge_s3.notifier import S3Notifier
from tiktok_bridge_s3.urls import read_notifier_url

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from tests.s3 import S3
    from tiktok_bridge import Event

    BreakIt = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def notifier(s3: S3) -> S3Notifier:
    return S3Notifier(read_notifier_url(s3.url("events")))


class TestS3Notifier(NotifierContract):
    @pytest.fixture
    def received(self, s3: S3) -> Callable[[], list[Event]]:
        """The objects, in the order in which they were written."""

        def read() -> list[Event]:
            paths = dict.fromkeys(one.path for one in s3.sent("PUT"))
            keys = [path.removeprefix(f"/{s3.bucket}/") for path in paths]
            kept = set(s3.names())
            return [json.loads(s3.get(key)) for key in keys if key in kept]

        return read

    @pytest.fixture
    def break_it(self, s3: S3) -> BreakIt:
        return s3.closed


class TestS3NotifierHealth(HealthContract):
    @pytest.fixture
    def checkable(self, notifier: S3Notifier) -> S3Notifier:
        return notifier

    @pytest.fixture
    def snapshot(self, s3: S3) -> Callable[[], object]:
        return s3.content

    @pytest.fixture
    def break_it(self, s3: S3) -> BreakIt:
        return s3.closed


def test_an_event_lies_under_its_own_date(notifier: S3Notifier, s3: S3) -> None:
    event = make_event(1)
    event["time"] = "2026-11-22T23:30:00.123-01:00"

    notifier.notify(event)

    assert s3.names() == ["events/2026/11/23/event-1.json"]
    head = s3.client.head_object(Bucket=s3.bucket, Key=s3.names()[0])
    assert head["ContentType"] == "application/cloudevents+json"


def test_the_same_event_is_the_same_object(notifier: S3Notifier, s3: S3) -> None:
    notifier.notify(make_event(1))
    notifier.notify(make_event(1))

    assert len(s3.names()) == 1


def test_ids_may_be_any_text(notifier: S3Notifier, s3: S3) -> None:
    ids = ["acme/one/3", "../../x", "ACME", "acme", "x" * 900, "x" * 901, "\ud800", ""]
    for one in ids:
        event = make_event(1)
        event["id"] = one
        notifier.notify(event)

    found = [json.loads(s3.get(key))["id"] for key in s3.names()]
    assert sorted(found) == sorted(ids)
    assert "events/2025/01/31/acme!2fone!2f3.json" in s3.names()
    assert {len(key.split("/")) for key in s3.names()} == {5}


def test_an_event_without_a_time_is_refused(notifier: S3Notifier) -> None:
    event = make_event(1)
    event["time"] = "soon"

    with pytest.raises(BridgeError, match="no time"):
        notifier.notify(event)


def test_an_event_that_does_not_arrive_is_raised(notifier: S3Notifier, s3: S3) -> None:
    s3.fail("PUT", times=3, status=503, code="SlowDown")

    with pytest.raises(BridgeError, match="PutObject of 's3://bucket-") as error:
        notifier.notify(make_event(1))

    assert error.value.retryable
    assert "event-1.json" in error.value.message
    assert len(s3.sent("PUT")) == 3


def test_a_fault_that_passes_is_not_seen(notifier: S3Notifier, s3: S3) -> None:
    s3.fail("PUT", status=500, code="InternalError")
    s3.fail("PUT", lose=True)

    notifier.notify(make_event(1))

    assert len(s3.names()) == 1
