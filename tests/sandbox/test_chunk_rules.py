"""Which chunk plans are accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok_bridge_sandbox.chunk_rules import Plan, check
from tiktok_bridge_sandbox.errors import InvalidParamsError
from tiktok_bridge_sandbox.switches import Switches

if TYPE_CHECKING:
    from tests.sandbox.conftest import Person

SIZE = "The chunk size is invalid"
COUNT = "The total chunk count is invalid"
MIB = 1_048_576


def verdict(size: int, chunk: int, count: int, megabyte: str = "decimal") -> str:
    try:
        check(Plan(size, chunk, count), Switches(megabyte=megabyte))  # type: ignore[arg-type]  # tried on purpose
    except InvalidParamsError as error:
        return str(error)
    return "ok"


@pytest.mark.parametrize(
    ("size", "chunk", "count", "expected"),
    [
        (50_000_123, 10_000_000, 5, "ok"),  # the official example
        (1, 1, 1, "ok"),
        (4_999_999, 4_999_999, 1, "ok"),
        (64_000_000, 64_000_000, 1, "ok"),
        (4_000_000_000, 10_000_000, 400, "ok"),
        (5_000_000_000, 10_000_000, 500, "The video size is invalid"),
        (0, 0, 0, "The video size is invalid"),
        (158_008_374, 158_008_374, 1, SIZE),  # recorded
        (64_000_001, 64_000_000, 1, SIZE),  # recorded
        (64_000_001, 64_000_001, 1, SIZE),
        (121_000_000, 64_000_000, 1, SIZE),
        (12_000_000, 4_999_999, 2, SIZE),
        (12_000_000, 0, 1, SIZE),
        (12_000_000, -1, 1, SIZE),
        (4_000_000, 5_000_000, 1, SIZE),
        (50_000_123, 10_000_000, 6, COUNT),  # ceil instead of floor
        (50_000_123, 10_000_000, 4, COUNT),
        (50_000_123, 10_000_000, 0, COUNT),
    ],
)
def test_the_rules_of_the_transfer_guide(
    size: int, chunk: int, count: int, expected: str
) -> None:
    assert verdict(size, chunk, count) == expected


@pytest.mark.parametrize(
    ("size", "chunk", "count", "decimal", "binary"),
    [
        (64 * MIB, 64 * MIB, 1, SIZE, "ok"),
        (20_000_000, 5_000_000, 4, "ok", SIZE),
        (4_096 * MIB, 10 * MIB, 409, "The video size is invalid", "ok"),
    ],
)
def test_a_megabyte_is_what_the_switch_says(
    size: int, chunk: int, count: int, decimal: str, binary: str
) -> None:
    assert verdict(size, chunk, count, "decimal") == decimal
    assert verdict(size, chunk, count, "binary") == binary


@given(st.integers(1, 4_000_000_000))
def test_the_safe_plan_is_lawful_in_every_reading(size: int) -> None:
    chunk = size if size <= 64_000_000 else 10_000_000

    assert verdict(size, chunk, size // chunk, "decimal") == "ok"
    assert verdict(size, chunk, size // chunk, "binary") == "ok"


def test_a_bad_plan_is_told_with_the_recorded_text(acme: Person) -> None:
    source = {
        "source": "FILE_UPLOAD",
        "video_size": 64_000_001,
        "chunk_size": 64_000_000,
        "total_chunk_count": 1,
    }

    body = {"post_info": {"privacy_level": "SELF_ONLY"}, "source_info": source}
    answer = acme.post("video/init", body)

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "invalid_params"
    assert answer.json()["error"]["message"] == SIZE
