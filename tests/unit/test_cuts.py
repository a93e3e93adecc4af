"""The sweep over cut uploads in small, and what it would find."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.chaos.cuts import Cut, Publisher, draw_cuts, hosting
from tests.chaos.haste import forget_the_disk
from tiktok_bridge import State
from tiktok_bridge.ledger.states import MOVES
from tiktok_bridge.publish import journey, upload
from tiktok_bridge.publish.start import start
from tiktok_bridge.tiktok import chunks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.chaos.cuts import Outcome
    from tiktok_bridge.publish.trip import Trip

SIZE, LENGTHS = 3000, [700, 700, 700, 900]
MIDDLE, LAST = 1, 3


@pytest.fixture
def publisher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    """Publishes a video of four small chunks."""
    forget_the_disk(monkeypatch)
    monkeypatch.setattr(chunks, "SMALL_TARGET", 700)
    with hosting() as host:
        publisher = Publisher(tmp_path, host, SIZE)
        yield publisher
        publisher.close()


def publish_all(publisher: Publisher, cuts: list[Cut]) -> Iterator[tuple[Cut, Outcome]]:
    """Yield the cuts after which a post was not posted once, sparing the bytes."""
    for cut in cuts:
        outcome = publisher.publish(cut)
        if not outcome.is_good:
            yield cut, outcome


def test_cut_anywhere_a_post_goes_on_and_is_posted_once(publisher: Publisher) -> None:
    cuts = draw_cuts(30, "short", LENGTHS)
    cuts += draw_cuts(20, "shorter", LENGTHS, takes="rewind", reading="absent")

    assert list(publish_all(publisher, cuts)) == []


@pytest.mark.parametrize(
    "kept", [0, 450, 900], ids=lambda kept: f"{kept} of 900 bytes kept"
)
def test_a_cut_in_the_last_chunk_never_makes_two_posts(
    publisher: Publisher, kept: int
) -> None:
    for takes in ("boundary", "rewind", "byte"):
        for reading in ("index", "count", "absent"):
            outcome = publisher.publish(Cut(LAST, 900, kept, takes, reading))

            assert outcome.is_harmless, (takes, reading)


def test_one_byte_less_than_a_chunk_is_taken_for_the_chunk(
    publisher: Publisher,
) -> None:
    # such a host counts, and says what one that names the last byte says at the end
    middle = publisher.publish(Cut(MIDDLE, 700, 699, "boundary", "count"))
    last = publisher.publish(Cut(LAST, 900, 899, "boundary", "count"))

    assert (middle.state, middle.posts, middle.is_same) == (State.PUBLISHED, 1, True)
    assert (last.state, last.posts) == (State.PROCESSING, 0), "a person can settle it"


def test_control_the_cuts_happen(publisher: Publisher) -> None:
    outcome = publisher.publish(Cut(MIDDLE, 350, 350, "boundary", "index"))

    assert outcome.was_cut
    assert outcome.again == 350


def test_control_an_engine_that_ignores_where_the_host_stands_is_found(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    def believe_ourselves(trip: Trip) -> int:
        return trip.entry.acknowledged

    monkeypatch.setattr(upload, "_resume_at", believe_ourselves)

    assert not publisher.publish(Cut(MIDDLE, 700, 700, "boundary", "index")).is_good
    assert not publisher.publish(Cut(MIDDLE, 700, 700, "boundary", "count")).is_good


@pytest.mark.parametrize("takes", ["boundary", "rewind"])
def test_control_an_engine_that_sends_everything_again_is_found(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch, takes: str
) -> None:
    def begin_at_nothing(_trip: Trip) -> int:
        return 0

    monkeypatch.setattr(upload, "_resume_at", begin_at_nothing)

    assert any(publish_all(publisher, draw_cuts(30, "short", LENGTHS, takes=takes)))


def test_control_an_engine_that_does_not_look_before_it_starts_again_is_found(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(journey.STEPS, State.LAST_CHUNK_SENT, start)
    monkeypatch.setitem(MOVES, State.LAST_CHUNK_SENT, set(State))

    outcome = publisher.publish(Cut(LAST, 900, 900, "boundary", "index"))

    assert outcome.posts == 2
