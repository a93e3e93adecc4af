"""What a person may decide about a post: cancel it, or look whether it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.journeys.test_pulled import photos, publish, pulled, stands
from tiktok_bridge import ConfigError, RefusedError, State
from tiktok_bridge.models import PostKey
from tiktok_bridge.publish import decide

if TYPE_CHECKING:
    from tests.journeys.conftest import Studio

PUBLIC = "PUBLIC_TO_EVERYONE"


def test_what_was_not_sent_is_not_sent(studio: Studio) -> None:
    studio.sandbox.faults("creator_info", [{"kind": "status", "status": 503}])
    with studio.bridge() as bridge:
        assert bridge.publish(studio.post(), wait=0).state == State.PLANNED
        cancelled = bridge.cancel("one")
        again = bridge.publish(studio.post())

    assert (cancelled.state, again.state, again.sent) == (State.FAILED, "FAILED", False)
    assert cancelled.failure
    assert cancelled.failure.message.startswith("somebody cancelled it")
    assert studio.sandbox.state()["publishes"] == []


def test_an_upload_without_its_last_chunk_is_dropped(studio: Studio) -> None:
    studio.sandbox.faults("upload", [None, {"kind": "status", "status": 503}])
    name = studio.video(31_000_000)
    with studio.bridge() as bridge:
        post = studio.post(video=name)
        assert bridge.publish(post, wait=0).state == State.UPLOADING

        assert bridge.cancel("one").state == State.FAILED
        assert bridge.publish(post).sent is False

    assert studio.arrived() == []


def test_what_tiktok_is_fetching_it_is_asked_to_drop(studio: Studio) -> None:
    studio.sandbox.reset(pull_seconds=60)
    studio.log_in("acme")
    assert publish(studio, pulled(studio), wait=0).state == State.PROCESSING
    with studio.bridge() as bridge:
        asked = bridge.cancel("one")
        ended = bridge.publish(pulled(studio))

    assert asked.state == State.PROCESSING
    assert ended.state == State.FAILED
    assert ended.failure
    assert ended.failure.code == "publish_cancelled"
    assert studio.calls("cancel") == 1


def test_what_has_ended_is_not_cancelled(studio: Studio) -> None:
    publish(studio, pulled(studio))
    with studio.bridge() as bridge, pytest.raises(ConfigError, match="is PUBLISHED"):
        bridge.cancel("one")


def test_what_tiktok_has_is_deleted_in_the_app(studio: Studio) -> None:
    studio.sandbox.reset(processing_seconds=60)
    studio.log_in("acme")
    publish(studio, studio.post(), wait=0)
    with studio.bridge() as bridge, pytest.raises(ConfigError) as told:
        bridge.cancel("one")

    assert told.value.hint == "delete it in the TikTok app"
    assert studio.calls("cancel") == 0


def test_a_cancellation_that_comes_too_late_says_so(studio: Studio) -> None:
    studio.sandbox.reset(pull_seconds=60)
    studio.log_in("acme")
    publish(studio, pulled(studio), wait=0)
    studio.clock.sleep(120)
    with studio.bridge() as bridge:
        with pytest.raises(RefusedError, match="publish_not_cancellable") as told:
            bridge.cancel("one")
        ended = bridge.publish(pulled(studio))

    assert told.value.log_id
    assert ended.state == State.PUBLISHED


def test_a_lost_post_is_found_among_the_public_videos(studio: Studio) -> None:
    studio.sandbox.faults("video_init", [{"kind": "reset_before_reply"}])
    post = pulled(studio, privacy=PUBLIC, title="Nobody else's title")
    assert publish(studio, post).state == State.UNKNOWN
    studio.clock.sleep(60)
    with studio.bridge() as bridge:
        found = bridge.look("one")

    assert (found.state, found.visibility) == (State.PUBLISHED, "public")
    assert found.post_ids == tuple(studio.arrived()[0]["post_ids"])


@pytest.mark.parametrize("why", ["two alike", "older"])
def test_a_post_that_is_not_surely_found_stays_unknown(
    studio: Studio, why: str
) -> None:
    wanted = pulled(studio, privacy=PUBLIC)
    if why == "older":
        publish(studio, pulled(studio, id="old", privacy=PUBLIC))
        studio.clock.sleep(3600)
    fault = "reset_before" if why == "older" else "reset_before_reply"
    studio.sandbox.faults("video_init", [{"kind": fault}])
    assert publish(studio, wanted).state == State.UNKNOWN
    if why == "two alike":
        publish(studio, pulled(studio, id="twin", privacy=PUBLIC))
    studio.clock.sleep(60)

    assert studio.run("posts", "look", "one") == 0
    with studio.bridge() as bridge:
        assert stands(bridge, "one").state == State.UNKNOWN
        (last,) = bridge.ledger.history(PostKey("acme", "one"))[-1:]
    assert last.note.endswith("such public videos")


def test_without_a_title_or_a_scope_nothing_is_looked_for(studio: Studio) -> None:
    studio.sandbox.faults("photo_init", [{"kind": "reset_before_reply"}])
    publish(studio, photos(studio, title=""))
    with studio.bridge() as bridge, pytest.raises(ConfigError, match="no title"):
        bridge.look("lookbook")


def test_the_list_is_filtered(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    studio.log_in("studio")
    publish(studio, studio.post())
    studio.sandbox.faults("photo_init", [{"kind": "reset_before_reply"}])
    publish(studio, photos(studio))
    capsys.readouterr()

    studio.run("posts", "list", "--state", "unknown")
    assert "lookbook" in (out := capsys.readouterr().out)
    assert "one" not in out
    studio.run("posts", "list", "--account", "studio")
    assert capsys.readouterr().out.startswith("no such posts")
    studio.run("posts", "list", "--account", "acme", "--format", "json")
    assert capsys.readouterr().out.count('"account": "acme"') == 2


def test_a_decision_is_about_the_post_as_it_stands_now(studio: Studio) -> None:
    post = pulled(studio)
    studio.sandbox.faults("creator_info", [{"kind": "status", "status": 503}])
    with studio.bridge() as bridge:
        bridge.publish(post, wait=0)
        bridge.cancel("one")
        before = bridge.ledger.named("one")
        bridge.retry("one")  # somebody else was faster
        studio.sandbox.faults("video_init", [{"kind": "reset_before_reply"}])
        assert bridge.publish(post).state == State.UNKNOWN

        with pytest.raises(ConfigError, match="is UNKNOWN"):
            decide.retry(bridge.ledger, before)
        bridge.publish(post)
    studio.clock.sleep(60)

    assert len(studio.arrived()) == 1


def test_a_public_video_of_another_post_is_not_taken(studio: Studio) -> None:
    with studio.bridge() as bridge:
        bridge.publish(pulled(studio, id="first", privacy=PUBLIC, title="Sale"))
        studio.clock.sleep(30)
        for told in studio.sandbox.webhooks():
            headers = {"tiktok-signature": told["signature"]}
            bridge.receive(headers, told["body"].encode())
        assert stands(bridge, "first").post_ids
        studio.sandbox.faults("video_init", [{"kind": "reset_before"}])
        second = pulled(studio, id="second", privacy=PUBLIC, title="Sale")
        assert bridge.publish(second).state == State.UNKNOWN

        assert bridge.look("second").state == State.UNKNOWN


def test_a_private_post_is_never_looked_for(studio: Studio) -> None:
    studio.sandbox.faults("video_init", [{"kind": "reset_before"}])
    publish(studio, pulled(studio))
    with studio.bridge() as bridge, pytest.raises(ConfigError, match="is not public"):
        bridge.look("one")
