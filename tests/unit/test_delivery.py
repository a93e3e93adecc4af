"""Events reach each notifier by itself, in their order, and wait while it is down."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from tests.desks import BatchDesk, Desk, Process
from tiktok_bridge import BridgeError, Notify
from tiktok_bridge.ledger import turns
from tiktok_bridge.ledger.claims import LEASE
from tiktok_bridge.publish.recipient import LONGEST_PAUSE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

A, B = "desk:a", "desk:b"
DAY = 86_400.0

of_both_kinds = pytest.mark.parametrize("kind", [Desk, BatchDesk])


class FixedClock:
    """Stands still until a test moves it."""

    time = 1_000_000.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def kind() -> type[Desk]:
    """What the notifiers are, unless a test says that both kinds do alike."""
    return Desk


@pytest.fixture
def desks(kind: type[Desk]) -> dict[str, Desk]:
    return {A: kind(), B: kind()}


@pytest.fixture
def start(
    tmp_path: Path, clock: FixedClock, desks: dict[str, Desk]
) -> Iterator[Callable[..., Process]]:
    """Start a process; all of them share the ledger, the clock and the notifiers."""
    yield from starting(f"sqlite:///{tmp_path}/ledger.db", clock, desks)


@pytest.fixture
def meet(
    ledger_url: str, clock: FixedClock, desks: dict[str, Desk]
) -> Iterator[Callable[..., Process]]:
    """The same, in turn on each database."""
    yield from starting(ledger_url, clock, desks)


def starting(
    url: str, clock: FixedClock, desks: dict[str, Desk]
) -> Iterator[Callable[..., Process]]:
    started: list[Process] = []

    def start(**options: Any) -> Process:  # noqa: ANN401 - those of `Process`
        given = options.pop("desks", desks)
        started.append(Process(url, clock, given, **options))
        return started[-1]

    yield start
    for one in started:
        one.close()


@pytest.fixture
def process(start: Callable[..., Process]) -> Process:
    return start()


@of_both_kinds
def test_one_that_is_down_neither_holds_up_nor_repeats_the_others(
    meet: Callable[..., Process], desks: dict[str, Desk], clock: FixedClock
) -> None:
    process = meet()
    desks[A].error = BridgeError("nobody is there")
    process.accept("one", "two")
    process.deliver()
    process.move("one")
    process.deliver()
    assert desks[B].told == ["acme/one/0", "acme/two/0", "acme/one/1"]

    desks[A].error = None
    clock.sleep(LONGEST_PAUSE)
    process.deliver()

    assert len(desks[B].told) == 3
    assert sorted(desks[A].told) == sorted(desks[B].told)
    assert desks[A].of("one") == [0, 1]
    assert process.left() == []


def test_waits_grow_are_kept_in_the_ledger_and_spread(
    start: Callable[..., Process], desks: dict[str, Desk], clock: FixedClock
) -> None:
    desks[A].error = BridgeError("nobody is there")
    process = start()
    process.accept("one")
    waits = []
    for _ in range(30):
        process.deliver()
        (event,) = process.events.undelivered("one")
        assert event.next_at
        waits.append(event.next_at - clock.now())
        clock.sleep(waits[-1] - 1.0)
        calls = desks[A].calls
        process = start()
        process.deliver()
        assert desks[A].calls == calls, "it is not due yet"
        clock.sleep(1.5)

    assert all(1 <= one <= LONGEST_PAUSE + 1 for one in waits)
    assert max(waits[:4]) <= 41 < max(waits)
    assert len({round(one) for one in waits[12:]}) > 12, "full jitter"


@pytest.mark.parametrize("asked", [600.0, 0, 1e9])
def test_a_notifier_that_asks_for_time_gets_it_from_all_events(
    process: Process, desks: dict[str, Desk], clock: FixedClock, asked: float
) -> None:
    busy: Any = BridgeError("429")
    busy.retry_after = asked
    desks[A].error = busy
    wait = min(max(asked, 1.0), 3600.0)
    process.accept("one", "two")
    process.deliver()
    clock.sleep(wait - 0.6)
    process.deliver()
    assert desks[A].calls == 1

    desks[A].error = None
    clock.sleep(0.7)
    process.deliver()

    assert sorted(desks[A].told) == ["acme/one/0", "acme/two/0"]


@of_both_kinds
def test_an_event_that_fails_holds_up_its_post_alone(
    meet: Callable[..., Process], desks: dict[str, Desk], clock: FixedClock
) -> None:
    process = meet()
    desks[A].stumbles = {"acme/odd/0"}
    process.accept("one", "odd", "two")
    for _ in range(4):
        process.deliver()
        for post in ("one", "odd", "two"):
            process.move(post)
        clock.sleep(60)
    process.deliver()
    assert desks[A].of("one") == desks[A].of("two") == [0, 1, 2, 3, 4]
    assert desks[A].of("odd") == []

    desks[A].stumbles = set()
    clock.sleep(LONGEST_PAUSE)
    process.deliver()

    assert desks[A].of("odd") == [0, 1, 2, 3, 4]


@of_both_kinds
def test_an_event_that_is_refused_is_a_dead_letter_that_a_person_can_send_again(
    process: Process,
    desks: dict[str, Desk],
    clock: FixedClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    desks[A].refuses = {"odd"}
    process.accept("odd", "one")
    process.deliver()
    desks[A].refuses = set()
    process.move("odd")
    clock.sleep(4 * DAY)
    process.deliver()

    assert desks[A].of("odd") == [1], "later events go on"
    (dead,) = process.events.undelivered(state="dead")
    assert (dead.post, dead.notifier, dead.tries) == ("odd", A, 1)
    assert dead.error == "410 gone"
    assert "is not tried again: 410 gone" in caplog.text

    assert process.events.retry("odd", state="dead") == 1
    assert desks[A].of("odd") == [1, 0]
    assert process.left() == []


def test_an_event_is_given_up_after_ten_tries_and_three_days(
    meet: Callable[..., Process], desks: dict[str, Desk], clock: FixedClock
) -> None:
    process = meet()
    desks[A].stumbles = {"odd"}
    process.accept("odd")
    process.deliver()
    clock.sleep(turns.GIVEN_UP_AFTER)  # nobody delivered meanwhile
    for _ in range(turns.TRIES - 2):
        process.deliver()
        clock.sleep(LONGEST_PAUSE)
    (event,) = process.events.undelivered()
    assert (event.state, event.tries) == ("pending", turns.TRIES - 1)
    process.deliver()
    process.move("odd")

    first = process.events.undelivered()[0]
    assert (first.state, first.tries) == ("dead", turns.TRIES)
    assert first.error
    assert first.error.endswith("that one is odd")


def test_no_event_is_given_up_before_three_days(
    process: Process, desks: dict[str, Desk], clock: FixedClock
) -> None:
    desks[A].stumbles = {"odd"}
    process.accept("odd")
    began = clock.now()
    while clock.now() < began + turns.GIVEN_UP_AFTER - LONGEST_PAUSE:
        process.deliver()
        clock.sleep(LONGEST_PAUSE)

    (event,) = process.events.undelivered()
    assert event.tries > 2 * turns.TRIES
    assert event.state == "pending"


def test_of_a_notifier_that_is_gone_for_days_only_what_is_older_is_given_up(
    process: Process, desks: dict[str, Desk], clock: FixedClock
) -> None:
    desks[A].error = BridgeError("nobody is there")
    process.accept(*(f"old-{number}" for number in range(20)))
    for hour in range(80):
        process.deliver()
        clock.sleep(LONGEST_PAUSE)
        if hour == 60:
            process.accept("new")

    states = {one.post: one.state for one in process.events.undelivered()}
    assert states.pop("new") == "pending"
    assert set(states.values()) == {"dead"}
    assert len(states) == 20


@of_both_kinds
def test_one_that_is_down_is_called_seldom_and_gets_all_once_it_is_back(
    meet: Callable[..., Process], desks: dict[str, Desk], clock: FixedClock
) -> None:
    process = meet()
    desks[A].error = BridgeError("nobody is there")
    posts = [f"post-{number}" for number in range(40)]
    for post in posts:
        process.accept(post)
        process.deliver(only_news=True)
        clock.sleep(1)
    assert desks[A].calls <= 12
    assert len(desks[B].told) == 40

    for _ in range(20):
        process.deliver()
        clock.sleep(LONGEST_PAUSE)
    due = process.deliver()
    assert due
    desks[A].error = None
    clock.sleep(due - clock.now() + 0.5)
    process.deliver()

    assert sorted(desks[A].told) == sorted(desks[B].told)


@of_both_kinds
def test_an_event_that_always_fails_does_not_keep_a_notifier_from_coming_back(
    process: Process, desks: dict[str, Desk], clock: FixedClock
) -> None:
    desks[A].error = BridgeError("nobody is there")
    process.accept("odd", "one", "two")
    process.deliver()
    desks[A].error, desks[A].stumbles = None, {"odd"}
    for _ in range(2):
        clock.sleep(LONGEST_PAUSE)
        process.deliver()

    assert desks[A].told == ["acme/one/0", "acme/two/0"]


def test_one_event_that_fails_alone_does_not_make_a_notifier_seem_down(
    process: Process, desks: dict[str, Desk], clock: FixedClock
) -> None:
    desks[A].stumbles = {"odd"}
    process.accept("odd")
    for _ in range(12):
        process.deliver()
        clock.sleep(LONGEST_PAUSE)
    process.deliver()
    process.accept("one")
    process.deliver(only_news=True)

    assert desks[A].told == ["acme/one/0"]


@of_both_kinds
def test_two_processes_never_deliver_to_one_notifier_at_once(
    meet: Callable[..., Process], desks: dict[str, Desk]
) -> None:
    first, second = meet(), meet()
    first.accept("one")

    def meanwhile() -> None:
        desks[A].during = lambda: None
        second.move("one")
        second.deliver()

    desks[A].during = meanwhile
    first.deliver()

    assert desks[A].told == ["acme/one/0", "acme/one/1"], "the first one took it along"
    assert desks[B].of("one") == [0, 1]
    assert first.left() == []


def test_a_turn_that_lapsed_passes_on_and_cannot_be_ended_by_who_had_it(
    meet: Callable[..., Process], desks: dict[str, Desk], clock: FixedClock
) -> None:
    first, second, third = meet(), meet(), meet()
    first.accept("one")

    def sleep() -> None:
        """Stand still in a call, as a paused process does."""
        clock.sleep(LEASE - 1)
        desks[A].during = lambda: None
        second.deliver()
        assert desks[A].told == []
        clock.sleep(2)
        desks[A].during = wake
        second.deliver()

    def wake() -> None:
        """Come back to life while the second one delivers."""
        desks[A].during = lambda: None
        turn = first.ledger.turns
        stale = turns.Turn(A, "gone/1/x", 0, None, [])
        assert isinstance(turn.settle(stale, turns.Outcome()), turns.Wait)
        third.deliver()

    desks[A].during = sleep
    first.deliver()

    assert desks[A].told == ["acme/one/0"] * 2, "once by each, and by nobody else"
    assert first.left() == []


def test_a_turn_of_a_process_that_was_killed_is_over_at_once(
    meet: Callable[..., Process],
    desks: dict[str, Desk],
    ledger_url: str,
    clock: FixedClock,
) -> None:
    process = meet()
    process.accept("one")
    program = """
