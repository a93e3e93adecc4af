"""The ledger moves a post once, keeps every move, and lets one process act."""

from __future__ import annotations

import logging
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tiktok_bridge import (
    BusyError,
    ConfigError,
    ConflictError,
    Failure,
    Post,
    State,
)
from tiktok_bridge.ledger.claims import LEASE
from tiktok_bridge.ledger.database import Database
from tiktok_bridge.ledger.entry import Move
from tiktok_bridge.ledger.ledger import Ledger
from tiktok_bridge.ledger.limits import Usage
from tiktok_bridge.ledger.states import DONE, MOVES
from tiktok_bridge.publish.report import event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Event
    from tiktok_bridge.ledger.entry import Entry

POST = Post(id="one", account="acme", video="a.mp4", title="Hi", privacy="SELF_ONLY")


class FixedClock:
    """Stands still until a test moves it."""

    time = 1000.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def ledger(ledger_url: str, clock: FixedClock) -> Iterator[Ledger]:
    database = Database(ledger_url)
    yield Ledger(database, clock, lambda _: [], lambda _: None)
    database.close()


def test_an_accepted_post_is_planned_and_accepted_once(ledger: Ledger) -> None:
    (first,) = ledger.accept([(POST, 5)])
    (second,) = ledger.accept([(POST, 5)])

    assert first == second
    assert first.state == State.PLANNED
    assert [move.note for move in ledger.history(first.key)] == ["accepted"]


def test_two_contents_for_one_id_are_refused(ledger: Ledger) -> None:
    with pytest.raises(ConflictError, match="two different posts"):
        ledger.accept([(POST, 5), (replace(POST, title="Other"), 5)])

    assert ledger.entries() == []


def test_content_is_corrected_only_while_nobody_works_on_it(ledger: Ledger) -> None:
    (entry,) = ledger.accept([(POST, 5)])
    other = replace(POST, title="Other")
    with ledger.claims.hold(entry.key) as claimed:
        with pytest.raises(BusyError):
            ledger.accept([(other, 5)])
        assert ledger.entries()[0].post == POST
    ledger.accept([(other, 5)])

    assert ledger.entries()[0].post == other
    with pytest.raises(BusyError):
        ledger.move(claimed, State.INIT_SENT, "a step that began before")


def test_a_move_from_a_stale_entry_is_refused(ledger: Ledger) -> None:
    (entry,) = ledger.accept([(POST, 5)])
    ledger.move(entry, State.INIT_SENT, "first")

    with pytest.raises(BusyError):
        ledger.move(entry, State.INIT_SENT, "second")

    assert [move.note for move in ledger.history(entry.key)] == ["accepted", "first"]


@pytest.mark.parametrize(
    "state", sorted(DONE | {State.LAST_CHUNK_SENT, State.PROCESSING})
)
def test_no_move_leads_back_to_an_init_once_the_last_chunk_is_sent(
    state: State,
) -> None:
    assert not MOVES[state] & {State.INIT_SENT, State.UPLOADING}


def test_a_move_that_is_not_in_the_table_is_a_bug(ledger: Ledger) -> None:
    (entry,) = ledger.accept([(POST, 5)])

    with pytest.raises(AssertionError, match="PLANNED never becomes UPLOADING"):
        ledger.move(entry, State.UPLOADING, "no")


def test_a_claim_keeps_others_away_until_it_is_given_back(ledger: Ledger) -> None:
    (entry,) = ledger.accept([(POST, 5)])
    hold = ledger.claims.hold
    with hold(entry.key), pytest.raises(BusyError), hold(entry.key):
        pass

    with ledger.claims.hold(entry.key):
        pass


def test_a_claim_that_is_not_renewed_ends(ledger: Ledger, clock: FixedClock) -> None:
    (entry,) = ledger.accept([(POST, 5)])
    with ledger.claims.hold(entry.key) as claimed:
        clock.sleep(LEASE - 1)
        ledger.claims.renew(claimed)
        clock.sleep(LEASE - 1)
        with pytest.raises(BusyError), ledger.claims.hold(entry.key):
            pass
        clock.sleep(2)
        with ledger.claims.hold(entry.key):
            pass


def test_a_claim_from_before_the_clock_was_set_back_keeps_nobody_away_for_long(
    ledger: Ledger, clock: FixedClock
) -> None:
    (entry,) = ledger.accept([(POST, 5)])
    with ledger.claims.hold(entry.key):
        clock.sleep(1.0 - LEASE)
        with pytest.raises(BusyError), ledger.claims.hold(entry.key):
            pass
        clock.sleep(-48 * 3600.0)
        with ledger.claims.hold(entry.key):
            pass


