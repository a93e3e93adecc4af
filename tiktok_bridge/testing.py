"""Check that a plugin keeps its promises: subclass these classes in your tests.

Each class is a set of pytest tests around fixtures that you define. To see the
values of a failed assertion, put this in your `conftest.py`:

    pytest.register_assert_rewrite("tiktok_bridge.testing")
"""
# ruff: noqa: D102, S101 - a test's name is its sentence, and assert is its tool

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from hashlib import shake_256
from typing import TYPE_CHECKING, Protocol

import pytest

from tiktok_bridge.errors import BusyError, MediaError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tiktok_bridge.hookspecs import MediaSource, Notifier, TokenStore
    from tiktok_bridge.models import Event

    OpenStore = Callable[[], TokenStore]
    Received = Callable[[], Sequence[Event]]

MIB = 1 << 20
SIZE = 2 * MIB + MIB // 2 + 7  #: bytes of the media: two whole pieces and a part
CONTENT = shake_256(b"clip").digest(SIZE)
OTHER_CONTENT = CONTENT[::-1]
SHORT = 0.1  #: seconds to wait for a lock that stays busy
LONG = 30.0  #: seconds to wait for a lock that becomes free

RECORDS = {
    "empty": b"",
    "every byte": bytes(range(256)) * 2,
    "line ends": b"one\r\ntwo\nthree\r",
    "one MiB": shake_256(b"record").digest(MIB),
}

STRANGE_NAMES = (
    *(".", "..", "../x", "/etc/passwd", "a/b", "a%2fb", "a\\b", "-rf", "~", "$HOME"),
    *("acme.lock", "acme.prev", "acme.tmp", "acme:lock", "{acme}", "acme*", "?", " "),
    *("ACME", "CON", "nul", "a b", "a\nb", "a\tb", "a\0b", "\xe9", "e\u0301"),
    *("\U0001f3ac", "\u202ex", "x" * 300, "x" * 299 + "y", "\U0001f3ac" * 90),
)
"""Account names that a medium could confuse, cut, or take for a path."""


