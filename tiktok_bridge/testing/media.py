"""Check that a media source keeps its promises."""
# ruff: noqa: D102, S101 - a test's name is its sentence, and assert is its tool

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from hashlib import shake_256
from itertools import zip_longest
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

import pytest

from tiktok_bridge.errors import MediaError
from tiktok_bridge.testing.faults import UNDEFINED, BreakIt, error_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tiktok_bridge.hookspecs import MediaSource, PublicMedia

    PlaceOf = Callable[[str], "MediaPlace"]

MIB = 1 << 20
SIZE = 2 * MIB + MIB // 2 + 7  #: bytes of the media: two whole pieces and a part
CONTENT = shake_256(b"clip").digest(SIZE)
OTHER_CONTENT = CONTENT[::-1]


class MediaPlace(Protocol):
    """Where `MediaSourceContract` puts the content of one media file."""

    def put(self, content: bytes) -> None:
        """Create the content, or replace it the way your medium does."""

    def remove(self) -> None:
        """Delete the content."""

    def open(self) -> MediaSource:
        """Open it anew, as another process would."""


class PublicPlace(MediaPlace, Protocol):
    """A `MediaPlace` of files that TikTok can fetch."""

    def open(self) -> PublicMedia:
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


STRANGE_FILES = (
    *("a b.mp4", "a%20b.mp4", "a+b.mp4", "a#b.mp4", "a?b=c&d.mp4", "a&b.mp4", "-rf"),
    *("a:b.mp4", "a\\b.mp4", "$HOME.mp4", "*.mp4", "'\".mp4", "a b c.mp4", "A.MP4"),
    *("\xe9.mp4", "e\u0301.mp4", "\U0001f3ac.mp4", "\u202ex.mp4", "x" * 200, "{}"),
)
"""Names that a URL, a shell or a medium could take for something else."""


class MediaSourceContract:
    """Check a media source.

    Define `place`: a `MediaPlace` that holds nothing when a test begins. Define, if
    you can, `place_of`: a function that returns the place of a file of any name; and
    `break_it`: a function that returns a block in which nobody can use the medium.
    """

    @pytest.fixture
    def place_of(self) -> PlaceOf:
        pytest.skip("define the fixture `place_of` to check strange names")

    @pytest.fixture
    def break_it(self) -> BreakIt:
        pytest.skip(UNDEFINED)

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
        pairs = [list(map(bytes, pair)) for pair in zip_longest(*reads, fillvalue=b"")]
        lower, upper = map(b"".join, zip(*pairs, strict=True))

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

    def test_threads_read_side_by_side(
        self, source: MediaSource, place: MediaPlace
    ) -> None:
        sources = [source, place.open(), source, place.open()]
        with ThreadPoolExecutor(len(sources)) as threads:
            found = list(threads.map(lambda one: _read(one, 0, SIZE), sources))

        assert found == [CONTENT] * len(sources)

    def test_strange_names_are_kept_apart(self, place_of: PlaceOf) -> None:
        contents = {name: name.encode() for name in STRANGE_FILES}
        for name, content in contents.items():
            place_of(name).put(content)

        sources = {name: place_of(name).open() for name in STRANGE_FILES}
        found = {n: _read(one, 0, one.stat().size_bytes) for n, one in sources.items()}
        assert found == contents

    def test_a_broken_medium_is_told_and_harms_no_content(
        self, source: MediaSource, place: MediaPlace, break_it: BreakIt
    ) -> None:
        source.stat()
        with break_it():
            errors = [
                error_of(partial(_read, source, 0, SIZE)),
                error_of(lambda: place.open().stat()),
            ]

        assert [one for one in errors if not isinstance(one, MediaError)] == []
        assert _read(source, 0, SIZE) == CONTENT

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


class PublicMediaContract:
    """Check `public_url`.

    Define `public_place`: a `MediaPlace` that holds nothing when a test begins, and
    whose files have an address. Define `fetch` if you can: a function that returns
    what anybody gets there.
    """

    @pytest.fixture
    def fetch(self) -> Callable[[str], bytes]:
        pytest.skip("define the fixture `fetch` to check what is at the address")

    def test_the_address_is_one_from_which_tiktok_fetches(
        self, public_place: PublicPlace
    ) -> None:
        public_place.put(CONTENT)
        for _ in range(2):
            url = public_place.open().public_url() or ""
            parts = urlsplit(url)

            assert parts.scheme == "https"
            assert re.search("[a-z]", parts.hostname or ""), "a host with a name"
            assert parts.username is None
            assert re.fullmatch(r"[!-~]+", url)
            assert not parts.fragment

    def test_the_address_leads_to_the_content(
        self, public_place: PublicPlace, fetch: Callable[[str], bytes]
    ) -> None:
        public_place.put(CONTENT)

        assert fetch(public_place.open().public_url() or "") == CONTENT

    def test_what_is_missing_has_no_address(self, public_place: PublicPlace) -> None:
        with pytest.raises(MediaError):
            public_place.open().public_url()


def _read(source: MediaSource, start: int, stop: int) -> bytes:
    return b"".join(map(bytes, source.read(start, stop)))
