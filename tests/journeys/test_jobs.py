"""Accounts are worked on side by side, the posts of one in series."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tiktok_bridge import LedgerError, State

if TYPE_CHECKING:
    from pathlib import Path

    from tests.journeys.conftest import Studio

NAMES = [f"name-{number}" for number in range(6)]


class Overlaps(httpx.HTTPTransport):
    """Counts how many requests of one account, and of all, are made at once."""

    def __init__(self) -> None:
        super().__init__()
        self.now: Counter[int] = Counter()
        self.most = 0
        self._lock = threading.Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        thread = threading.get_ident()
        with self._lock:
            self.now[thread] += 1
            self.most = max(self.most, len(+self.now))
        try:
            return super().handle_request(request)
        finally:
            with self._lock:
                self.now[thread] -= 1


@pytest.fixture
def many(studio: Studio) -> Studio:
    """Six names of accounts; the sandbox knows them as one."""
    studio.sandbox.reset(limits=False, processing_seconds=0)
    token = studio.folder / "token.json"
    token.write_text(json.dumps(studio.sandbox.token()))
    for name in NAMES:
        assert studio.run("auth", "import", name, str(token)) == 0
    return studio


def test_accounts_are_worked_on_at_once_and_each_in_its_order(many: Studio) -> None:
    posts = [
        many.post(id=f"{number}", account=name, title=f"{name} {number}")
        for number in range(4)
        for name in NAMES
    ]
    transport = Overlaps()
    with many.bridge(transport=transport) as bridge:
        results = bridge.publish_all(posts, jobs=4)

    assert [(one.account, one.id) for one in results] == [
        (post.account, post.id) for post in posts
    ]
    assert {one.state for one in results} == {State.PUBLISHED}
    assert 2 <= transport.most <= 4
    titles = [one["post_info"]["title"] for one in many.arrived()]
    for name in NAMES:
        of_one = [title for title in titles if title.startswith(name)]
        assert of_one == [f"{name} {number}" for number in range(4)]


def test_one_callback_speaks_at_a_time(many: Studio) -> None:
    speaking, seen, overlaps = threading.Lock(), [], []

    def listen(event: dict[str, Any]) -> None:
        overlaps.append(not speaking.acquire(blocking=False))
        seen.append(event["id"])
        time.sleep(0.001)
        speaking.release()

    with many.bridge(on_event=listen) as bridge:
        bridge.publish_all([many.post(account=name) for name in NAMES], jobs=6)

    assert not any(overlaps)
    assert len(seen) == len(set(seen)) == 6 * 6


def test_a_failure_of_the_installation_ends_every_worker(many: Studio) -> None:
    before = threading.active_count()
    with many.bridge() as bridge:
        move, left = bridge.ledger.move, [10]

        def fail_later(*args: Any, **changes: Any) -> Any:  # noqa: ANN401 - as `move`
            left[0] -= 1
            if left[0] < 0:
                raise LedgerError("the disk is full")
            return move(*args, **changes)

        bridge.ledger.move = fail_later  # type: ignore[method-assign]
        with pytest.raises(LedgerError, match="the disk is full"):
            bridge.publish_all([many.post(account=name) for name in NAMES], jobs=6)

    assert threading.active_count() == before
    with many.bridge() as bridge:
        results = bridge.publish_all(
            [many.post(account=name) for name in NAMES], jobs=6
        )
    assert {one.state for one in results} == {State.PUBLISHED}
    assert len(many.arrived()) == len(NAMES)


@pytest.mark.parametrize("jobs", ["1", "4"])
def test_ctrl_c_ends_uploads_and_leaves_all_of_them_resumable(
    many: Studio, jobs: str
) -> None:
    many.sandbox.faults("upload", [{"kind": "slow", "bytes_per_second": 2000}] * 4)
    posts = [
        {"id": name, "account": name, "video": "clip.mp4", "privacy": "SELF_ONLY"}
        for name in NAMES[:4]
    ]
    path = many.folder / "posts.yaml"
    path.write_text(json.dumps({"version": 1, "posts": posts}))
    status, err = interrupted(many.folder, path, jobs)

    assert status == 130, err
    assert "Traceback" not in err
    with many.bridge() as bridge:
        states = {entry.state for entry in bridge.ledger.entries()}
        owners = {entry.owner for entry in bridge.ledger.entries()}
    assert states <= {State.PLANNED, State.UPLOADING, State.LAST_CHUNK_SENT}
    assert owners == {None}


def interrupted(folder: Path, posts: Path, jobs: str) -> tuple[int, str]:
    """Publish in a process of its own, and press Ctrl-C once it uploads."""
    program = (sys.executable, "-m", "tiktok_bridge", "--config", "bridge.yaml")
    with subprocess.Popen(  # noqa: S603 - our own program
        [*program, "publish", str(posts), "--jobs", jobs],
        cwd=folder,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr
        said = ""
        while "last chunk sent" not in said:
            line = process.stderr.readline()
            assert line, said
            said += line
        os.kill(process.pid, signal.SIGINT)
        said += process.stderr.read()
        return process.wait(timeout=30), said
