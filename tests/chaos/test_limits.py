"""Eight processes publish for one account: together they keep TikTok's limits."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tiktok_bridge import Bridge, State, cli
from tiktok_bridge.cli import starter
from tiktok_bridge_sandbox.handle import TikTokSandbox
from tiktok_bridge_sandbox.threads import running

if TYPE_CHECKING:
    from collections.abc import Iterator

CAREFREE = Path(__file__).with_name("carefree.py")
PROCESSES = 8
PER_PROCESS = 3
PER_MINUTE = 6


class Office:
    """A folder where several processes publish, each a file of its own."""

    def __init__(self, folder: Path, base_url: str) -> None:
        self.sandbox = TikTokSandbox(base_url)
        self.folder = folder
        starter.write(folder, starter.sandbox_app(base_url))
        token = folder / "token.json"
        token.write_text(json.dumps(self.sandbox.token()))
        arguments = ("auth", "import", "acme", str(token))
        cli.run(["--config", str(folder / "bridge.yaml"), *arguments])
        for number in range(PROCESSES):
            posts = [
                {
                    "id": f"{number}-{turn}",
                    "account": "acme",
                    "video": "clip.mp4",
                    "privacy": "SELF_ONLY",
                }
                for turn in range(PER_PROCESS)
            ]
            path = folder / f"{number}.yaml"
            path.write_text(json.dumps({"version": 1, "posts": posts}))

    def publish(self, program: list[str], seconds: int) -> None:
        """Publish every file at once, each for *seconds*."""
        options = ("--config", "bridge.yaml", "publish")
        running_ones = [
            subprocess.Popen(  # noqa: S603 - our own program
                [*program, *options, f"{number}.yaml", "--wait", str(seconds)],
                cwd=self.folder,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
            for number in range(PROCESSES)
        ]
        for one in running_ones:
            _, told = one.communicate()
            assert "Traceback" not in told, told

    def refused(self) -> list[str]:
        """Return the posts that met TikTok's limit."""
        with Bridge.from_config(self.folder / "bridge.yaml") as bridge:
            moves = {
                entry.post.id: bridge.ledger.history(entry.key)
                for entry in bridge.ledger.entries()
            }
        return [
            name
            for name, history in moves.items()
            if any((m.answered or {}).get("http_status") == 429 for m in history)
        ]

    def states(self) -> list[State]:
        with Bridge.from_config(self.folder / "bridge.yaml") as bridge:
            return [entry.state for entry in bridge.ledger.entries()]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    switches: dict[str, Any] = {"processing_seconds": 0}
    with running(**switches) as base_url:
        yield Office(tmp_path, base_url)


def test_eight_processes_send_six_posts_in_a_minute(office: Office) -> None:
    office.publish([sys.executable, "-m", "tiktok_bridge"], seconds=0)
    assert office.sandbox.state()["calls"]["video_init"] == PER_MINUTE

    office.publish([sys.executable, "-m", "tiktok_bridge"], seconds=65)

    assert office.refused() == []
    assert office.sandbox.state()["calls"]["video_init"] == 2 * PER_MINUTE
    assert office.states().count(State.PUBLISHED) == 2 * PER_MINUTE
    assert len(office.states()) == PROCESSES * PER_PROCESS


def test_control_processes_that_do_not_count_are_refused(office: Office) -> None:
    office.publish([sys.executable, str(CAREFREE)], seconds=0)

    assert office.refused()