class TokenStoreContract:
    """Check a token store.

    Define `open_store`: a function that opens the same store anew at each call, as
    another process would. The store is empty when a test begins.
    """

    @pytest.fixture
    def store(self, open_store: OpenStore) -> TokenStore:
        return open_store()

    @pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS)
    def test_a_record_comes_back(self, record: bytes, store: TokenStore) -> None:
        store.save("acme", record)

        assert store.load("acme") == record

    def test_a_record_outlives_its_store(self, open_store: OpenStore) -> None:
        open_store().save("acme", b"record")

        assert open_store().load("acme") == b"record"

    def test_an_unknown_account_has_no_record(self, store: TokenStore) -> None:
        assert store.load("acme") is None

    def test_the_last_record_wins(self, store: TokenStore) -> None:
        for record in (b"the first, which is longer", b"second", b""):
            store.save("acme", record)

            assert store.load("acme") == record

    def test_only_the_deleted_account_is_gone(self, store: TokenStore) -> None:
        store.save("acme", b"record")
        store.save("other", b"stays")

        store.delete("acme")

        assert store.load("acme") is None
        assert store.accounts() == ["other"]

    def test_deleting_what_is_not_there_is_fine(self, store: TokenStore) -> None:
        store.delete("acme")
        store.save("acme", b"record")
        store.delete("acme")
        store.delete("acme")

        assert store.accounts() == []

    def test_a_deleted_account_can_come_back(self, store: TokenStore) -> None:
        for record in (b"old", b"new"):
            store.save("acme", record)

            assert store.load("acme") == record
            store.delete("acme")

    def test_accounts_are_sorted_and_named_once(self, store: TokenStore) -> None:
        assert store.accounts() == []

        for account in ("zoe", "acme", "Zoe", "mid-2", "mid-10", "acme"):
            store.save(account, b"record")

        assert store.accounts() == ["Zoe", "acme", "mid-10", "mid-2", "zoe"]

    @pytest.mark.parametrize("name", STRANGE_NAMES, ids=ascii)
    def test_a_strange_name_is_any_name(self, name: str, store: TokenStore) -> None:
        store.save("acme", b"acme's")
        with store.lock(name, timeout=LONG):
            store.save(name, b"its own")

        assert store.load(name) == b"its own"
        assert store.load("acme") == b"acme's"
        assert store.accounts() == sorted(["acme", name])

    def test_strange_names_are_kept_apart(self, store: TokenStore) -> None:
        records = {name: name.encode() for name in STRANGE_NAMES}
        for name, record in records.items():
            store.save(name, record)

        assert {name: store.load(name) for name in records} == records
        assert store.accounts() == sorted(records)

        for name in STRANGE_NAMES[::2]:
            store.delete(name)

        assert store.accounts() == sorted(STRANGE_NAMES[1::2])

    def test_a_lock_excludes_another_thread(self, store: TokenStore) -> None:
        with store.lock("acme", timeout=LONG), ThreadPoolExecutor(1) as thread:
            attempt = thread.submit(_hold, store, SHORT)

            assert isinstance(attempt.exception(), BusyError)

    @pytest.mark.parametrize("timeout", [SHORT, 0])
    def test_a_lock_excludes_another_opener_each_time(
        self, timeout: float, open_store: OpenStore
    ) -> None:
        with open_store().lock("acme", timeout=LONG):
            for _ in range(2):
                with pytest.raises(BusyError):
                    _hold(open_store(), timeout)

    def test_a_lock_is_free_after_use(self, open_store: OpenStore) -> None:
        for store in (one := open_store(), one, open_store()):
            with pytest.raises(LookupError), store.lock("acme", timeout=0):
                raise LookupError

    def test_a_lock_leaves_other_accounts_alone(self, store: TokenStore) -> None:
        with store.lock("acme", timeout=LONG), store.lock("other", timeout=SHORT):
            store.save("third", b"record")

        assert store.accounts() == ["third"]

    def test_a_locked_account_can_be_used(self, open_store: OpenStore) -> None:
        with open_store().lock("acme", timeout=LONG):
            open_store().save("acme", b"record")

            assert open_store().load("acme") == b"record"

    def test_a_deleted_account_stays_locked(self, open_store: OpenStore) -> None:
        open_store().save("acme", b"record")
        with open_store().lock("acme", timeout=LONG):
            open_store().delete("acme")

            with pytest.raises(BusyError):
                _hold(open_store(), 0)

    def test_no_update_is_lost_under_the_lock(self, open_store: OpenStore) -> None:
        open_store().save("acme", b"0")
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(_count_up, [open_store() for _ in range(20)]))

        assert open_store().load("acme") == b"20"

    def test_a_record_is_never_torn_by_its_writers(self, open_store: OpenStore) -> None:
        records = [bytes([number]) * (64 + 30_000 * number) for number in range(4)]
        open_store().save("acme", records[0])
        with ThreadPoolExecutor(len(records)) as threads:
            writers = [threads.submit(_save_often, open_store(), r) for r in records]
            seen = [open_store().load("acme")]
            while not all(writer.done() for writer in writers):
                seen.append(open_store().load("acme"))

        assert [writer.exception() for writer in writers] == [None] * len(records)
        assert [record for record in seen if record not in records] == []
        assert open_store().accounts() == ["acme"]


class MediaPlace(Protocol):
    """Where `MediaSourceContract` puts the content of one media file."""

    def put(self, content: bytes) -> None:
        """Create the content, or replace it the way your medium does."""

    def remove(self) -> None:
        """Delete the content."""

    def open(self) -> MediaSource:
        """Open it anew, as another process would."""


RANGES = {
    "nothing": (5, 5),
    "nothing at the end": (SIZE, SIZE),
    "the first byte": (0, 1),
    "the last byte": (SIZE - 1, SIZE),
    "across pieces": (MIB - 3, MIB + 3),
    "one whole piece": (MIB, 2 * MIB),
    "all": (0, SIZE),
}