def test_a_claim_of_a_process_that_died_is_free_at_once(
    ledger: Ledger, ledger_url: str
) -> None:
    (entry,) = ledger.accept([(POST, 5)])
    program = """
import os, sys
from tiktok_bridge.clock import SystemClock
from tiktok_bridge.ledger.claims import Claims
from tiktok_bridge.ledger.database import Database
from tiktok_bridge.models import PostKey
claims = Claims(Database(sys.argv[1]), SystemClock())
claim = claims.hold(PostKey("acme", "one"))
claim.__enter__()
os._exit(9)
"""
    run = [sys.executable, "-c", program, ledger_url]
    subprocess.run(run, check=False)  # noqa: S603 - our own program

    assert ledger.known([entry.key])[entry.key].owner
    with ledger.claims.hold(entry.key):
        pass


def test_a_window_never_holds_more_calls_than_its_limit(
    ledger: Ledger, clock: FixedClock
) -> None:
    made: list[float] = []
    for _ in range(40):
        seconds = ledger.limits.take("acme", "init", 6, 60.25)
        if seconds:
            clock.sleep(seconds)
        else:
            made.append(clock.now())
            clock.sleep(1.7)

    assert len(made) > 18
    for start in made:
        assert sum(start <= at < start + 60 for at in made) <= 6


def test_accounts_and_kinds_have_windows_of_their_own(ledger: Ledger) -> None:
    assert ledger.limits.take("acme", "init", 1, 60) == 0
    assert ledger.limits.take("acme", "init", 1, 60) > 0
    assert ledger.limits.take("acme", "status", 1, 60) == 0
    assert ledger.limits.take("shop", "init", 1, 60) == 0


def test_what_is_used_of_the_windows_is_told_until_it_is_a_minute_old(
    ledger: Ledger, clock: FixedClock
) -> None:
    ledger.limits.slot("acme", "video_init")
    ledger.limits.slot("acme", "video_init")
    ledger.limits.slot("shop", "status")
    ledger.limits.take("acme", "a kind of nobody", 1, 60)

    assert ledger.limits.recent() == [
        Usage("acme", "video_init", 2, 6),
        Usage("shop", "status", 1, 30),
    ]
    clock.sleep(61)
    assert ledger.limits.recent() == []


def test_the_newest_moves_of_all_posts_come_in_their_order(ledger: Ledger) -> None:
    entries = ledger.accept([(POST, 1), (replace(POST, id="two"), 1)])
    ledger.move(entries[1], State.INIT_SENT, Move("asking", asked={"body": {}}))

    found = ledger.moves(2)

    assert [(key.id, move.note) for key, move in found] == [
        ("two", "accepted"),
        ("two", "asking"),
    ]
    assert found[1][1].asked == {"body": {}}


def test_a_post_is_found_by_its_id_and_an_unclear_id_is_told(ledger: Ledger) -> None:
    other = Post(id="one", account="shop", video="a.mp4", privacy="SELF_ONLY")
    ledger.accept([(POST, 5), (other, 5)])

    assert ledger.named("one", "shop").post == other
    with pytest.raises(ConfigError, match="several accounts"):
        ledger.named("one")
    with pytest.raises(ConfigError, match="no post 'two'"):
        ledger.named("two")


def test_many_posts_are_taken_as_they_were_given(ledger: Ledger) -> None:
    posts = [(replace(POST, id=f"post-{n}"), n) for n in (*range(1200, 0, -1), 7)]
    entries = ledger.accept(posts)

    assert [(entry.post, entry.size_bytes) for entry in entries] == posts
    assert entries[-1] == entries[-8]
    assert len(ledger.known(entry.key for entry in entries)) == 1200


def test_a_conflict_takes_none_of_the_posts(ledger: Ledger) -> None:
    (entry,) = ledger.accept([(POST, 5)])
    ledger.move(entry, State.INIT_SENT, "sent")
    new = replace(POST, id="new")
    with pytest.raises(ConflictError, match="is taken by a post that is INIT_SENT"):
        ledger.accept([(new, 5), (replace(POST, title="Other"), 5)])

    assert [entry.post.id for entry in ledger.entries()] == ["one"]


def test_text_that_no_database_can_hold_does_not_lose_the_move(ledger: Ledger) -> None:
    odd = "a\0b\ud800c\udfffd"
    (entry,) = ledger.accept([(replace(POST, title=odd), 5)])
    failure = Failure(code="odd", message=odd)
    what = Move(odd, odd, asked={"title": odd}, answered={"code": odd})
    moved = ledger.move(entry, State.FAILED, what, publish_id=odd, failure=failure)

    move = ledger.history(entry.key)[-1]
    assert move.note == move.log_id == moved.publish_id == "a\ufffdb\ufffdc\ufffdd"
    assert (moved.post.title, moved.failure) == (odd, failure)
    assert (move.asked, move.answered) == ({"title": odd}, {"code": odd})
    assert ledger.known([entry.key]) == {entry.key: moved}


