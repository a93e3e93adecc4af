"""Plans of chunks are legal, whatever TikTok means by MB."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok_bridge import MediaError
from tiktok_bridge.tiktok.chunks import MAX_VIDEO, ChunkPlan, plan_chunks

MB, MIB = 1000**2, 1024**2
LIMITS = [1, 5 * MB, 5 * MIB, 10 * MB, 20 * MB, 60 * MB, 64 * MB, 64 * MIB]
LIMITS += [128 * MB, 128 * MIB, 200 * MB, 1200 * MB, 4000 * MB, MAX_VIDEO]
EDGES = sorted({limit + by for limit in LIMITS for by in (-2, -1, 0, 1, 2)})


def broken_rules(plan: ChunkPlan, megabyte: int) -> list[str]:
    """Name the rules of the media transfer guide that *plan* breaks."""
    size, chunk, count = plan.video_size, plan.chunk_size, plan.total_chunk_count
    last = size - chunk * (count - 1)
    rules = {
        "the count is the floor": count == size // chunk,
        "1 to 1000 chunks": 1 <= count <= 1000,
        "one chunk is the whole": count > 1 or chunk == size,
        "a small video is one chunk": size >= 5 * megabyte or count == 1,
        "a large video is several chunks": size <= 64 * megabyte or count > 1,
        "a chunk has 5 MB": chunk >= 5 * megabyte or size < 5 * megabyte,
        "a chunk has at most 64 MB": chunk <= 64 * megabyte,
        "the last has at most 128 MB": last <= 128 * megabyte,
    }
    return [rule for rule, kept in rules.items() if not kept]


@pytest.mark.parametrize("size", [edge for edge in EDGES if 0 < edge <= MAX_VIDEO])
def test_a_plan_at_a_limit_is_legal_in_both_readings(size: int) -> None:
    plan = plan_chunks(size)

    assert broken_rules(plan, MB) == []
    assert broken_rules(plan, MIB) == []


@given(st.integers(1, MAX_VIDEO))
def test_any_plan_is_legal_in_both_readings(size: int) -> None:
    plan = plan_chunks(size)

    assert broken_rules(plan, MB) == []
    assert broken_rules(plan, MIB) == []


@given(st.integers(1, MAX_VIDEO))
def test_the_chunks_follow_each_other_and_make_up_the_video(size: int) -> None:
    plan = plan_chunks(size)
    chunks = list(plan.chunks())

    assert len(chunks) == plan.total_chunk_count
    assert chunks[0][0] == 0
    assert chunks[-1][1] == size
    assert all(a[1] == b[0] for a, b in pairwise(chunks))


@given(st.integers(1, MAX_VIDEO), st.data())
def test_what_is_left_starts_where_the_server_stands(
    size: int, data: st.DataObject
) -> None:
    offset = data.draw(st.integers(0, size - 1))
    rest = list(plan_chunks(size).rest(offset))

    assert rest[0][0] == offset
    assert rest[-1][1] == size


@pytest.mark.parametrize(
    "wrong",
    [
        ChunkPlan(66 * MB, 64 * MB, 1),
        ChunkPlan(64 * MB + 1, 64 * MB, 1),
        ChunkPlan(50_000_123, 10 * MB, 6),
        ChunkPlan(158_008_374, 158_008_374, 1),
        ChunkPlan(12 * MB, 4 * MB, 3),
    ],
    ids=lambda plan: f"{plan.video_size}/{plan.chunk_size}/{plan.total_chunk_count}",
)
def test_control_the_known_wrong_plans_are_found(wrong: ChunkPlan) -> None:
    assert broken_rules(wrong, MB)


def test_the_official_example_is_planned_as_it_is_printed() -> None:
    assert plan_chunks(50_000_123) == ChunkPlan(50_000_123, 10_000_000, 5)


def test_chunks_grow_so_that_large_videos_need_few_requests() -> None:
    assert plan_chunks(70 * MB).chunk_size == 10 * MB
    assert plan_chunks(4000 * MB).chunk_size == 60 * MB
    assert plan_chunks(4000 * MB).total_chunk_count == 66


@pytest.mark.parametrize("size", [0, -1, MAX_VIDEO + 1])
def test_what_cannot_be_cut_is_refused(size: int) -> None:
    with pytest.raises(MediaError):
        plan_chunks(size)
