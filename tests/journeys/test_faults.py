"""Whatever happens on the way: published once, or failed with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tiktok_bridge import ConfigError, State
from tiktok_bridge.ledger.states import MOVES
from tiktok_bridge.publish import journey
from tiktok_bridge.publish.start import start
from tiktok_bridge.tiktok.wire import Transport

if TYPE_CHECKING:
    from tests.journeys.conftest import Studio


def replace_status(uploaded_bytes: int) -> httpx.BaseTransport:
    """Return a transport whose status answers are behind: they lack the last chunk."""
    inner = Transport()
    data = {"status": "PROCESSING_UPLOAD", "uploaded_bytes": uploaded_bytes}

    class Lagging(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            response = inner.handle_request(request)
            if not request.url.path.endswith("/status/fetch/"):
                return response
            response.close()
            error = {"code": "ok", "message": "", "log_id": "L"}
            return httpx.Response(200, json={"data": data, "error": error})

        def close(self) -> None:
            inner.close()

    return Lagging()


BROKEN_ANSWERS: list[dict[str, Any]] = [
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 503, "retry_after": 2},
    {"kind": "reset_before"},
    {"kind": "reset_before_reply"},
    {"kind": "truncated_json"},
    {"kind": "html"},
    {"kind": "empty"},
    {"kind": "wrong_type"},
]
NAMES = [" ".join(str(value) for value in fault.values()) for fault in BROKEN_ANSWERS]


@pytest.mark.parametrize("fault", BROKEN_ANSWERS, ids=NAMES)
@pytest.mark.parametrize("endpoint", ["creator_info", "video_init", "status"])
def test_an_answer_that_breaks_is_asked_for_again(
    studio: Studio, endpoint: str, fault: dict[str, Any]
) -> None:
    studio.sandbox.faults(endpoint, [fault])
    with studio.bridge() as bridge:
        result = bridge.publish(studio.post())

    assert result.state == State.PUBLISHED
    assert result.failure is None
    assert len(studio.arrived()) == 1
    studio.sandbox.assert_consumed()


CHUNK_FAULTS: list[dict[str, Any]] = [
    {"kind": "status", "status": 503},
    {"kind": "reset_before"},
    {"kind": "reset_after_bytes", "bytes": 3_000_000},
    {"kind": "reset_before_reply"},
    {"kind": "status", "status": 403},
    {"kind": "status", "status": 404},
    {"kind": "status", "status": 416},
]
CHUNK_NAMES = [" ".join(str(v) for v in fault.values()) for fault in CHUNK_FAULTS]


@pytest.mark.parametrize("chunk", [0, 1, 2], ids=["first", "middle", "last"])
@pytest.mark.parametrize("fault", CHUNK_FAULTS, ids=CHUNK_NAMES)
def test_a_chunk_that_breaks_never_makes_a_second_post(
    studio: Studio, fault: dict[str, Any], chunk: int
) -> None:
    studio.sandbox.faults("upload", [*[None] * chunk, fault])
    name = studio.video(31_000_000)
    with studio.bridge() as bridge:
        result = bridge.publish(studio.post(video=name))

    assert result.state == State.PUBLISHED
    (arrived,) = studio.arrived()
    assert arrived["sha256"] == studio.sha256(name)
    studio.sandbox.assert_consumed()


def test_a_last_chunk_whose_answer_is_lost_is_settled_by_the_status(
    studio: Studio,
) -> None:
    studio.sandbox.faults("upload", [{"kind": "reset_before_reply"}])
    with studio.bridge() as bridge:
        assert bridge.publish(studio.post()).state == State.PUBLISHED

    assert studio.calls("video_init") == 1
    assert len(studio.arrived()) == 1


def test_control_an_engine_that_starts_again_instead_posts_twice(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test above can fail: without the status, the sandbox sees two posts."""
    monkeypatch.setitem(journey.STEPS, State.LAST_CHUNK_SENT, start)
    monkeypatch.setitem(MOVES, State.LAST_CHUNK_SENT, set(State))
    studio.sandbox.faults("upload", [{"kind": "reset_before_reply"}])
    with studio.bridge() as bridge:
        bridge.publish(studio.post())

    assert len(studio.arrived()) == 2


