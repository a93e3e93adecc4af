"""What the app is told without asking."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import math
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from threading import Event as EventFlag
from threading import Thread, Timer
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.conftest import FILM
from tiktok_bridge_sandbox import contract, handle
from tiktok_bridge_sandbox.events import Attempt
from tiktok_bridge_sandbox.openings import Order
from tiktok_bridge_sandbox.pulls import PullPlan
from tiktok_bridge_sandbox.sandbox import Sandbox
from tiktok_bridge_sandbox.webhooks import BATCH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.sandbox.conftest import Person

PUBLIC = "PUBLIC_TO_EVERYONE"
PRIVATE = "SELF_ONLY"
EVENTS = (
    "post.publish.failed",
    "post.publish.complete",
    "post.publish.inbox_delivered",
    "post.publish.publicly_available",
    "post.publish.no_longer_publicaly_available",
    "authorization.removed",
)


class Receiver:
    """An app's webhook, which answers as it is told."""

    def __init__(self) -> None:
        self.got: Queue[tuple[str, bytes]] = Queue()
        self.pause = EventFlag()
        self.pause.set()
        self.statuses: list[int] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.put((self.headers["TikTok-Signature"], body))
                receiver.pause.wait(timeout=10)
                left = receiver.statuses
                self.send_response(left.pop(0) if left else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?x=1"

    def next(self) -> tuple[str, bytes]:
        return self.got.get(timeout=10)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    thread = Thread(target=made.server.serve_forever, args=(0.01,))
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def told(person: Person) -> list[tuple[str, dict[str, Any]]]:
    """Return the name and the content of every event."""
    bodies = [json.loads(entry["body"]) for entry in person.sandbox.webhooks()]
    return [(body["event"], json.loads(body["content"])) for body in bodies]


def names(person: Person) -> list[str]:
    return [name for name, _ in told(person)]


def test_a_public_post_is_told_twice(acme: Person) -> None:
    publish_id = acme.publish(PUBLIC)
    acme.sandbox.advance(60)

    about = {"publish_id": publish_id, "publish_type": "DIRECT_PUBLISH"}
    post_id = acme.sandbox.state()["publishes"][0]["post_id"]
    assert told(acme) == [
        ("post.publish.complete", about),
        ("post.publish.publicly_available", about | {"post_id": post_id}),
    ]


def test_nothing_is_told_before_it_happens(acme: Person) -> None:
    acme.sandbox.reset(processing_seconds=100, moderation_seconds=100)
    acme.publish(PUBLIC)

    counts = []
    for _ in range(3):
        counts.append(len(told(acme)))
        acme.sandbox.advance(100)

    assert counts == [0, 1, 2]


def test_a_private_post_is_told_once(acme: Person) -> None:
    acme.publish("SELF_ONLY")
    acme.sandbox.advance(60)

    assert names(acme) == ["post.publish.complete"]


def test_a_failure_names_its_reason(acme: Person) -> None:
    acme.sandbox.reset(fail_reason="spam_risk_text", webhook_publish_type="DIRECT_POST")
    publish_id = acme.publish()
    acme.sandbox.advance(60)

    content = {
        "publish_id": publish_id,
        "publish_type": "DIRECT_POST",
        "reason": "spam_risk_text",
    }
    assert told(acme) == [("post.publish.failed", content)]


def test_a_draft_is_told_as_delivered(acme: Person) -> None:
    publish_id = acme.upload(acme.draft())
    acme.sandbox.advance(60)

    content = {"publish_id": publish_id, "publish_type": "INBOX_SHARE"}
    assert told(acme) == [("post.publish.inbox_delivered", content)]


def test_one_draft_can_be_told_complete_several_times(acme: Person) -> None:
    publish_id = acme.upload(acme.draft())
    acme.sandbox.advance(60)

    for _ in range(2):
        acme.sandbox.creator("finish-draft", publish_id=publish_id)
        acme.sandbox.advance(60)

    assert names(acme).count("post.publish.complete") == 2
    answer = acme.status(publish_id).json()["data"]
    assert answer["status"] == "PUBLISH_COMPLETE"
    assert len(answer["publicaly_available_post_id"]) == 2


def test_a_post_that_is_hidden_is_told_in_the_misspelt_event(acme: Person) -> None:
    publish_id = acme.publish(PUBLIC)
    acme.sandbox.advance(60)

    acme.sandbox.creator("hide", publish_id=publish_id)

    name, content = told(acme)[-1]
    assert name == "post.publish.no_longer_publicaly_available"
    assert sorted(content) == ["post_id", "publish_id", "publish_type"]


def test_a_cancelled_download_is_told_as_failed(acme: Person) -> None:
    acme.sandbox.reset(pull_seconds=100)
    acme.cancel(acme.pull().json()["data"]["publish_id"])

    name, content = told(acme)[0]
    assert (name, content["reason"]) == ("post.publish.failed", "publish_cancelled")


def test_a_revoked_login_is_told_and_ends_what_was_under_way(acme: Person) -> None:
    publish_id = acme.init().json()["data"]["publish_id"]
    pair = acme.sandbox.token("acme")

    acme.oauth("revoke", token=pair["access_token"])

    assert told(acme) == [
        (
            "post.publish.failed",
            {
                "publish_id": publish_id,
                "publish_type": "DIRECT_PUBLISH",
                "reason": "auth_removed",
            },
        ),
        ("authorization.removed", {"reason": 5}),
    ]


def test_a_creator_who_removes_the_app_is_told_with_another_reason(
    acme: Person,
) -> None:
    acme.sandbox.creator("remove-app", account="acme")

    assert told(acme) == [("authorization.removed", {"reason": 1})]
    assert acme.creator_info().status_code == 401


def test_the_body_is_that_of_the_recording(acme: Person) -> None:
    acme.publish()
    acme.sandbox.advance(60)

    body = json.loads(acme.sandbox.webhooks()[0]["body"])

    keys = ["client_key", "event", "create_time", "user_openid", "content"]
    assert list(body) == keys
    assert body["client_key"] == acme.sandbox.client_key
    assert body["user_openid"].startswith("-000")
    assert len(body["user_openid"]) == 36
    assert abs(body["create_time"] - acme.sandbox.state()["now"]) < 100


def test_an_event_arrives_signed(acme: Person, receiver: Receiver) -> None:
    acme.sandbox.reset(webhook_url=receiver.url)
    acme.publish()
    acme.sandbox.advance(60)

    signature, body = receiver.next()

    moment, proof = (part.partition("=")[2] for part in signature.split(","))
    key = acme.sandbox.client_secret.encode()
    expected = hmac.new(key, moment.encode() + b"." + body, hashlib.sha256).hexdigest()
    assert proof == expected
    assert json.loads(body)["event"] == "post.publish.complete"


def test_an_event_comes_by_itself_when_its_time_has_come(
    acme: Person, receiver: Receiver
) -> None:
    acme.sandbox.reset(
        webhook_url=receiver.url, processing_seconds=0.1, moderation_seconds=0.1
    )
    acme.publish(PUBLIC)

    events = [json.loads(receiver.next()[1])["event"] for _ in range(2)]

    assert events == ["post.publish.complete", "post.publish.publicly_available"]


def test_an_event_that_is_not_taken_comes_again_later_and_later(
    acme: Person, receiver: Receiver
) -> None:
    acme.sandbox.reset(webhook_url=receiver.url, processing_seconds=0)
    receiver.statuses = [500, 302, 204]
    acme.publish()

    bodies = [receiver.next()[1]]
    for pause in (15, 30, 60):
        acme.sandbox.advance(pause)
        bodies.append(receiver.next()[1])

    assert len(set(bodies)) == 1
    event = acme.sandbox.deliver()[0]
    assert [one["status"] for one in event["attempts"]] == [500, 302, 204, 200]
    assert event["delivered"] is True


def test_no_event_comes_again_before_its_pause(
    acme: Person, receiver: Receiver
) -> None:
    acme.sandbox.reset(webhook_url=receiver.url, processing_seconds=0)
    receiver.statuses = [500, 500]
    acme.publish()
    receiver.next()

    counts = []
    for pause in (10, 10, 20):
        acme.sandbox.advance(pause)
        acme.creator_info()
        counts.append(len(acme.sandbox.webhooks()[0]["attempts"]))

    assert counts == [1, 2, 2]


def test_after_72_hours_an_event_is_given_up(acme: Person, receiver: Receiver) -> None:
    acme.sandbox.reset(
        webhook_url=receiver.url, processing_seconds=0, webhook_retry_seconds=259_000
    )
    receiver.statuses = [500, 500, 500]
    acme.publish()
    receiver.next()

    acme.sandbox.advance(259_000)
    receiver.next()
    acme.sandbox.advance(10_000_000)

    assert len(acme.sandbox.webhooks()[0]["attempts"]) == 2
    assert receiver.got.empty()


def test_however_often_an_event_is_refused_it_comes_again() -> None:
    backend = Sandbox().backend
    backend.remove_access(backend.creators["acme"], backend.app.client_key, 1)
    event = backend.courier.collect()[0]
    event.attempts = [Attempt(0.0, "", status=500)] * 5_000
    backend.switches = replace(backend.switches, webhook_url="http://127.0.0.1:1/")

    asyncio.run(backend.courier.deliver([event]))

    assert len(event.attempts) == 5_001
    assert math.isfinite(event.next_at)


def test_a_delivery_of_many_events_has_the_time_for_all(
    acme: Person, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme.sandbox.reset(webhook_url=receiver.url, processing_seconds=0)
    acme.publish()
    receiver.next()
    monkeypatch.setattr(handle, "PATIENCE", 0.1)
    receiver.pause.clear()
    timer = Timer(0.3, receiver.pause.set)
    timer.start()

    listed = acme.sandbox.redeliver()

    timer.join()
    assert len(listed[0]["attempts"]) == 2


def test_many_events_are_checked_while_others_are_answered() -> None:
    async def turns() -> int:
        instant = {"pull_seconds": 0, "processing_seconds": 0, "limits": False}
        backend = Sandbox(switches=instant).backend
        creator = backend.creators["acme"]
        order = Order("video", "direct", {"privacy_level": PRIVATE}, PullPlan((FILM,)))
        for _ in range(BATCH * 3):
            backend.open(backend.app, creator, order)
        count, work = 0, asyncio.create_task(backend.courier.catch_up())
        while not work.done():
            await asyncio.sleep(0)
            count += 1
        assert len(backend.courier.collect()) == BATCH * 3
        return count

    assert asyncio.run(turns()) > 2


def test_an_event_can_be_brought_once_more(acme: Person, receiver: Receiver) -> None:
    acme.sandbox.reset(webhook_url=receiver.url, processing_seconds=0)
    acme.publish()
    first = receiver.next()[1]

    acme.sandbox.redeliver()
    acme.sandbox.redeliver(1)

    assert [receiver.next()[1] for _ in range(2)] == [first, first]


def test_a_delivery_can_be_awaited(acme: Person, receiver: Receiver) -> None:
    acme.sandbox.reset(webhook_url=receiver.url, processing_seconds=50)
    acme.publish()
    acme.sandbox.advance(50)

    listed = acme.sandbox.deliver()

    assert [event["delivered"] for event in listed] == [True]
    assert len(receiver.got.queue) >= 1


def test_an_unreachable_webhook_is_an_error_of_the_attempt(acme: Person) -> None:
    acme.sandbox.reset(webhook_url="http://127.0.0.1:1/", processing_seconds=0)
    acme.publish()

    event = acme.sandbox.deliver()[0]

    assert event["delivered"] is False
    assert event["attempts"][0]["error"]


@pytest.mark.parametrize("body", [{}, {"redeliver": 1}, {"deliver": False}])
def test_a_wish_that_makes_no_sense_is_told_why(
    acme: Person, body: dict[str, object]
) -> None:
    answer = acme.http.post("/_sandbox/webhooks", json=body)

    assert (answer.status_code, bool(answer.json()["error"])) == (400, True)


def test_every_event_follows_its_schema(acme: Person) -> None:
    acme.sandbox.reset(pull_seconds=10)
    acme.cancel(acme.pull().json()["data"]["publish_id"])
    published, draft = acme.publish(PUBLIC), acme.upload(acme.draft())
    acme.sandbox.advance(60)
    acme.sandbox.creator("finish-draft", publish_id=draft)
    acme.sandbox.creator("hide", publish_id=published)
    acme.sandbox.creator("remove-app")

    bodies = [json.loads(event["body"]) for event in acme.sandbox.webhooks()]

    assert {body["event"] for body in bodies} == set(EVENTS)
    for body in bodies:
        name = "webhook-" + body["event"].replace(".", "-").replace("_", "-")
        assert list(contract.webhook_breaches(name, body)) == []


def test_the_state_shows_the_events(acme: Person) -> None:
    acme.publish()
    acme.sandbox.advance(60)

    assert acme.sandbox.state()["webhooks"] == acme.sandbox.webhooks()