import os, sys
from tests.desks import Desk, Process
class Clock:
    def now(self): return float(sys.argv[2])
desk = Desk()
desk.during = lambda: os._exit(9)
Process(sys.argv[1], Clock(), {"desk:a": desk}).deliver()
"""
    run = [sys.executable, "-c", program, ledger_url, str(clock.now())]
    ended = subprocess.run(run, check=False)  # noqa: S603 - our own program
    assert ended.returncode == 9

    process.deliver()

    assert desks[A].told == ["acme/one/0"]


def test_many_events_are_delivered_in_several_turns(
    meet: Callable[..., Process], desks: dict[str, Desk]
) -> None:
    process = meet()
    process.accept(*(f"post-{number:04}" for number in range(turns.MOST + 50)))
    process.move("post-0000")
    process.deliver()

    assert len(desks[A].told) == len(set(desks[A].told)) == turns.MOST + 51
    assert desks[A].of("post-0000") == [0, 1]


@of_both_kinds
def test_a_notifier_that_hangs_is_given_up_and_not_called_again_meanwhile(
    start: Callable[..., Process], desks: dict[str, Desk], clock: FixedClock
) -> None:
    process, go_on = start(deadline=0.05), threading.Event()
    desks[A].during = go_on.wait
    process.accept("one", "two")
    process.deliver()
    clock.sleep(LONGEST_PAUSE)
    process.accept("three")
    process.deliver()

    assert desks[A].calls == 1
    assert len(desks[B].told) == 3
    errors = [one.error for one in process.events.undelivered() if one.error]
    assert errors == ["the notifier desk:a did not return within 0.05 s"]

    go_on.set()
    while process.delivery._lines[A].recipient.is_hanging:  # noqa: SLF001 - it ends now
        pass
    process.deliver()

    assert {"acme/one/0", "acme/two/0", "acme/three/0"} == set(desks[A].told)
    assert process.left() == []


def test_an_interruption_goes_through_and_gives_the_turn_back(
    start: Callable[..., Process], desks: dict[str, Desk]
) -> None:
    process, other = start(), start()
    process.accept("one", "two")
    desks[A].error = desks[B].error = KeyboardInterrupt()
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            process.deliver(only_news=True)

    desks[A].error = desks[B].error = None
    process.deliver(only_news=True)
    assert desks[A].told == ["acme/one/0", "acme/two/0"]

    other.deliver()
    assert desks[A].told == desks[B].told


def test_a_notifier_that_cannot_be_opened_is_tried_later(
    start: Callable[..., Process], desks: dict[str, Desk], clock: FixedClock
) -> None:
    notify = [Notify(A), Notify("missing:")]
    process = start(notify=notify)
    process.accept("one", "two")
    process.deliver()
    assert len(desks[A].told) == 2
    assert process.left() == [("missing:", f"acme/{one}/0") for one in ("one", "two")]

    desks["missing:"] = Desk()
    clock.sleep(LONGEST_PAUSE)
    start(notify=notify).deliver()

    assert len(desks["missing:"].told) == 2


def test_one_url_is_one_notifier_and_gets_each_event_once(
    start: Callable[..., Process], desks: dict[str, Desk]
) -> None:
    patterns = (("post.planned",), ("post.*",), ("post.nothing",))
    process = start(notify=[Notify(A, one) for one in patterns])
    process.accept("one")
    process.move("one")
    process.deliver()

    assert desks[A].told == ["acme/one/0", "acme/one/1"]
    assert desks[B].told == []


def test_a_password_is_kept_nowhere_and_may_change(
    start: Callable[..., Process], tmp_path: Path, clock: FixedClock
) -> None:
    old, new = "desk://me:first-pa55word@host/0?key=s3cretive&stream=a", Desk()
    name = "desk://me:***@host/0?key=***&stream=a"
    process = start(desks={old: Desk()})
    process.accept("one")
    assert process.left() == [(name, "acme/one/0")]
    process.delivery._lines[name].recipient._opened = None  # noqa: SLF001
    kept = b"".join(one.read_bytes() for one in tmp_path.iterdir())
    assert b"s3cretive" not in kept
    assert b"pa55word" not in kept

    start(desks={old.replace("first", "second"): new}).deliver()

    assert new.told == ["acme/one/0"]
    assert clock.now()


def test_two_that_differ_in_a_secret_alone_both_get_every_event(
    start: Callable[..., Process],
) -> None:
    desks = {f"desk://host/?token={one}": Desk() for one in "ab"}
    process = start(desks=desks)
    process.accept("one")
    assert [name for name, _ in process.left()] == [
        "desk://host/?token=***",
        "desk://host/?token=***#2",
    ]
    process.deliver()

    assert [desk.told for desk in desks.values()] == [["acme/one/0"]] * 2


def test_events_for_a_notifier_that_was_removed_are_shown_until_a_person_decides(
    start: Callable[..., Process],
    desks: dict[str, Desk],
    caplog: pytest.LogCaptureFixture,
) -> None:
    start().accept("one", "two")
    rest = start(notify=[Notify(B)])
    rest.deliver()
    rest.deliver()

    assert rest.left() == [(A, "acme/one/0"), (A, "acme/two/0")]
    assert {one.state for one in rest.events.undelivered()} == {"removed"}
    assert caplog.text.count("events wait for desk:a, which is not under") == 1
    assert rest.events.retry() == 0
    assert rest.events.forget("two", state="removed") == 1

    start().deliver()  # the entry is there again
    assert desks[A].told == ["acme/one/0"]


def test_what_a_notifier_says_is_told_once_and_kept_short(
    start: Callable[..., Process],
    desks: dict[str, Desk],
    caplog: Any,  # noqa: ANN401
) -> None:
    caplog.set_level(logging.WARNING)
    desks[A].error = BridgeError("x" * 9000)
    process = start()
    process.accept("one", "two")
    process.deliver()

    errors = [one.error for one in process.events.undelivered()]
    assert {len(one) for one in errors if one} == {500}
    assert caplog.text.count("is tried again later") == 1


def test_a_slow_notifier_is_delivered_to_in_turns_that_nobody_takes_over(
    start: Callable[..., Process], clock: FixedClock
) -> None:
    desk = Desk()
    first, second = start(desks={A: desk}), start(desks={A: desk})

    def slow() -> None:
        clock.sleep(20)
        second.deliver()

    desk.during = slow
    first.accept(*(f"post-{number}" for number in range(12)))
    first.deliver()

    assert len(desk.told) == len(set(desk.told)) == desk.calls == 12


def test_an_event_that_failed_before_takes_no_other_along(
    start: Callable[..., Process], clock: FixedClock
) -> None:
    desk = BatchDesk()
    process = start(desks={A: desk})
    desk.stumbles = {"odd"}
    process.accept("odd", "one")
    process.deliver()
    clock.sleep(LONGEST_PAUSE)
    process.accept(*(f"post-{number}" for number in range(20)))
    desk.calls = 0
    process.deliver()

    assert desk.calls == 2, "the odd one, then all others"
    assert len(desk.told) == 21


def test_one_that_is_down_is_called_about_once_an_hour_in_the_end(
    process: Process, desks: dict[str, Desk], clock: FixedClock
) -> None:
    desks[A].error = BridgeError("nobody is there")
    process.accept(*(f"post-{number}" for number in range(12)))
    for _ in range(20):
        process.deliver()
        clock.sleep(LONGEST_PAUSE)
    desks[A].calls = 0
    for _ in range(240):
        process.deliver()
        clock.sleep(60)

    assert 2 <= desks[A].calls <= 30, "in four hours"


def test_once_it_is_back_nothing_waits_for_a_time_of_its_own(
    process: Process, desks: dict[str, Desk], clock: FixedClock
) -> None:
    process.accept("one", "two", "three")
    for _ in range(4):
        desks[A].error = BridgeError("nobody is there")
        for post in ("one", "two", "three"):
            process.move(post)
        for _ in range(20):
            due = process.deliver()
            assert due
            clock.sleep(due - clock.now() + 0.5)
        desks[A].error = None
        process.deliver()

        assert process.left() == []


def test_what_is_due_again_is_delivered_without_news(
    process: Process, desks: dict[str, Desk], clock: FixedClock
) -> None:
    desks[A].error = BridgeError("nobody is there")
    process.accept("one")
    process.deliver(only_news=True)
    desks[A].error = None
    process.deliver(only_news=True)
    assert desks[A].told == []

    clock.sleep(LONGEST_PAUSE)
    process.deliver(only_news=True)

    assert desks[A].told == ["acme/one/0"]


def test_a_person_who_wants_it_tried_now_waits_for_no_pause(
    process: Process, desks: dict[str, Desk]
) -> None:
    desks[A].error = BridgeError("nobody is there")
    process.accept("one", "two", "three")
    process.deliver()
    desks[A].error = None
    process.deliver()
    assert desks[A].told == []

    assert process.events.retry() == 3
    assert len(desks[A].told) == 3


def test_what_comes_between_the_last_look_and_the_end_of_a_turn_is_not_forgotten(
    process: Process, desks: dict[str, Desk]
) -> None:
    process.accept("one")
    turn: Any = process.ledger.turns
    settle = turn.settle

    def settle_then_move(*what: Any, **how: Any) -> object:  # noqa: ANN401 - as `settle`
        turn.settle = settle
        following: object = settle(*what, **how)
        process.move("one")
        process.deliver(only_news=True)  # as another thread does meanwhile
        return following

    turn.settle = settle_then_move
    process.deliver(only_news=True)

    assert desks[A].of("one") == [0, 1]
