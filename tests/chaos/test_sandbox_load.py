"""A crowd of 500 and a video of 4 GB: the sandbox holds both and does not grow."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from tests.chaos.meeting import meet

CONNECTIONS, ROUNDS, SIZE = 500, 5, 4_000_000_000
BOUND_KB = 8_192
"""How much the peak may grow once everybody is there and 100 MB have come."""

HOARD = """
import sys
kept = []
for _ in range(2):
    kept.append(bytearray(b"x" * 10_000_000))
    lines = open("/proc/self/status").read().splitlines()
    print(next(line for line in lines if line.startswith("VmHWM")).split()[1])
"""


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    return meet(CONNECTIONS, ROUNDS, SIZE)


def test_every_poll_of_500_connections_at_once_is_answered(
    seen: dict[str, Any],
) -> None:
    assert seen["polls"]["sockets"] > CONNECTIONS, "the control: all were open at once"
    assert seen["polls"]["answers"] == {"200 PROCESSING_UPLOAD": CONNECTIONS * ROUNDS}
    assert seen["state"]["calls"]["status"] == CONNECTIONS * ROUNDS
    assert seen["state"]["contract_violations"] == []


def test_memory_does_not_grow_with_the_polls(seen: dict[str, Any]) -> None:
    assert seen["polls"]["last_kb"] - seen["polls"]["first_kb"] <= BOUND_KB


def test_four_gigabytes_arrive_by_the_chunk_rules(seen: dict[str, Any]) -> None:
    publish = seen["state"]["publishes"][0]

    assert seen["upload"]["answers"] == {"206": 399, "201": 1}
    assert publish["received"] == SIZE
    assert publish["status"] == "PUBLISH_COMPLETE"


def test_memory_does_not_grow_with_the_upload(seen: dict[str, Any]) -> None:
    assert seen["upload"]["last_kb"] - seen["upload"]["first_kb"] <= BOUND_KB


def test_control_the_ruler_sees_a_chunk_that_is_kept() -> None:
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", HOARD], capture_output=True, text=True, check=True
    )

    before, after = map(int, done.stdout.split())

    assert after - before > BOUND_KB
