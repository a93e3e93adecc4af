"""Eight processes on one ledger: none acts twice, on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tiktok_bridge import Post, State
from tiktok_bridge.clock import SystemClock
from tiktok_bridge.ledger.database import Database
from tiktok_bridge.ledger.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator

RIVAL = Path(__file__).with_name("rival.py")
PROCESSES, POSTS, STEPS = 8, 24, 5


@dataclass(frozen=True)
class Outcome:
    """What all processes did together."""

    acts: Counter[str]
    busy: int
    overlaps: int
    complaints: str


class Race:
    """A ledger with posts, and processes that begin on them at once."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder
        database = Database(url)
        self.ledger = Ledger(database, SystemClock(), lambda _: [], lambda _: None)
        self.ledger.accept(
            [
                (Post(id=f"p{n}", account="acme", video="a.mp4", mode="inbox"), 1)
                for n in range(POSTS)
            ]
        )

    def run(self, work: str, *options: str) -> Outcome:
        reading, writing = os.pipe()
        command = (str(RIVAL), self.url, str(self.folder), work, *options)
        started = [
            subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, *command],
                stdin=reading,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(PROCESSES)
        ]
        os.close(reading)
        os.close(writing)  # they begin when nobody can write any more
        said = [one.communicate() for one in started]
        found = [json.loads(out) for out, _ in said if out]
        return Outcome(
            Counter(act for one in found for act in one["acts"]),
            sum(one["busy"] for one in found),
            sum(one["overlaps"] for one in found),
            "".join(complaint for _, complaint in said),
        )


@pytest.fixture
def race(ledger_url: str, tmp_path: Path) -> Iterator[Race]:
    race = Race(ledger_url, tmp_path)
    yield race
    race.ledger.close()


@pytest.mark.parametrize("work", ["move", "claim"])
def test_each_step_of_each_post_is_taken_by_one_process(race: Race, work: str) -> None:
    outcome = race.run(work)

    assert outcome.complaints == ""
    assert outcome.busy > 0, "the control: they met"
    assert len(outcome.acts) == POSTS * STEPS
    assert set(outcome.acts.values()) == {1}
    assert outcome.overlaps == 0
    for entry in race.ledger.entries():
        assert (entry.state, entry.version) == (State.PUBLISHED, STEPS)
        assert len(race.ledger.history(entry.key)) == STEPS + 1


def test_a_window_gives_no_more_calls_than_its_limit(race: Race) -> None:
    outcome = race.run("count")

    assert outcome.complaints == ""
    assert outcome.acts.total() == 6


def test_control_without_a_look_at_the_version_two_take_the_same_step(
    race: Race,
) -> None:
    assert max(race.run("move", "--careless").acts.values()) > 1


def test_control_without_locks_two_hold_a_post_and_a_window_gives_too_much(
    race: Race,
) -> None:
    if race.url.startswith("sqlite"):
        pytest.skip("SQLite itself refuses to write upon what another changed")

    # two must meet by chance: each try is a race of its own
    assert any(race.run("claim", "--careless").overlaps > 0 for _ in range(10))
    assert any(
        race.run("count", "--careless", f"a{number}").acts.total() > 6
        for number in range(20)
    )