def test_what_tiktok_says_may_be_long_and_a_video_large(ledger: Ledger) -> None:
    (entry,) = ledger.accept([(POST, 2**42)])
    long = "x" * 5000
    fields: dict[str, Any] = {"publish_id": long, "privacy_level": long}
    fields["acknowledged"] = 2**41
    moved = ledger.move(entry, State.INIT_SENT, Move(long, long), **fields)

    assert (moved.size_bytes, moved.acknowledged) == (2**42, 2**41)
    assert (moved.publish_id, moved.privacy_level) == (long, long)
    assert ledger.history(entry.key)[-1].log_id == long


@pytest.mark.parametrize("at", [0.1 + 0.2, 1764000000.1234567, 5e-324, 1e300])
def test_a_time_comes_back_as_it_was(ledger: Ledger, at: float) -> None:
    (entry,) = ledger.accept([(POST, 5)])

    assert ledger.move(entry, State.PLANNED, None, next_at=at).next_at == at


def test_posts_of_one_moment_are_sorted_by_code_point(ledger: Ledger) -> None:
    ids = ["a-1", "B", "b", "é", "A2", "A-1", "_"]
    ledger.accept([(replace(POST, id=one), 5) for one in ids])

    assert [entry.post.id for entry in ledger.entries()] == sorted(ids)


def told(entry: Entry) -> list[tuple[str, Event]]:
    """Announce a move to two notifiers."""
    return [("file:a", event(entry)), ("file:b", event(entry))]


@pytest.fixture
def telling(ledger_url: str, clock: FixedClock) -> Iterator[Ledger]:
    database = Database(ledger_url)
    yield Ledger(database, clock, told, lambda _: None)
    database.close()


def test_events_wait_in_the_order_of_the_moves(telling: Ledger) -> None:
    other = replace(POST, id="two", title="\0 \ud800")
    one, two = telling.accept([(POST, 5), (other, 5)])
    telling.move(two, State.INIT_SENT, "sent")
    telling.move(one, State.FAILED, "no")

    waiting = telling.outbox.pending()
    ids = [one.event["id"] for one in waiting if one.notifier == "file:b"]
    assert ids == ["acme/one/0", "acme/two/0", "acme/two/1", "acme/one/1"]
    assert waiting[2].event["data"]["title"] == other.title


def test_an_event_told_twice_takes_no_other_with_it(telling: Ledger) -> None:
    (entry,) = telling.accept([(POST, 5)])
    waiting = telling.outbox.pending()
    telling.outbox.forget(waiting)
    telling.move(entry, State.FAILED, "no")
    telling.outbox.forget(waiting)  # another process was slower

    assert len(telling.outbox.pending()) == 2


def test_work_that_fails_leaves_nothing_behind(ledger: Ledger) -> None:
    (entry,) = ledger.accept([(POST, 5)])

    def fail(_: Entry) -> list[tuple[str, Event]]:
        raise RuntimeError("no event")

    ledger._announce = fail  # noqa: SLF001 - what happens in the middle of a move
    with pytest.raises(RuntimeError):
        ledger.move(entry, State.FAILED, "no")

    assert ledger.entries() == [entry]
    assert len(ledger.history(entry.key)) == 1


@pytest.mark.parametrize("state", [State.PUBLISHED, State.FAILED, State.UNKNOWN])
def test_a_post_that_has_ended_keeps_no_upload_url(
    ledger: Ledger, state: State
) -> None:
    (entry,) = ledger.accept([(POST, 5)])
    entry = ledger.move(entry, State.INIT_SENT, "sent")
    url = "https://upload/s3cret"
    entry = ledger.move(entry, State.UPLOADING, "taken", upload_url=url)
    entry = ledger.move(entry, State.LAST_CHUNK_SENT, "sent")
    assert entry.upload_url == url

    if state != State.FAILED:
        entry = ledger.move(entry, State.PROCESSING, "waits")
    assert ledger.move(entry, state, "ended").upload_url is None


def test_no_statement_in_a_log_shows_an_upload_url(
    ledger_url: str, clock: FixedClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "sqlalchemy.engine")
    database = Database(ledger_url)
    ledger = Ledger(database, clock, lambda _: [], lambda _: None)
    (entry,) = ledger.accept([(POST, 5)])
    ledger.move(entry, State.INIT_SENT, "sent", upload_url="https://upload/s3cret")
    database.close()

    assert "UPDATE ledger_posts" in caplog.text, "the control: statements are logged"
    assert "s3cret" not in caplog.text
