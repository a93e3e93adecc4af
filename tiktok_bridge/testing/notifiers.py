"""Check that a notifier keeps its promises."""
# ruff: noqa: D102, S101 - a test's name is its sentence, and assert is its tool

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tiktok_bridge.hookspecs import Notifier
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
    returns the events that have arrived, in their order.
    """

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