class MediaSourceContract:
    """Check a media source.

    Define `place`: a `MediaPlace` that holds nothing when a test begins.
    """

    @pytest.fixture
    def source(self, place: MediaPlace) -> MediaSource:
        place.put(CONTENT)
        return place.open()

    def test_stat_stays_as_it_was(self, source: MediaSource, place: MediaPlace) -> None:
        first = source.stat()
        _read(source, 0, SIZE)
        place.put(b"other")

        assert first.size_bytes == SIZE
        assert source.stat() == first

    def test_only_other_content_has_another_version(self, place: MediaPlace) -> None:
        place.put(CONTENT)
        version = place.open().stat().version

        assert place.open().stat().version == version

        place.put(OTHER_CONTENT)

        assert place.open().stat().version != version

    @pytest.mark.parametrize(("start", "stop"), RANGES.values(), ids=RANGES)
    def test_a_range_is_that_part_of_the_content(
        self, start: int, stop: int, source: MediaSource
    ) -> None:
        assert _read(source, start, stop) == CONTENT[start:stop]

    def test_empty_content_is_content(self, place: MediaPlace) -> None:
        place.put(b"")

        assert place.open().stat().size_bytes == 0
        assert list(place.open().read(0, 0)) == []

    def test_pieces_are_small_and_never_empty(self, source: MediaSource) -> None:
        sizes = [len(piece) for piece in source.read(0, SIZE)]

        assert min(sizes) > 0
        assert max(sizes) <= 2 * MIB

    def test_content_is_read_in_any_order(self, source: MediaSource) -> None:
        for start in (MIB, 0, 7, 0):
            assert _read(source, start, SIZE) == CONTENT[start:]

    def test_two_reads_do_not_disturb_each_other(self, source: MediaSource) -> None:
        reads = source.read(0, 2 * MIB), source.read(9, 2 * MIB + 9)
        pieces = [[bytes(piece) for piece in pair] for pair in zip(*reads, strict=True)]
        lower, upper = map(b"".join, zip(*pieces, strict=True))

        assert lower == CONTENT[: 2 * MIB]
        assert upper == CONTENT[9 : 2 * MIB + 9]

    def test_a_read_can_be_abandoned(self, source: MediaSource) -> None:
        pieces = iter(source.read(0, SIZE))
        next(pieces)
        del pieces

        assert _read(source, 0, 9) == CONTENT[:9]

    @pytest.mark.parametrize("size", [SIZE - 1, SIZE, SIZE + 1])
    def test_replaced_content_is_refused(self, size: int, place: MediaPlace) -> None:
        place.put(CONTENT)
        source = place.open()
        source.stat()
        place.put((OTHER_CONTENT + b"x")[:size])

        with pytest.raises(MediaError):
            _read(source, 0, 9)

    def test_content_replaced_during_a_read_is_never_mixed_in(
        self, source: MediaSource, place: MediaPlace
    ) -> None:
        pieces = iter(source.read(0, SIZE))
        seen = bytes(next(pieces))
        place.put(OTHER_CONTENT)
        try:
            seen += b"".join(map(bytes, pieces))
        except MediaError:
            return

        assert seen == CONTENT

    def test_missing_content_is_refused(self, place: MediaPlace) -> None:
        with pytest.raises(MediaError):
            place.open().stat()

    def test_removed_content_is_refused(self, place: MediaPlace) -> None:
        place.put(CONTENT)
        source = place.open()
        source.stat()
        place.remove()

        with pytest.raises(MediaError):
            _read(source, 0, 9)


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


def _hold(store: TokenStore, timeout: float) -> None:
    with store.lock("acme", timeout=timeout):
        pass


def _count_up(store: TokenStore) -> None:
    with store.lock("acme", timeout=LONG):
        count = int(store.load("acme") or b"")
        store.save("acme", str(count + 1).encode())


def _save_often(store: TokenStore, record: bytes) -> None:
    for _ in range(10):
        store.save("acme", record)


def _read(source: MediaSource, start: int, stop: int) -> bytes:
    return b"".join(map(bytes, source.read(start, stop)))
