"""A web request accepts a post, and another process sends it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tiktok_bridge import AsyncBridge, ConflictError, InvalidInput, State

if TYPE_CHECKING:
    from tests.journeys.conftest import Studio


def test_what_was_accepted_is_on_disk_and_tiktok_knows_nothing(studio: Studio) -> None:
    with studio.bridge() as request:
        accepted = request.accept(studio.post())
    with studio.bridge() as later:
        assert later.find("one", "acme") == accepted

    assert accepted.state == State.PLANNED
    assert not accepted.sent
    assert (studio.calls("creator_info"), studio.calls("video_init")) == (0, 0)


def test_whoever_asks_what_is_due_sends_it(studio: Studio) -> None:
    with studio.bridge() as request:
        for one in ("one", "two"):
            request.accept(studio.post(id=one))

    with studio.bridge() as worker:
        for _ in range(10):
            for post in worker.due():
                worker.advance(post.id, post.account)
            studio.clock.sleep(5)

    assert len(studio.arrived()) == 2
    assert studio.calls("video_init") == 2


def test_a_post_that_waits_is_not_due(studio: Studio) -> None:
    studio.sandbox.reset(processing_seconds=60)
    studio.log_in("acme")

    with studio.bridge() as bridge:
        bridge.publish(studio.post(), wait=0)
        assert bridge.due() == []
        studio.clock.sleep(60)
        assert [post.id for post in bridge.due()] == ["one"]


def test_accepting_twice_is_one_post(studio: Studio) -> None:
    with studio.bridge() as bridge:
        first = bridge.accept(studio.post())

        assert bridge.accept(studio.post()) == first
        assert len(bridge.due()) == 1


def test_what_is_wrong_is_not_accepted(studio: Studio) -> None:
    with studio.bridge() as bridge:
        with pytest.raises(InvalidInput, match="privacy"):
            bridge.accept(studio.post(privacy=None))
        with pytest.raises(InvalidInput, match="nowhere"):
            bridge.accept(studio.post(video="nowhere.mp4"))
        bridge.publish(studio.post(id="two"))
        with pytest.raises(ConflictError):
            bridge.accept(studio.post(id="two", title="Another"))

        assert bridge.find("one", "acme") is None


def test_asyncio_accepts_and_sends_too(studio: Studio) -> None:
    async def run() -> list[State]:
        config = studio.folder / "bridge.yaml"
        async with AsyncBridge.from_config(config, clock=studio.clock) as bridge:
            await bridge.accept(studio.post())
            (due,) = await bridge.due()
            sent = await bridge.advance(due.id, due.account)
            return [due.state, sent.state]

    assert asyncio.run(run()) == [State.PLANNED, State.UPLOADING]


def test_a_queue_that_obeys_next_at_brings_a_retried_post_to_its_end(
    studio: Studio,
) -> None:
    studio.sandbox.reset(fail_reason="video_pull_failed")
    studio.log_in("acme")
    with studio.bridge() as bridge:
        assert bridge.publish(studio.post()).state == State.FAILED
        studio.sandbox.reset()
        studio.log_in("acme")

        bridge.retry("one")
        result = bridge.advance("one", "acme")
        while result.next_at is not None:  # as docs/python.md, "From a queue", says
            studio.clock.sleep(max(0.0, result.next_at - studio.clock.now()))
            result = bridge.advance("one", "acme")

    assert result.state == State.PUBLISHED
