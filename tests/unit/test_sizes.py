"""The sweep over sizes in small, and what it would find."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.chaos.sizes import (
    LARGEST,
    SMALLEST,
    Shipper,
    draw_sizes,
    edges,
    faults,
)
from tiktok_bridge.publish import start, upload, watch
from tiktok_bridge.tiktok.chunks import ChunkPlan, plan_chunks
from tiktok_bridge_sandbox.threads import running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.chaos.sizes import Planner

LONGEST = 10 * 1024**2 + 2


class Short(ChunkPlan):
    """A plan that forgets the last byte."""

    def chunks(self) -> Iterator[tuple[int, int]]:
        for first, stop in super().chunks():
            yield first, stop - (stop == self.video_size)


class Long(ChunkPlan):
    """A plan that begins the last chunk one byte early."""

    def chunks(self) -> Iterator[tuple[int, int]]:
        for first, stop in super().chunks():
            yield first - (stop == self.video_size), stop


def rounded_up(size: int) -> ChunkPlan:
    plan = plan_chunks(size)
    return replace(plan, total_chunk_count=-(-size // plan.chunk_size))


def without_last_byte(size: int) -> ChunkPlan:
    plan = plan_chunks(size)
    return Short(plan.video_size, plan.chunk_size, plan.total_chunk_count)


def with_one_byte_twice(size: int) -> ChunkPlan:
    plan = plan_chunks(size)
    return Long(plan.video_size, plan.chunk_size, plan.total_chunk_count)


def in_64_megabytes(size: int) -> ChunkPlan:
    chunk = min(size, 64_000_000)
    return ChunkPlan(size, chunk, size // chunk)


MUTANTS = [rounded_up, without_last_byte, with_one_byte_twice, in_64_megabytes]


def test_plans_of_many_sizes_are_legal_in_both_readings() -> None:
    sizes = [*edges(), *draw_sizes(1000)]

    assert list(faults(sizes, plan_chunks)) == []
    assert max(sizes) == LARGEST


@pytest.mark.parametrize("mutant", MUTANTS)
def test_control_a_wrong_plan_is_found(mutant: Planner) -> None:
    assert list(faults([*edges(), *draw_sizes(1000)], mutant))


def test_control_one_chunk_too_large_in_one_reading_only_is_found() -> None:
    def in_one(size: int) -> ChunkPlan:
        return ChunkPlan(size, size, 1)

    assert list(faults([64 * 1024**2], in_one))
    assert list(faults([64_000_000], in_one)) == []


def test_videos_around_the_small_limits_arrive_byte_for_byte(tmp_path: Path) -> None:
    sizes = [size for size in edges() if SMALLEST <= size <= LONGEST]

    with running(limits=False, processing_seconds=0) as base_url:
        lost = Shipper(tmp_path, base_url, LONGEST).ship([SMALLEST, *sizes])

    assert len(sizes) == 20
    assert lost == []


@pytest.mark.parametrize("mutant", [rounded_up, without_last_byte, with_one_byte_twice])
def test_control_a_video_that_is_cut_wrongly_does_not_arrive(
    mutant: Planner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (start, upload, watch):
        monkeypatch.setattr(module, "plan_chunks", mutant)

    with running(limits=False, processing_seconds=0) as base_url:
        lost = Shipper(tmp_path, base_url, 20_000_001).ship([20_000_001])

    assert lost == ["20000001"]
