"""Check that a notifier keeps its promises."""
# ruff: noqa: D102, S101 - a test's name is its sentence, and assert is its tool

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tiktok_bridge.errors import BridgeError
from tiktok_bridge.testing.faults import UNDEFINED, BreakIt, error_of
from tiktok_bridge.testing.stores import STRANGE_NAMES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tiktok_bridge.hookspecs import BatchNotifier, Notifier
    from tiktok_bridge.models import Event

    Received = Callable[[], Sequence[Event]]

TITLES = {
    "unicode": "caf\xe9 \U0001f3ac \u65e5\u672c",
    "line ends": "one\ntwo\r\nthree\u2028four\0",
    "quotes": 'a "quote", a \\ and \u202e',
    "long": "long " * 20_000,
}


class NotifierContract:
    """Check a notifier.

    Define `notifier`, which nobody has used yet, and `received`: a function that
    returns the events that have arrived, in their order. Define `break_it` if you can:
    a function that returns a block in which nobody can use the medium.
    """

    @pytest.fixture
    def break_it(self) -> BreakIt:
        pytest.skip(UNDEFINED)

    @pytest.mark.parametrize("title", TITLES.values(), ids=TITLES)
    def test_an_event_arrives_whole(
        self, title: str, notifier: Notifier, received: Received
    ) -> None:
        event = make_event(1, title=title, post_ids=["7"], size=2**40, failure=None)
        before = deepcopy(event)

        notifier.notify(event)

        assert list(received()) == [before]
        assert event == before

    def test_order_is_kept(self, notifier: Notifier, received: Received) -> None:
        events = [make_event(number) for number in range(25)]

        for event in events:
            notifier.notify(event)

        assert list(received()) == events

    def test_a_repeat_arrives(self, notifier: Notifier, received: Received) -> None:
        notifier.notify(make_event(1))
        notifier.notify(make_event(1))

        assert {event["id"] for event in received()} == {make_event(1)["id"]}

    def test_the_event_of_a_strange_account_is_any_event(
        self, notifier: Notifier, received: Received
    ) -> None:
        events = [make_event(number) for number in range(len(STRANGE_NAMES))]
        for event, name in zip(events, STRANGE_NAMES, strict=True):
            event["subject"] = event["id"] = f"{name}/spring-01/3"
            notifier.notify(event)

        found = {event["id"]: event for event in received()}
        assert found == {event["id"]: event for event in events}

    def test_events_of_several_threads_arrive_whole(
        self, notifier: Notifier, received: Received
    ) -> None:
        events = [make_event(number, title="x" * 5_000) for number in range(24)]
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(notifier.notify, events))

        found = {event["id"]: event for event in received()}
        assert found == {event["id"]: event for event in events}

    def test_an_event_that_cannot_be_delivered_is_raised(
        self, notifier: Notifier, received: Received, break_it: BreakIt
    ) -> None:
        notifier.notify(make_event(1))
        with break_it():
            error = error_of(partial(notifier.notify, make_event(2)))
        notifier.notify(make_event(3))

        assert isinstance(error, BridgeError)
        found = [event for event in received() if event != make_event(2)]
        assert found == [make_event(1), make_event(3)]


class BatchNotifierContract(NotifierContract):
    """Check a notifier that has `notify_all`, too.

    Define what `NotifierContract` needs.
    """

    @pytest.mark.parametrize("count", [0, 1, 2, 300])
    def test_several_events_arrive_whole_and_in_their_order(
        self, count: int, notifier: BatchNotifier, received: Received
    ) -> None:
        titles = list(TITLES.values())
        events = [
            make_event(number, title=titles[number % 3]) for number in range(count)
        ]
        before = deepcopy(events)

        notifier.notify_all(events)

        assert list(received()) == before
        assert events == before

    def test_what_comes_at_once_and_one_by_one_stays_in_order(
        self, notifier: BatchNotifier, received: Received
    ) -> None:
        events = [make_event(number) for number in range(10)]

        notifier.notify(events[0])
        notifier.notify_all(events[1:6])
        notifier.notify(events[6])
        notifier.notify_all(tuple(events[7:]))

        assert list(received()) == events

    def test_events_that_come_again_arrive(
        self, notifier: BatchNotifier, received: Received
    ) -> None:
        events = [make_event(number) for number in range(3)]

        notifier.notify_all(events[:2])
        notifier.notify_all(events)

        assert {event["id"] for event in received()} == {one["id"] for one in events}


def make_event(number: int, **data: object) -> Event:
    """Return an event of its own for each *number*."""
    return {
        "specversion": "1.0",
        "id": f"event-{number}",
        "source": "tiktok-bridge/contract",
        "type": "post.published",
        "subject": "acme/spring-01",
        "time": "2025-01-31T12:00:00Z",
        "datacontenttype": "application/json",
        "data": {"number": number, **data},
    }