def test_a_run_that_is_interrupted_goes_on_where_it_was(studio: Studio) -> None:
    def interrupt(_key: object, sent: int, _size: int) -> None:
        if sent > 15_000_000:
            raise KeyboardInterrupt

    name = studio.video(31_000_000)
    with (
        studio.bridge(on_progress=interrupt) as bridge,
        pytest.raises(KeyboardInterrupt),
    ):
        bridge.publish(studio.post(video=name))

    with studio.bridge() as bridge:
        result = bridge.publish(studio.post(video=name))

    assert result.state == State.PUBLISHED
    assert studio.calls("video_init") == 1
    (arrived,) = studio.arrived()
    assert arrived["sha256"] == studio.sha256(name)


def test_a_chunk_that_tiktok_has_already_is_not_sent_again(studio: Studio) -> None:
    """The first chunk was stored, and the process died before it knew."""
    name = studio.video(31_000_000)
    studio.sandbox.faults("upload", [{"kind": "reset_before_reply"}])
    with studio.bridge() as bridge:
        bridge.ledger.accept([(studio.post(video=name), None)])
        bridge.advance("one")
        bridge.advance("one")
        (entry,) = bridge.ledger.entries()
        bridge.ledger.move(entry, entry.state, None, tries=0, next_at=None)

        assert bridge.publish(studio.post(video=name)).state == State.PUBLISHED

    assert studio.calls("video_init") == 1
    assert len(studio.arrived()[0]["chunks"]) == 3


@pytest.mark.parametrize("status", [403, 404])
@pytest.mark.parametrize("size", [107_354, 21_000_000], ids=["one chunk", "two chunks"])
def test_an_upload_host_that_takes_nothing_ends_the_run_with_the_reason(
    studio: Studio, size: int, status: int
) -> None:
    name = studio.video(size)
    studio.sandbox.faults("upload", [{"kind": "status", "status": status}] * 9)
    with studio.bridge() as bridge:
        result = bridge.publish(studio.post(video=name))

    assert result.state == State.PLANNED
    assert result.failure
    assert result.failure.code == str(status)
    assert studio.calls("video_init") == 5


@pytest.mark.parametrize("status", [400, 403, 404, 416])
def test_a_refusal_of_the_second_send_says_nothing_about_the_first(
    studio: Studio, status: int
) -> None:
    """The last chunk arrived, its answer did not, and the status tells it late."""
    name = studio.video(21_000_000)
    lost, refused = {"kind": "reset_before_reply"}, {"kind": "status", "status": status}
    studio.sandbox.faults("upload", [None, lost, *[refused] * 9])
    lagging = replace_status(uploaded_bytes=10_000_000)
    with studio.bridge(transport=lagging) as bridge:
        first = bridge.publish(studio.post(video=name))
    with studio.bridge() as bridge:
        second = bridge.publish(studio.post(video=name))
        if second.state == State.UNKNOWN:
            second = bridge.settle("one", published=True)

    assert first.state in (State.LAST_CHUNK_SENT, State.PROCESSING, State.UNKNOWN)
    assert second.state == State.PUBLISHED
    assert len(studio.arrived()) == 1


def test_a_last_chunk_that_never_settles_is_given_to_a_person(studio: Studio) -> None:
    name = studio.video(21_000_000)
    refusal = {"kind": "status", "status": 404}
    studio.sandbox.faults("upload", [None, {"kind": "reset_before"}, *[refusal] * 20])
    with studio.bridge() as bridge:
        for _ in range(3):
            result = bridge.publish(studio.post(video=name))
        assert result.state == State.UNKNOWN
        assert result.failure
        assert "posts settle one" in (result.failure.hint or "")
        studio.sandbox.reset()
        studio.log_in("acme")
        bridge.settle("one", published=False)

        assert bridge.publish(studio.post(video=name)).state == State.PUBLISHED


def test_an_error_that_is_over_does_not_shorten_the_wait(studio: Studio) -> None:
    studio.sandbox.reset(processing_seconds=120)
    studio.log_in("acme")
    studio.sandbox.faults("status", [{"kind": "status", "status": 500}])
    with studio.bridge() as bridge:
        assert bridge.publish(studio.post()).state == State.PUBLISHED


def test_a_post_in_processing_can_be_settled_by_a_person(studio: Studio) -> None:
    studio.sandbox.reset(processing_seconds=10_000)
    studio.log_in("acme")
    with studio.bridge() as bridge:
        assert bridge.publish(studio.post(), wait=1).state == State.PROCESSING
        assert bridge.settle("one", published=True).state == State.PUBLISHED
        with pytest.raises(ConfigError, match="is PUBLISHED"):
            bridge.settle("one", published=False)


