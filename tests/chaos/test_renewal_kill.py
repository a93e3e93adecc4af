"""Kill a renewal anywhere: no file is torn, and a lost token is nobody's fault."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from tests.chaos.renewing import renewer
from tests.chaos.storming import Installation
from tiktok_bridge_sandbox.threads import running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KILLS = 150
SEED = 20260801


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    with running(limits=False) as base_url:
        yield Installation(tmp_path, base_url)


def test_killed_at_any_step_a_token_is_kept_or_named_as_lost(
    installation: Installation,
) -> None:
    with renewer(installation) as one:
        steps, _ = one.renew("0")
        found = one.outcomes(str(step) for step in range(1, steps + 1))

    assert found["killed"] == steps > 50
    assert found["blamed"] == 0
    assert found["lost, and named"] > 0, "the control: some are lost"
    assert found["renewed"] + found["lost, and named"] == steps


def test_killed_at_random_a_token_is_kept_or_named_as_lost(
    installation: Installation,
) -> None:
    chance = random.Random(SEED)  # noqa: S311 - guards nothing
    with renewer(installation) as one:
        seconds = min(one.renew("0")[1] for _ in range(5))
        moments = (f"{chance.uniform(0, seconds):.5f}" for _ in range(KILLS))
        found = one.outcomes(moments)

    assert found["killed"] > KILLS // 2
    assert found["blamed"] == 0
    assert found["lost, and named"] > 0, "the control: some are lost"
    assert found["renewed"] + found["lost, and named"] == KILLS
    print(dict(found))  # noqa: T201 - for the curious


def test_control_without_the_note_the_creator_is_blamed(
    installation: Installation,
) -> None:
    with renewer(installation, "--forgetful") as one:
        steps, _ = one.renew("0")
        found = one.outcomes(str(step) for step in range(1, steps + 1))

    assert found["blamed"] > 0
