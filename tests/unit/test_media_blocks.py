"""A media source is read as a file, each block once."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.unit.films import Memory, blocks
from tiktok_bridge.errors import MediaError
from tiktok_bridge.media.blocks import BLOCK, BudgetError

if TYPE_CHECKING:
    from collections.abc import Iterator

DATA = bytes(range(256)) * (12 * BLOCK // 256) + b"end"


def test_whatever_is_read_is_what_stands_there() -> None:
    file = blocks(DATA)
    places = [(0, 10), (BLOCK - 3, 6), (len(DATA) - 3, 100), (5 * BLOCK, 3 * BLOCK)]

    for start, size in places:
        assert file.seek(start) == start
        assert file.read(size) == DATA[start : start + size]
        assert file.tell() == min(start + size, len(DATA))


def test_a_place_can_be_named_from_each_end() -> None:
    file = blocks(DATA)

    assert file.seek(-3, os.SEEK_END) == len(DATA) - 3
    assert file.read() == b"end"
    assert file.seek(-2, os.SEEK_CUR) == len(DATA) - 2
    assert file.seek(len(DATA) + 9) == len(DATA) + 9
    assert file.read(5) == b""
    with pytest.raises(OSError, match="before the start"):
        file.seek(-1)


def test_a_block_is_read_once_and_more_at_a_time_by_who_goes_on() -> None:
    source = Memory(DATA)
    file = blocks(source)

    for _ in range(2):
        file.seek(0)
        while file.read(1000):
            pass

    sizes = [-(-(stop - start) // BLOCK) for start, stop in source.reads]
    assert sizes == [1, 2, 4, 6]
    assert file.total == len(DATA)


def test_a_small_file_is_read_at_once() -> None:
    source = Memory(DATA[: 3 * BLOCK + 1])
    file = blocks(source)

    file.seek(2 * BLOCK)
    file.read(5)
    file.seek(0)
    file.read(5)

    assert source.reads == [(0, 3 * BLOCK + 1)]


def test_pieces_that_share_one_buffer_are_kept_apart() -> None:
    class Sharing(Memory):
        def read(self, start: int, stop: int) -> Iterator[bytes]:
            buffer = bytearray(100)
            for at in range(start, stop, 100):
                piece = self.data[at : min(at + 100, stop)]
                buffer[: len(piece)] = piece
                yield memoryview(buffer)[: len(piece)]  # type: ignore[misc] # as may be

    file = blocks(Sharing(DATA))

    assert file.read() == DATA


def test_a_read_that_fails_is_the_end_and_is_told_when_asked() -> None:
    class Failing(Memory):
        def read(self, start: int, stop: int) -> Iterator[bytes]:
            if start >= BLOCK:
                raise MediaError("it has changed")
            yield from super().read(start, stop)

    file = blocks(Failing(DATA))

    assert file.read() == DATA[:BLOCK]
    assert file.read(1) == b""
    with pytest.raises(MediaError, match="it has changed"):
        file.require_sound()


def test_more_than_the_budget_is_not_read() -> None:
    source = Memory(DATA)
    file = blocks(source, budget=3 * BLOCK)

    assert len(file.read()) == 3 * BLOCK
    with pytest.raises(BudgetError):
        file.require_sound()
    assert source.total == 3 * BLOCK

    file.allow(BLOCK)
    assert len(file.read(BLOCK)) == BLOCK
    file.require_sound()
