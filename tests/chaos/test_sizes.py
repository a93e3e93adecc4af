"""Videos of every size are cut as TikTok wants it, and arrive byte for byte."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.chaos.sizes import (
    LARGEST,
    READINGS,
    SMALLEST,
    Shipper,
    draw_sizes,
    edges,
    faults,
)
from tiktok_bridge.tiktok.chunks import plan_chunks
from tiktok_bridge_sandbox.threads import running

if TYPE_CHECKING:
    from pathlib import Path

SENT = 60
LONGEST = 128 * 1024**2 + 2
QUICK: dict[str, Any] = {"limits": False, "processing_seconds": 0}


def test_plans_of_ten_thousand_sizes_are_legal_in_both_readings() -> None:
    sizes = [*edges(), *draw_sizes(10_000)]

    assert list(faults(sizes, plan_chunks)) == []


@pytest.mark.parametrize("reading", READINGS)
def test_videos_around_each_limit_arrive_byte_for_byte(
    reading: str, tmp_path: Path
) -> None:
    near = [size for size in edges() if SMALLEST <= size <= LONGEST]
    drawn = [size for size in draw_sizes(1000) if SMALLEST <= size <= LONGEST][:SENT]

    with running(**QUICK, megabyte=reading) as base_url:
        lost = Shipper(tmp_path, base_url, LONGEST).ship(near + drawn)

    assert len(near + drawn) >= 100, "the control: there is something to send"
    assert lost == []


@pytest.mark.parametrize(
    ("reading", "size"), [("decimal", 4_000_000_000), ("binary", LARGEST)]
)
def test_the_largest_video_arrives_byte_for_byte(
    reading: str, size: int, tmp_path: Path
) -> None:
    with running(**QUICK, megabyte=reading) as base_url:
        shipper = Shipper(tmp_path, base_url, SMALLEST)
        shipper.film.grow(size)
        lost = shipper.ship([size])

    assert lost == []
