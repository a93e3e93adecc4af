"""Processes and threads that meet at an ended token renew it once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.chaos.storming import CalmError, Installation, is_lawful, storm
from tiktok_bridge_sandbox.threads import running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tiktok_bridge import BridgeError

WORKERS, ROUNDS, THREADS = 64, 50, 200


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    with running(limits=False) as base_url:
        yield Installation(tmp_path, base_url)


def test_of_64_processes_one_renews_in_each_of_50_rounds(
    installation: Installation,
) -> None:
    waits = []
    with storm(installation, WORKERS, ROUNDS) as one:
        for number in range(ROUNDS):
            seen = one.blow()

            assert is_lawful(seen), (number, seen)
            assert installation.is_live()
            waits.append(seen["p95"])
    print(f"p95 of the waiting, median: {sorted(waits)[ROUNDS // 2]:.3f} s")  # noqa: T201 - for the curious


def test_control_without_the_lock_many_renew(installation: Installation) -> None:
    with storm(installation, WORKERS, 3, "--unlocked") as one:
        seen = one.blow()

    assert not is_lawful(seen)
    assert seen["renewals"] > 1


def test_control_a_storm_without_a_gate_is_refused(installation: Installation) -> None:
    with (
        storm(installation, WORKERS, 1, "--straggling") as one,
        pytest.raises(CalmError, match=f"^1 of {WORKERS} processes met"),
    ):
        one.blow()


def test_of_200_threads_on_one_bridge_one_renews(installation: Installation) -> None:
    gate = threading.Barrier(THREADS)
    with installation.bridge() as bridge, ThreadPoolExecutor(THREADS) as threads:
        for _ in range(5):
            refused = bridge.vault.require("acme").access_token
            before = installation.renewals()

            def ask(refused: object = refused) -> object:
                gate.wait()
                return bridge.vault.access("acme", refused=refused)  # type: ignore[arg-type] # a Secret

            done = [threads.submit(ask) for _ in range(THREADS)]

            assert len({one.result() for one in done}) == 1
            assert installation.renewals() - before == 1
            assert installation.is_live()


def test_keys_change_while_8_processes_renew(installation: Installation) -> None:
    """All the time a key is added, every record sealed with it, the old one retired."""
    over = threading.Event()
    changes: list[tuple[str, ...]] = []
    wrong: list[BridgeError] = []

    def change_keys() -> None:
        with installation.bridge() as bridge:
            while not over.is_set():
                bridge.vault.keys.rotate()
                wrong.extend(one.error for one in bridge.vault.rewrap() if one.error)
                for old in bridge.vault.keys.ring.ids[:-1]:
                    bridge.vault.retire_key(old)
                changes.append(bridge.vault.keys.ring.ids)

    with ThreadPoolExecutor(1) as thread, storm(installation, 8, 60) as one:
        changing = thread.submit(change_keys)
        try:
            for number in range(60):
                assert is_lawful(seen := one.blow()), (number, seen)
                assert installation.is_live()
        finally:
            over.set()
        changing.result()

    assert wrong == []
    assert len(set(changes)) > 20, "the control: keys did change"
