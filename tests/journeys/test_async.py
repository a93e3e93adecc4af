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
