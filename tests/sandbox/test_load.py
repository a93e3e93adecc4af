"""A crowd and a large video in small: what `make chaos` does with 500 and 4 GB."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

CROWD = Path(__file__).parents[1] / "chaos" / "crowd.py"
CONNECTIONS, ROUNDS, SIZE = 50, 4, 100_000_123
BOUND_KB = 8_192
"""How much the peak may grow once everybody is there and half has come."""


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    arguments = map(str, (CROWD, CONNECTIONS, ROUNDS, SIZE))
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    facts: dict[str, Any] = json.loads(done.stdout)
    return facts


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
