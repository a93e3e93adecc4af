"""Kill a publish anywhere and run it again: posted once, never lost."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tiktok_bridge import cli
from tiktok_bridge.cli import starter
from tiktok_bridge_sandbox.handle import TikTokSandbox
from tiktok_bridge_sandbox.threads import running

if TYPE_CHECKING:
    from collections.abc import Iterator

VICTIM = Path(__file__).with_name("victim.py")
NOWHERE = 0
"""A point that no run passes: it lives."""


class Publisher:
    """A folder and a sandbox; every post is published by a process of its own."""

    def __init__(self, folder: Path, base_url: str) -> None:
        self.sandbox = TikTokSandbox(base_url)
        self.config = folder / "bridge.yaml"
        starter.write(folder, starter.sandbox_app(base_url))
        starter.write_clip(folder / "media" / "video.mp4", 31_000_000)
        token = folder / "token.json"
        token.write_text(json.dumps(self.sandbox.token()))
        cli.run(["--config", str(self.config), "auth", "import", "acme", str(token)])

    def publish(self, post_id: str, point: int, *options: str) -> tuple[int, str]:
        """Publish *post_id* in a process that dies at *point*."""
        arguments = (str(self.config), post_id, "video.mp4", str(point), *options)
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, str(VICTIM), *arguments],
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode, done.stdout

    def sweep(self, *options: str) -> Counter[str]:
        """Kill at every point in turn, publish again; count what was posted."""
        code, out = self.publish("whole", NOWHERE, *options)
        assert code == 0
        points = int(out.split()[0])
        assert points > 30, "the control: there is something to kill at"
        for point in range(1, points + 1):
            assert self.publish(f"killed-at-{point}", point, *options)[0] == -9
            code, out = self.publish(f"killed-at-{point}", NOWHERE, *options)
            assert (code, out.split()[1]) == (0, "PUBLISHED"), point
        return Counter(
            one["post_info"]["title"]
            for one in self.sandbox.state()["publishes"]
            if one["status"] == "PUBLISH_COMPLETE"
        )


@pytest.fixture
def publisher(tmp_path: Path) -> Iterator[Publisher]:
    with running(limits=False, processing_seconds=0) as base_url:
        yield Publisher(tmp_path, base_url)


def test_killed_at_any_point_a_post_is_posted_once(publisher: Publisher) -> None:
    posted = publisher.sweep()

    assert len(posted) > 30
    assert set(posted.values()) == {1}


def test_control_an_engine_that_forgets_to_ask_posts_twice(
    publisher: Publisher,
) -> None:
    assert max(publisher.sweep("--forgetful").values()) > 1
