"""Posts travel to the sandbox and arrive once, byte for byte."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tiktok_bridge import (
    BridgeError,
    BusyError,
    ConflictError,
    InvalidInput,
    State,
    hookimpl,
)
from tiktok_bridge import host as hosts
from tiktok_bridge.models import PostKey
from tiktok_bridge.publish.recipient import LONGEST_PAUSE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.journeys.conftest import Studio
    from tiktok_bridge import Event


@pytest.mark.parametrize("size", [107_354, 6_000_000, 20_000_001, 31_234_567])
def test_the_bytes_that_arrive_are_those_of_the_file(studio: Studio, size: int) -> None:
    name = studio.video(size)
    with studio.bridge() as bridge:
        result = bridge.publish(studio.post(video=name))

    assert result.state == State.PUBLISHED
    (arrived,) = studio.arrived()
    assert (arrived["received"], arrived["sha256"]) == (size, studio.sha256(name))


def test_what_was_written_is_what_tiktok_is_told(studio: Studio) -> None:
    post = studio.post(title="Frühling 🌷 #spring", ai_generated=True, cover_at=1.5)
    with studio.bridge() as bridge:
        bridge.publish(post)

    (arrived,) = studio.arrived()
    assert arrived["post_info"] == {
        "title": "Frühling 🌷 #spring",
        "privacy_level": "SELF_ONLY",
        "disable_comment": True,
        "disable_duet": True,
        "disable_stitch": True,
        "brand_content_toggle": False,
        "brand_organic_toggle": False,
        "is_aigc": True,
        "video_cover_timestamp_ms": 1500,
    }


def test_a_draft_goes_to_the_inbox_without_asking_for_the_creator(
    studio: Studio,
) -> None:
    with studio.bridge() as bridge:
        result = bridge.publish(studio.post(mode="inbox", title="", privacy=None))

    assert result.state == State.IN_INBOX
    assert studio.arrived()[0]["mode"] == "inbox"
    assert studio.calls("creator_info") == 0


def test_publishing_twice_sends_nothing_the_second_time(studio: Studio) -> None:
    with studio.bridge() as bridge:
        bridge.publish(studio.post())
    before = studio.sandbox.state()["calls"]

    with studio.bridge() as bridge:
        result = bridge.publish(studio.post())

    assert (result.state, result.sent) == (State.PUBLISHED, False)
    assert studio.sandbox.state()["calls"] == before


def test_a_post_that_is_done_needs_its_video_no_more(studio: Studio) -> None:
    with studio.bridge() as bridge:
        bridge.publish(studio.post())
        (studio.folder / "media" / "clip.mp4").unlink()

        assert bridge.publish(studio.post()).state == State.PUBLISHED


def test_a_post_whose_bytes_are_sent_needs_its_video_no_more(studio: Studio) -> None:
    studio.sandbox.reset(processing_seconds=3600)
    studio.log_in("acme")
    with studio.bridge() as bridge:
        assert bridge.publish(studio.post(), wait=0).state == State.PROCESSING
        (studio.folder / "media" / "clip.mp4").unlink()
        studio.sandbox.advance(3600)

        assert bridge.publish(studio.post()).state == State.PUBLISHED


def test_an_id_with_another_title_is_refused_with_both_titles(studio: Studio) -> None:
    with studio.bridge() as bridge:
        bridge.publish(studio.post(title="Old"))

        with pytest.raises(ConflictError, match='"Old" and is now "New"'):
            bridge.publish(studio.post(title="New"))

    assert studio.calls("video_init") == 1


def test_an_unfinished_post_whose_video_was_swapped_is_refused_with_both_sizes(
    studio: Studio,
) -> None:
    name = studio.video(1_000_000)
    with studio.bridge() as bridge:
        bridge.ledger.accept([(studio.post(video=name), 1_000_000)])
        bridge.advance("one")
        studio.video(2_000_000)

        with pytest.raises(ConflictError, match="had 1000000 bytes and has 2000000"):
            bridge.publish(studio.post(video=name))

    assert studio.calls("video_init") == 1


def test_a_post_that_was_never_sent_may_be_corrected(studio: Studio) -> None:
    studio.sandbox.reset("daily-cap")
    studio.log_in("acme")
    with studio.bridge() as bridge:
        assert bridge.publish(studio.post()).state == State.PLANNED
        studio.sandbox.reset("audited")
        studio.log_in("acme")
        studio.clock.sleep(3600.0)  # what TikTok refused once is not tried at once

        result = bridge.publish(studio.post(title="Corrected"))

    assert result.state == State.PUBLISHED
    assert studio.arrived()[0]["post_info"]["title"] == "Corrected"


def test_posts_of_an_account_begin_in_the_order_of_the_file(studio: Studio) -> None:
    posts = [studio.post(id=f"post-{n}", title=f"{n:02}") for n in range(14)]
    with studio.bridge() as bridge:
        bridge.publish_all(posts)

    titles = [one["post_info"]["title"] for one in studio.arrived()]
    assert titles == sorted(titles)
    assert len(titles) == 14


def test_a_clock_that_was_set_back_keeps_no_post_waiting(studio: Studio) -> None:
    studio.clock.slept.append(365 * 86_400)  # only our clock is wrong
    studio.sandbox.reset(processing_seconds=5, expires_in=40_000_000)
    studio.log_in("acme")
    with studio.bridge() as bridge:
        bridge.publish(studio.post(), wait=0)
        studio.clock.slept.clear()
        studio.sandbox.advance(10)

        assert bridge.publish(studio.post()).state == State.PUBLISHED


def test_a_post_that_is_tried_again_may_have_another_video(studio: Studio) -> None:
    name = studio.video(1_000_000)
    studio.sandbox.reset(fail_reason="file_format_check_failed")
    studio.log_in("acme")
    with studio.bridge() as bridge:
        bridge.publish(studio.post(video=name))
        bridge.retry("one")
        studio.video(2_000_000)

        assert bridge.publish(studio.post(video=name)).size_bytes == 2_000_000


def test_one_bad_post_keeps_all_of_them_back(studio: Studio) -> None:
    posts = [studio.post(), studio.post(id="two", video="missing.mp4")]
    with studio.bridge() as bridge:
        with pytest.raises(InvalidInput, match=r"post two: video: missing\.mp4"):
            bridge.publish_all(posts)

        assert bridge.ledger.entries() == []
    assert studio.calls("creator_info") == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("mode", "inbxo"),
        ("id", ""),
        ("id", "a b"),
        ("id", "\ud800"),
        ("id", "a\n"),
        ("id", 5),
        ("id", "x" * 201),
        ("id", None),
        ("title", None),
        ("title", 5),
        ("video", None),
        ("video", Path("clip.mp4")),
        ("account", None),
        ("mode", None),
        ("cover_at", float("nan")),
        ("cover_at", 1e300),
        ("cover_at", "soon"),
        ("allow", {"comment": "yes"}),
        ("cover_at", -3.0),
        ("account", "nobody"),
        ("privacy", None),
        ("privacy", "PRIVATE"),
        ("title", "x" * 2201),
        ("title", "\ud83d"),
        ("video", "../bridge.yaml"),
        ("video", "a\0b"),
        ("video", "\ud800"),
    ],
)
def test_a_post_that_was_built_wrong_is_refused_before_anything_is_sent(
    studio: Studio, field: str, value: object
) -> None:
    post = studio.post(**{field: value})
    with studio.bridge() as bridge:
        (problem,) = bridge.check(post)
        assert problem.place.key.split(": ")[-1].partition(".")[0] == field
        with pytest.raises(InvalidInput):
            bridge.publish(post)

    assert set(studio.sandbox.state()["calls"].values()) == {0}


def test_what_a_draft_ignores_is_a_warning(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    path = studio.folder / "posts.yaml"
    path.write_text(path.read_text() + "    mode: inbox\n    ai_generated: true\n")

    assert studio.run("check", str(path)) == 0
    err = capsys.readouterr().err
    assert err.count("is ignored for a draft") == 3


def test_two_accounts_may_use_one_id(studio: Studio) -> None:
    studio.log_in("studio")
    with studio.bridge() as bridge:
        results = bridge.publish_all([studio.post(), studio.post(account="studio")])

    assert [result.state for result in results] == [State.PUBLISHED] * 2
    assert len(studio.arrived()) == 2


def test_a_privacy_that_is_not_offered_is_never_changed(studio: Studio) -> None:
    with studio.bridge() as bridge:
        result = bridge.publish(studio.post(privacy="FOLLOWER_OF_CREATOR"))

    assert result.state == State.FAILED
    assert result.failure
    assert "PUBLIC_TO_EVERYONE, MUTUAL_FOLLOW_FRIENDS" in result.failure.message
    assert studio.calls("video_init") == 0


def test_a_public_post_shows_how_its_visibility_is_known(studio: Studio) -> None:
    studio.sandbox.reset(moderation_seconds=0)
    studio.log_in("acme")
    with studio.bridge() as bridge:
        result = bridge.publish(studio.post(privacy="PUBLIC_TO_EVERYONE"))

    assert result.visibility == "public"
    assert result.visibility_source == "TikTok named a public post id"
    assert result.post_ids
    assert all(one.isdigit() for one in result.post_ids)


def test_a_privacy_that_tiktok_narrowed_is_seen(studio: Studio) -> None:
    studio.sandbox.reset(audited=False, unaudited="narrow", status_privacy_level=True)
    studio.log_in("acme")
    with studio.bridge() as bridge:
        result = bridge.publish(studio.post(privacy="PUBLIC_TO_EVERYONE"))

    assert (result.state, result.visibility) == (State.PUBLISHED, "not_public_so_far")
    assert "SELF_ONLY" in result.visibility_source


def test_every_move_is_told_to_the_callback_in_order(studio: Studio) -> None:
    told: list[Event] = []
    with studio.bridge() as bridge:
        bridge.publish(studio.post(), on_event=told.append)

    assert [event["type"] for event in told] == [
        "post.planned",
        "post.init_sent",
        "post.uploading",
        "post.last_chunk_sent",
        "post.processing",
        "post.published",
    ]


def test_a_callback_that_fails_does_not_fail_the_post(studio: Studio) -> None:
    def broken(event: Event) -> None:
        raise RuntimeError(event["id"])

    def broken_too(*_: object) -> None:
        raise RuntimeError

    with studio.bridge(on_event=broken, on_progress=broken_too) as bridge:
        assert bridge.publish(studio.post()).state == State.PUBLISHED


def test_a_notifier_that_fails_does_not_fail_the_post_and_loses_no_event(
    studio: Studio,
) -> None:
    events = studio.folder / "state" / "events.jsonl"
    events.mkdir(parents=True)
    with studio.bridge() as bridge:
        assert bridge.publish(studio.post()).state == State.PUBLISHED
    events.rmdir()
    studio.clock.sleep(LONGEST_PAUSE)

    with studio.bridge() as bridge:
        bridge.publish(studio.post())

    told = events.read_text().splitlines()
    assert len(told) == 6
    assert '"post.planned"' in told[0]
    assert '"post.published"' in told[-1]


def test_progress_counts_up_to_the_whole_size(studio: Studio) -> None:
    sent: list[int] = []
    name = studio.video(21_000_000)
    with studio.bridge(on_progress=lambda _key, now, _size: sent.append(now)) as bridge:
        bridge.publish(studio.post(video=name))

    assert sent == sorted(sent)
    assert sent[-1] == 21_000_000


def test_a_post_can_be_advanced_step_by_step(studio: Studio) -> None:
    with studio.bridge() as bridge:
        bridge.ledger.accept([(studio.post(), None)])
        steps = [bridge.advance("one").state for _ in range(2)]

    assert steps == [State.UPLOADING, State.PROCESSING]


@pytest.mark.parametrize("takes_many", [True, False])
def test_events_reach_a_plugin_in_their_order_after_it_was_down(
    studio: Studio, *, takes_many: bool
) -> None:
    told: list[Event] = []
    is_down = [True]

    class Desk:
        """A notifier that is down at first."""

        def notify(self, event: Event) -> None:
            if is_down[0]:
                raise BridgeError("nobody is there")
            told.append(event)

    class BatchDesk(Desk):
        def notify_all(self, events: Sequence[Event]) -> None:
            for event in events:
                self.notify(event)

    class Plugin:
        @hookimpl
        def open_notifier(self, url: str) -> Desk | None:
            desk = BatchDesk() if takes_many else Desk()
            return desk if url.startswith("desk:") else None

    studio.configure("notify:", "notify:\n  - {to: 'desk:'}")
    host = hosts.load()
    host.plugins.register(Plugin())
    with studio.bridge(host=host) as bridge:
        bridge.publish_all([studio.post(), studio.post(id="two")])
        assert told == []
        is_down.clear()
        is_down.append(False)
        studio.clock.sleep(LONGEST_PAUSE)
        bridge.publish_all([studio.post(id="three")])

    ids = [event["id"] for event in told]
    assert len(ids) == len(set(ids)) == 18
    for name in ("one", "two", "three"):
        of_one = [one for one in ids if one.startswith(f"acme/{name}/")]
        assert of_one == sorted(of_one, key=lambda one: int(one.rsplit("/")[-1]))


def test_a_claim_is_renewed_across_short_chunks(studio: Studio) -> None:
    post = studio.post(video=studio.video(60_000_000))
    key = PostKey("acme", "one")
    with studio.bridge() as bridge, studio.bridge() as rival:
        content, put = bridge.client.content, bridge.client.content.put
        busy = []

        def slow(*chunk: Any) -> Any:  # noqa: ANN401 - as `put`
            stored = put(*chunk)
            studio.clock.sleep(20)  # five of them are longer than a claim
            with pytest.raises(BusyError), rival.ledger.claims.hold(key):
                pass
            busy.append(True)
            return stored

        content.put = slow  # type: ignore[assignment]
        bridge.publish(post, wait=0)

    assert len(busy) == 6


def test_a_notifier_that_is_back_gets_what_it_missed_at_the_next_step(
    studio: Studio,
) -> None:
    events = studio.folder / "state" / "events.jsonl"
    events.mkdir(parents=True)
    with studio.bridge() as bridge:
        bridge.accept(studio.post())
        while bridge.advance("one").next_at:
            studio.clock.sleep(31)
        events.rmdir()
        studio.clock.sleep(LONGEST_PAUSE)
        bridge.advance("one")

        assert bridge.ledger.outbox.pending() == []


def test_a_step_beside_a_delivery_leaves_no_event_behind(studio: Studio) -> None:
    inside, go_on = threading.Event(), threading.Event()
    with studio.bridge() as bridge:
        for name in ("one", "two"):
            bridge.accept(studio.post(id=name))
        delivery = bridge._delivery  # noqa: SLF001 - the moment in the middle
        take_turns = delivery._take_turns  # noqa: SLF001 - as above

        def slow(*what: Any) -> float | None:  # noqa: ANN401 - as `_take_turns`
            inside.set()
            assert go_on.wait(10)
            return take_turns(*what)

        delivery._take_turns = slow  # type: ignore[assignment]  # noqa: SLF001
        beside = threading.Thread(target=bridge.advance, args=("one",))
        beside.start()
        assert inside.wait(10)
        bridge.cancel("two")
        go_on.set()
        beside.join()

        assert bridge.ledger.outbox.pending() == []
