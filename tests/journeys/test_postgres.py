"""What is published with a ledger on PostgreSQL goes as with one in a file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.postgres import PASSWORD
from tiktok_bridge import State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.journeys.conftest import Studio
    from tests.postgres import Server

POSTS = """\
version: 1
defaults: {account: acme}
posts:
"""


@pytest.fixture
def shared(studio: Studio, postgres_server: Server) -> Iterator[Studio]:
    """A studio whose ledger is on a server."""
    with postgres_server.database() as url:
        studio.configure("sqlite:///state/ledger.db", url)
        yield studio


def test_a_post_is_published_once_and_shown(
    shared: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    shared.video(31_000_000)
    with shared.bridge() as bridge:
        results = [bridge.publish(shared.post(video="video.mp4")) for _ in range(2)]
    assert shared.run("posts", "show", "one") == 0

    assert [one.state for one in results] == [State.PUBLISHED] * 2
    assert len(shared.arrived()) == 1
    assert "TikTok says PUBLISH_COMPLETE" in capsys.readouterr().out
    assert not (shared.folder / "state" / "ledger.db").exists()


def test_an_upload_that_broke_off_goes_on(shared: Studio) -> None:
    shared.video(31_000_000)
    faults = [{"kind": "reset_after_bytes", "bytes": 12_000_000}]
    shared.sandbox.faults("upload", faults)
    with shared.bridge() as bridge:
        result = bridge.publish(shared.post(video="video.mp4"))

    assert result.state == State.PUBLISHED
    shared.sandbox.assert_consumed()
    assert len(shared.arrived()) == 1


def test_a_server_that_is_gone_is_told_without_the_password(
    shared: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    shared.configure("/ledger_", "/missing_")

    assert shared.run("posts", "list") == 1
    said = capsys.readouterr().err
    assert "does not exist" in said
    assert PASSWORD not in said


def test_eight_processes_publish_each_post_once(shared: Studio) -> None:
    lines = []
    for number in range(4):
        shared.video(2_000_000 + number, f"{number}.mp4")
        lines.append(
            f"  - {{id: p{number}, video: {number}.mp4, privacy: SELF_ONLY}}\n"
        )
    (shared.folder / "posts.yaml").write_text(POSTS + "".join(lines))
    config, posts = shared.folder / "bridge.yaml", shared.folder / "posts.yaml"
    program = (sys.executable, "-m", "tiktok_bridge", "--config", config)
    started = [
        subprocess.Popen(  # noqa: S603 - our own program
            [*program, "publish", posts, "--format", "json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=os.environ | {"PYTHONWARNINGS": "error::ResourceWarning"},
        )
        for _ in range(8)
    ]
    said = [one.communicate() for one in started]

    assert [one.returncode for one in started] == [0] * 8, said
    for out, _ in said:
        assert {one["state"] for one in json.loads(out)["results"]} == {"PUBLISHED"}
    assert shared.calls("video_init") == 4
    assert len(shared.arrived()) == 4
