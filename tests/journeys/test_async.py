"""AsyncBridge publishes without holding up the event loop."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

from tiktok_bridge import AsyncBridge, State

if TYPE_CHECKING:
    from tests.journeys.conftest import Studio
    from tiktok_bridge import Event


def test_several_posts_at_once_and_events_in_the_loop(studio: Studio) -> None:
    threads: set[int] = set()

    def on_event(_event: Event) -> None:
        threads.add(threading.get_ident())

    async def publish() -> list[State]:
        config = studio.folder / "bridge.yaml"
        async with AsyncBridge.from_config(config, clock=studio.clock) as bridge:
            assert await bridge.check(studio.post()) == []
            results = await asyncio.gather(
                bridge.publish(studio.post(id="one"), on_event=on_event),
                bridge.publish(studio.post(id="two"), on_event=on_event),
            )
        return [result.state for result in results]

    assert asyncio.run(publish()) == [State.PUBLISHED, State.PUBLISHED]
    assert threads == {threading.get_ident()}
    assert len(studio.arrived()) == 2


def test_one_post_published_twice_at_once_is_posted_once(studio: Studio) -> None:
    async def publish() -> list[State]:
        config = studio.folder / "bridge.yaml"
        async with AsyncBridge.from_config(config) as bridge:
            post = studio.post()
            results = await asyncio.gather(*(bridge.publish(post) for _ in range(4)))
        return [result.state for result in results]

    assert set(asyncio.run(publish())) == {State.PUBLISHED}
    assert studio.calls("video_init") == 1


def test_events_that_were_missed_are_delivered_when_the_bridge_is_told_to(
    studio: Studio,
) -> None:
    events = studio.folder / "state" / "events.jsonl"
    events.mkdir(parents=True)

    async def publish() -> float | None:
        config = studio.folder / "bridge.yaml"
        async with AsyncBridge.from_config(config, clock=studio.clock) as bridge:
            await bridge.publish(studio.post())
            later = await bridge.deliver()
            events.rmdir()
            assert later
            studio.clock.sleep(later - studio.clock.now())
            at_the_end = await bridge.deliver()
            assert bridge.events.undelivered() == []
        return at_the_end

    at_the_end = asyncio.run(publish())

    assert at_the_end is None
    assert len(events.read_text().splitlines()) == 6
