"""The long version of the model of delivery, and processes that are killed."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from contextlib import closing
from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.delivering import Game
from tests.desks import Desk, Process
from tiktok_bridge.clock import SystemClock

if TYPE_CHECKING:
    from pathlib import Path

    from tests.postgres import Server

GAMES, ON_A_SERVER, STEPS = 300, 60, 60
KILLS, DELIVERERS, POSTS = 15, 3, 6

DELIVERER = """
import os, sys, time
from tests.desks import BatchDesk, Desk, Process
from tiktok_bridge.clock import SystemClock
class File(BatchDesk if sys.argv[3] == "many" else Desk):
    def take(self, events):
        lines = "".join(event["id"] + "\\n" for event in events)
        file = os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(file, lines.encode())
        os.close(file)
process = Process(sys.argv[1], SystemClock(), {"desk:file": File()})
print("ready", flush=True)
while True:
    process.deliver()
    time.sleep(0.002)
"""


@pytest.mark.parametrize("seed", range(1000, 1000 + GAMES))
def test_every_event_arrives_in_order(seed: int, tmp_path: Path) -> None:
    with closing(Game(f"sqlite:///{tmp_path}/ledger.db", seed)) as game:
        game.play(STEPS)


@pytest.mark.parametrize("seed", range(2000, 2000 + ON_A_SERVER))
def test_every_event_arrives_in_order_on_a_server(
    seed: int, postgres_server: Server
) -> None:
    with (
        postgres_server.database() as url,
        closing(Game(url, seed)) as game,
    ):
        game.play(STEPS)


@pytest.mark.parametrize("takes", ["one", "many"])
def test_deliverers_that_are_killed_lose_nothing_and_keep_the_order(
    ledger_url: str, tmp_path: Path, takes: str
) -> None:
    chance, told = Random(3), tmp_path / "told"  # noqa: S311 - the same in each run
    names = [f"post-{number}" for number in range(POSTS)]
    writer = Process(ledger_url, SystemClock(), {"desk:file": Desk()})
    writer.accept(*names)
    program = [sys.executable, "-c", DELIVERER, ledger_url, str(told), takes]

    def start() -> subprocess.Popen[str]:
        run = subprocess.Popen(program, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own program
        assert run.stdout
        assert run.stdout.readline() == "ready\n"
        return run

    running = [start() for _ in range(DELIVERERS)]
    for _ in range(KILLS):
        for name in names:
            writer.move(name)
        time.sleep(chance.uniform(0, 0.05))  # some moment
        victim = running.pop(0)
        victim.send_signal(signal.SIGKILL)
        victim.communicate()
        running.append(start())
    while writer.left():
        time.sleep(0.05)
    for deliverer in running:
        deliverer.kill()
        deliverer.communicate()
    writer.close()

    seen: dict[str, int] = {}
    ids = told.read_text().split()
    for one in ids:
        post, version = one.split("/")[1], int(one.split("/")[2])
        assert version <= seen.get(post, -1) + 1, "none comes before an earlier one"
        seen[post] = max(version, seen.get(post, -1))
    assert seen == dict.fromkeys(names, KILLS)
    repeated = len(ids) - len(set(ids))
    assert repeated <= KILLS * POSTS * 2, "only what was under way came again"
