"""A crowd and a large video in small: what `make chaos` does with 500 and 4 GB."""

from __future__ import annotations

from typing import Any

import pytest

from tests.chaos.meeting import meet

CONNECTIONS, ROUNDS, SIZE = 50, 4, 100_000_123
BOUND_KB = 8_192
"""How much the peak may grow once everybody is there and half has come."""


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    return meet(CONNECTIONS, ROUNDS, SIZE)


def test_every_poll_of_a_crowd_is_answered(seen: dict[str, Any]) -> None:
    assert seen["polls"]["sockets"] > CONNECTIONS, "the control: all were open at once"
    assert seen["polls"]["answers"] == {"200 PROCESSING_UPLOAD": CONNECTIONS * ROUNDS}
    assert seen["state"]["contract_violations"] == []


def test_a_large_video_arrives_and_its_bytes_are_not_kept(
    seen: dict[str, Any],
) -> None:
    assert seen["upload"]["answers"] == {"206": 9, "201": 1}
    assert seen["state"]["publishes"][0]["received"] == SIZE
    assert seen["upload"]["last_kb"] - seen["upload"]["first_kb"] <= BOUND_KB
