"""Renewals that meet or are killed, in small: `make chaos` has storms and sweeps."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.chaos.renewing import renewer
from tests.chaos.storming import CalmError, Installation, is_lawful, storm
from tiktok_bridge_sandbox.threads import running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WORKERS, ROUNDS, THREADS = 8, 4, 20
EVERY = 7
"""Steps of a renewal from one kill to the next."""


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    with running(limits=False) as base_url:
        yield Installation(tmp_path, base_url)


def test_of_processes_that_meet_one_renews(installation: Installation) -> None:
    with storm(installation, WORKERS, ROUNDS) as one:
        for number in range(ROUNDS):
            assert is_lawful(seen := one.blow()), (number, seen)
            assert installation.is_live()


def test_control_without_the_lock_several_renew(installation: Installation) -> None:
    with storm(installation, WORKERS, 1, "--unlocked") as one:
        assert one.blow()["renewals"] > 1


def test_control_processes_that_do_not_meet_are_no_test(
    installation: Installation,
) -> None:
    with (
        storm(installation, WORKERS, 1, "--straggling") as one,
        pytest.raises(CalmError, match=f"^1 of {WORKERS} processes met"),
    ):
        one.blow()


def test_of_threads_that_meet_one_renews(installation: Installation) -> None:
    gate = threading.Barrier(THREADS)
    with installation.bridge() as bridge, ThreadPoolExecutor(THREADS) as threads:
        refused = bridge.vault.require("acme").access_token

        def ask() -> object:
            gate.wait()
            return bridge.vault.access("acme", refused=refused)

        done = [threads.submit(ask) for _ in range(THREADS)]

        assert len({one.result() for one in done}) == 1
    assert installation.renewals() == 1
    assert installation.is_live()


@pytest.mark.parametrize("option", [None, "--forgetful"])
def test_killed_on_the_way_a_token_is_kept_or_named_as_lost(
    installation: Installation, option: str | None
) -> None:
    """The control: without the note about it, the creator is blamed."""
    with renewer(installation, *filter(None, [option])) as one:
        steps, _ = one.renew("0")
        found = one.outcomes(str(step) for step in range(1, steps + 1, EVERY))

    assert found["killed"] > 5
    assert (found["blamed"] > 0) == bool(option)
    assert (found["lost, and named"] > 0) == (option is None)
