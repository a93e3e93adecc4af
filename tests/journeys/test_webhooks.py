"""What TikTok tells by itself moves the post that it is about, and only that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.journeys.test_pulled import photos, publish, pulled, stands
from tiktok_bridge import State, WebhookError

if TYPE_CHECKING:
    from tests.journeys.conftest import Studio
    from tiktok_bridge import Bridge, Result

PUBLIC = "PUBLIC_TO_EVERYONE"


def receive(bridge: Bridge, told: dict[str, Any]) -> Result:
    """Bring what TikTok tells; return where the only post stands then."""
    headers = {"Tiktok-Signature": told["signature"]}
    event = bridge.receive(headers, told["body"].encode())
    assert event.name == told["event"]
    (entry,) = bridge.ledger.entries()
    return stands(bridge, entry.post.id)


def unfinished(studio: Studio, **fields: Any) -> None:  # noqa: ANN401 - those of `Post`
    """Publish as far as TikTok has everything, and let it finish."""
    studio.sandbox.reset(processing_seconds=5, pull_seconds=5)
    studio.log_in("acme")
    with studio.bridge() as bridge:
        assert bridge.publish(studio.post(**fields), wait=0).state == State.PROCESSING
    studio.clock.sleep(60)


def test_a_webhook_says_the_end_before_anybody_asks(studio: Studio) -> None:
    unfinished(studio, privacy=PUBLIC)
    asked = studio.calls("status")
    with studio.bridge() as bridge:
        complete, public = studio.sandbox.webhooks()
        first, second = receive(bridge, complete), receive(bridge, public)

    assert (first.state, first.post_ids) == (State.PUBLISHED, ())
    assert (second.state, second.visibility) == (State.PUBLISHED, "public")
    assert second.post_ids == tuple(studio.arrived()[0]["post_ids"])
    assert studio.calls("status") == asked


def test_what_is_told_a_hundred_times_or_out_of_order_is_told_once(
    studio: Studio,
) -> None:
    unfinished(studio, privacy=PUBLIC)
    seen: list[str] = []
    with studio.bridge(on_event=lambda event: seen.append(event["type"])) as bridge:
        told = studio.sandbox.webhooks()
        for _ in range(100):
            for one in reversed(told):
                result = receive(bridge, one)

    assert (result.state, len(result.post_ids)) == (State.PUBLISHED, 1)
    assert seen == ["post.published"]


def test_a_failure_is_told_with_its_reason(studio: Studio) -> None:
    studio.sandbox.reset(pull_seconds=4000)  # TikTok tries for an hour
    studio.log_in("acme")
    with studio.bridge() as bridge:
        bridge.publish(pulled(studio), wait=0)
        studio.clock.sleep(3610)
        (failed,) = studio.sandbox.webhooks()
        result = receive(bridge, failed)

    assert result.state == State.FAILED
    assert result.failure
    assert result.failure.code == "video_pull_failed"
    assert result.failure.who_acts


def test_a_draft_becomes_a_post_and_a_post_may_vanish(studio: Studio) -> None:
    unfinished(studio, mode="inbox", privacy=None)
    (publish_id,) = (one["publish_id"] for one in studio.sandbox.state()["publishes"])
    with studio.bridge() as bridge:
        drafted = receive(bridge, studio.sandbox.webhooks()[-1])
        studio.sandbox.creator(
            "finish-draft", publish_id=publish_id, privacy_level=PUBLIC
        )
        studio.clock.sleep(60)
        for one in studio.sandbox.webhooks():
            posted = receive(bridge, one)
        studio.sandbox.creator("hide", publish_id=publish_id)
        studio.clock.sleep(60)
        hidden = receive(bridge, studio.sandbox.webhooks()[-1])

    assert drafted.state == State.IN_INBOX
    assert (posted.state, posted.visibility) == (State.PUBLISHED, "public")
    assert (hidden.state, hidden.visibility) == (State.PUBLISHED, "not_public_so_far")


@pytest.mark.parametrize(("make", "kind"), [(photos, "photo"), (pulled, "video")])
def test_a_webhook_names_the_post_whose_answer_was_lost(
    studio: Studio,
    make: Any,  # noqa: ANN401 - either
    kind: str,
) -> None:
    studio.sandbox.faults(f"{kind}_init", [{"kind": "reset_before_reply"}])
    assert publish(studio, make(studio)).state == State.UNKNOWN
    studio.clock.sleep(60)
    with studio.bridge() as bridge:
        result = receive(bridge, studio.sandbox.webhooks()[0])

    assert result.state == State.PUBLISHED
    assert result.publish_id == studio.arrived()[0]["publish_id"]
    assert studio.calls(f"{kind}_init") == 1


def test_a_webhook_that_fits_two_posts_names_neither(studio: Studio) -> None:
    studio.sandbox.faults("photo_init", [{"kind": "reset_before_reply"}] * 2)
    for name in ("one", "two"):
        assert publish(studio, photos(studio, id=name)).state == State.UNKNOWN
    studio.clock.sleep(60)
    with studio.bridge() as bridge:
        for told in studio.sandbox.webhooks():
            headers = {"tiktok-signature": told["signature"]}
            bridge.receive(headers, told["body"].encode())
        states = [entry.state for entry in bridge.ledger.entries()]

    assert states == [State.UNKNOWN, State.UNKNOWN]


@pytest.mark.parametrize("of", ["another user", "an older post", "an upload"])
def test_a_webhook_of_something_else_names_no_post(studio: Studio, of: str) -> None:
    if of == "an older post":
        publish(studio, photos(studio, id="older"))
        studio.clock.sleep(3600)
    studio.sandbox.faults("photo_init", [{"kind": "reset_before"}])
    assert publish(studio, photos(studio)).state == State.UNKNOWN
    if of == "another user":
        studio.log_in("studio")
        publish(studio, photos(studio, account="studio", id="theirs"))
    elif of == "an upload":
        publish(studio, studio.post(id="upload"))
    told = studio.sandbox.webhooks()
    studio.forget("older", "theirs", "upload")  # as if another ledger had sent it
    with studio.bridge() as bridge:
        for one in told:  # told once more, with a signature of today
            headers = {"tiktok-signature": studio.sign(one["body"])}
            bridge.receive(headers, one["body"].encode())

        assert stands(bridge, "lookbook").state == State.UNKNOWN


@pytest.mark.parametrize("change", ["body", "signature", "time"])
def test_nobody_else_moves_a_post(studio: Studio, change: str) -> None:
    unfinished(studio, privacy=PUBLIC)
    (told, _) = studio.sandbox.webhooks()
    body, signature = told["body"].encode(), told["signature"]
    if change == "body":
        body = body.replace(b"complete", b"failed  ")
    elif change == "signature":
        signature = signature[:-1] + ("0" if signature[-1] != "0" else "1")
    else:
        studio.clock.sleep(72 * 3600)
    with studio.bridge() as bridge:
        with pytest.raises(WebhookError):
            bridge.receive({"TikTok-Signature": signature}, body)

        assert stands(bridge, "one").state == State.PROCESSING


def test_a_post_that_was_given_up_is_not_sent_again_once_tiktok_has_it(
    studio: Studio,
) -> None:
    unfinished(studio, privacy=PUBLIC)
    with studio.bridge() as bridge:
        ledger = bridge.ledger
        (entry,) = ledger.entries()
        ledger.move(entry, State.FAILED, "given up")
        (told, _) = studio.sandbox.webhooks()

        assert receive(bridge, told).state == State.PUBLISHED
        assert bridge.publish(studio.post(privacy=PUBLIC)).sent is False


def test_an_earlier_attempt_that_came_to_be_stops_the_next(studio: Studio) -> None:
    studio.sandbox.reset(pull_seconds=5)
    studio.log_in("acme")
    post = pulled(studio, privacy=PUBLIC)
    fault = {"kind": "status", "status": 400, "code": "invalid_publish_id"}
    with studio.bridge() as bridge:
        assert bridge.publish(post, wait=0).state == State.PROCESSING
        studio.sandbox.faults("status", [fault])
        studio.clock.sleep(31)
        assert bridge.publish(post, wait=1).state == State.UNKNOWN
        bridge.settle("one", published=False)  # it is not in the app yet
        for told in studio.sandbox.webhooks():
            result = receive(bridge, told)
        bridge.publish(post)

    assert result.state == State.PUBLISHED
    assert len(studio.arrived()) == 1


def test_what_is_told_of_an_earlier_attempt_names_no_later_one(studio: Studio) -> None:
    studio.sandbox.reset(pull_seconds=4000)
    studio.log_in("acme")
    post = pulled(studio, privacy=PUBLIC)
    with studio.bridge() as bridge:
        bridge.publish(post, wait=0)
        bridge.cancel("one")
        assert bridge.publish(post).state == State.FAILED
        (failed,) = studio.sandbox.webhooks()
        bridge.retry("one")
        studio.sandbox.faults("video_init", [{"kind": "reset_before_reply"}])
        assert bridge.publish(post).state == State.UNKNOWN

        assert receive(bridge, failed).state == State.UNKNOWN
