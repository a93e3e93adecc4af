"""Check that a media source keeps its promises."""
# ruff: noqa: D102, S101 - a test's name is its sentence, and assert is its tool

from __future__ import annotations

from hashlib import shake_256
from typing import TYPE_CHECKING, Protocol

import pytest

from tiktok_bridge.errors import MediaError

if TYPE_CHECKING:
    from tiktok_bridge.hookspecs import MediaSource

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


def _read(source: MediaSource, start: int, stop: int) -> bytes:
    return b"".join(map(bytes, source.read(start, stop)))