def test_an_upload_whose_url_has_ended_starts_again(studio: Studio) -> None:
    with studio.bridge() as bridge:
        bridge.ledger.accept([(studio.post(), None)])
        bridge.advance("one")
        studio.clock.sleep(3601)
        result = bridge.publish(studio.post())

    assert result.state == State.PUBLISHED
    assert studio.calls("video_init") == 2
    assert len(studio.arrived()) == 1


def test_a_video_that_changes_during_its_upload_is_not_posted(studio: Studio) -> None:
    name = studio.video(31_000_000)

    def change(_key: object, sent: int, _size: int) -> None:
        if sent == 10_000_000:
            with (studio.folder / "media" / name).open("r+b") as file:
                file.seek(25_000_000)
                file.write(b"changed")

    with studio.bridge(on_progress=change) as bridge:
        result = bridge.publish(studio.post(video=name))

    assert result.state == State.FAILED
    assert result.failure
    assert "changed" in result.failure.message
    assert studio.arrived() == []


def test_a_network_that_stays_away_ends_the_run_and_not_the_post(
    studio: Studio,
) -> None:
    studio.sandbox.faults("creator_info", [{"kind": "reset_before"}] * 5)
    with studio.bridge() as bridge:
        first = bridge.publish(studio.post())
        second = bridge.publish(studio.post())

    assert first.state == State.PLANNED
    assert first.failure
    assert "no answer" in first.failure.message
    assert second.state == State.PUBLISHED


def test_tiktok_limits_are_kept_by_waiting(studio: Studio) -> None:
    posts = [studio.post(id=f"post-{number}") for number in range(8)]
    with studio.bridge() as bridge:
        results = bridge.publish_all(posts)

    assert {result.state for result in results} == {State.PUBLISHED}
    assert studio.sandbox.state()["calls"]["video_init"] == 8
    assert sum(studio.clock.slept) > 50


def test_a_limit_that_tiktok_reports_is_waited_for(studio: Studio) -> None:
    fault = {"kind": "status", "status": 429, "code": "rate_limit_exceeded"}
    studio.sandbox.faults("video_init", [fault | {"retry_after": 30}])
    with studio.bridge() as bridge:
        assert bridge.publish(studio.post()).state == State.PUBLISHED

    assert max(studio.clock.slept) == pytest.approx(30, abs=1)


def test_a_daily_cap_leaves_the_post_for_another_day(studio: Studio) -> None:
    studio.sandbox.reset("daily-cap")
    studio.log_in("acme")
    with studio.bridge() as bridge:
        result = bridge.publish(studio.post())

    assert result.state == State.PLANNED
    assert result.failure
    assert result.failure.code == "spam_risk_too_many_posts"
    assert result.next_at
    assert result.next_at > studio.clock.now() + 80_000


def test_a_last_chunk_that_somebody_else_took_ends_with_a_person(
    studio: Studio,
) -> None:
    name = studio.video(31_000_000)
    with studio.bridge(transport=Gateway()) as bridge:
        first = bridge.publish(studio.post(video=name))
    studio.clock.sleep(3600)
    with studio.bridge() as bridge:
        result = bridge.publish(studio.post(video=name), wait=0)

    assert (first.state, result.state) == (State.PROCESSING, State.UNKNOWN)
    assert result.failure
    assert (
        result.failure.message
        == "TikTok has 20000000 of 31000000 bytes, and takes no more"
    )
    assert studio.arrived() == []


class Gateway(httpx.HTTPTransport):
    """Says of the last chunk that it was stored, and keeps it."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.headers.get("content-range", "").endswith("30999999/31000000"):
            request.read()
            return httpx.Response(200)
        return super().handle_request(request)


def test_a_run_ends_that_meets_nothing_but_refusals(studio: Studio) -> None:
    name = studio.video(31_000_000)
    refusals = [None, {"kind": "status", "status": 404}] * 100
    studio.sandbox.faults("upload", refusals)
    with studio.bridge() as bridge:
        result = bridge.publish(studio.post(video=name))

    assert result.state == State.PLANNED
    assert studio.calls("video_init") <= 6
