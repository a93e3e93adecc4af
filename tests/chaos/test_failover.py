"""Long: Redis fails over in the middle of a refresh, an upload, a notification."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contracts.test_redis_notifier import events_in
from tests.journeys.conftest import Studio
from tests.journeys.test_redis import Interrupting
from tests.redis_group import Group, watched
from tiktok_bridge import State
from tiktok_bridge_sandbox.handle import TikTokSandbox
from tiktok_bridge_sandbox.threads import running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DAY = 86_400

pytestmark = pytest.mark.filterwarnings(
    # of connections to the old primary, which the library forgets
    "ignore::pytest.PytestUnraisableExceptionWarning"
)


@pytest.fixture
def group(redis_program: str) -> Iterator[Group]:
    with watched(redis_program) as group:
        yield group


@pytest.fixture
def studio(tmp_path: Path, group: Group) -> Iterator[Studio]:
    """One that keeps everything but its ledger and its keys behind a Sentinel."""
    with running() as url:
        studio = Studio(tmp_path / "studio", TikTokSandbox(url))
        studio.configure("file:state/tokens", group.url())
        events = group.url("stream=tiktok&timeout=2")
        studio.configure('"file:state/events.jsonl"', f'"{events}"')
        studio.log_in("acme")
        yield studio


def published(group: Group) -> set[str]:
    """Return the ids of these events: while a replica is missed they come twice."""
    with group.replica.client() as client:
        events = events_in(client)
    return {one["id"] for one in events if one["type"] == "post.published"}


def test_in_the_middle_of_a_refresh_no_token_is_lost(
    studio: Studio, group: Group
) -> None:
    studio.clock.sleep(DAY)
    with studio.bridge(transport=Interrupting(group.fail_over)) as bridge:
        result = bridge.publish(studio.post())
        after = bridge.vault.read("acme")

    assert result.state == State.PUBLISHED
    assert studio.calls("token") == 1
    with studio.bridge() as bridge:
        assert bridge.vault.read("acme") == after
        assert bridge.publish(studio.post(id="two")).state == State.PUBLISHED
    assert len(published(group)) == 2


def test_in_the_middle_of_an_upload_the_post_goes_on(
    studio: Studio, group: Group
) -> None:
    path = studio.folder / "media" / studio.video(31_000_000)
    with group.primary.client() as client:
        client.set("clip.mp4", path.read_bytes())
        assert client.wait(1, 10_000) == 1
    struck: list[int] = []

    def fail_over(_: object, sent: int, __: int) -> None:
        if sent > 12_000_000 and not struck:
            struck.append(sent)
            group.fail_over()

    post = studio.post(video=group.url("key=clip.mp4"))
    with studio.bridge(on_progress=fail_over) as bridge:
        results = [bridge.publish(post) for _ in range(2)]

    assert struck
    assert results[-1].state == State.PUBLISHED
    [arrived] = studio.arrived()
    assert arrived["sha256"] == studio.sha256("video.mp4")
    with studio.bridge() as bridge:
        assert bridge.publish(studio.post(id="two")).state == State.PUBLISHED
    assert len(published(group)) == 2
