"""Measure many small posts: how many a second, the CPU of one, and the memory.

Goals: 1,000 posts of 100 kB at 50 a second or more with `--jobs 16`; at most 5 ms of
CPU for a post besides the network, which is what `Client` alone needs for the same four
requests, measured in turns with it; and no more memory after 10,000 posts than after
1,000. A sandbox without limits plays TikTok, in a process of its own.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tiktok_bridge import Bridge, Client, Post, State, plan_chunks
from tiktok_bridge.cli import starter
from tiktok_bridge.tiktok.token import from_response
from tiktok_bridge_sandbox.handle import TikTokSandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUNDS, BATCH = 7, 100
POSTS, JOBS = 1000, 16
MANY: Final = 10_000
PER_ACCOUNT: Final = 5
"""Posts of one account: TikTok takes six in a minute."""

SPEED_GOAL: Final = 50.0
CPU_GOAL: Final = 5.0
GROWTH_GOAL: Final = 1.05


class Publisher:
    """A folder with an account for every few posts."""

    def __init__(self, folder: Path, sandbox: TikTokSandbox) -> None:
        starter.write(folder, starter.sandbox_app(sandbox.base_url))
        self._config = folder / "bridge.yaml"
        self._token = from_response(sandbox.token(), now=time.time())
        self.video = (folder / "media" / "clip.mp4").read_bytes()
        self._made = self._accounts = 0
        self.client = Client(self.bridge().settings.app, base_url=sandbox.base_url)

    def bridge(self) -> Bridge:
        """Open the installation."""
        return Bridge.from_config(self._config)

    def posts(self, count: int) -> list[Post]:
        """Return *count* new posts, a few of each account."""
        first, self._made = self._made, self._made + count
        wanted = -(-self._made // PER_ACCOUNT)
        with self.bridge() as bridge:
            for number in range(self._accounts, wanted):
                bridge.vault.save(f"name-{number}", self._token)
        self._accounts = wanted
        return [
            Post(
                id=str(number),
                account=f"name-{number // PER_ACCOUNT}",
                video="clip.mp4",
                title="Hello",
                privacy="SELF_ONLY",
            )
            for number in range(first, self._made)
        ]

    def publish(self, count: int, jobs: int = 1) -> tuple[float, float]:
        """Publish *count* new posts; return the milliseconds of CPU and the seconds."""
        posts = self.posts(count)
        with self.bridge() as bridge:
            cpu, began = time.process_time(), time.perf_counter()
            results = bridge.publish_all(posts, jobs=jobs)
            cpu, took = time.process_time() - cpu, time.perf_counter() - began
        if {one.state for one in results} != {State.PUBLISHED}:
            sys.exit(f"not published: {results[-1]}")
        return cpu * 1000 / count, took

    def only_ask(self, count: int) -> float:
        """Make the requests of *count* posts, and return the milliseconds of CPU."""
        content, token, size = self.client.content, self._token, len(self.video)
        (post,) = self.posts(1)
        cpu = time.process_time()
        for _ in range(count):
            content.creator_info(token.access_token)
            plan = plan_chunks(size)
            started = content.init(token.access_token, post, "direct", plan)
            chunk = (0, size, size)
            content.put(started.upload_url, "video/mp4", chunk, [self.video])
            content.status(token.access_token, started.publish_id)
        return (time.process_time() - cpu) * 1000 / count


def main() -> None:
    """Measure all three and print them."""
    with sandbox() as tiktok, tempfile.TemporaryDirectory() as folder:
        publisher = Publisher(Path(folder), tiktok)
        measure_cpu(publisher)
        measure_speed(publisher)
    with sandbox() as tiktok, tempfile.TemporaryDirectory() as folder:
        measure_memory(Publisher(Path(folder), tiktok))


def measure_cpu(publisher: Publisher) -> None:
    """Print what a post costs besides its requests."""
    publisher.publish(BATCH)
    pairs = [
        (publisher.publish(BATCH)[0], publisher.only_ask(BATCH)) for _ in range(ROUNDS)
    ]
    ours = statistics.median(post - asked for post, asked in pairs)
    whole, asked = (statistics.median(one) for one in zip(*pairs, strict=True))
    say(
        f"CPU of a post      {ours:6.1f} ms besides the network (goal"
        f" {CPU_GOAL:.0f}); {whole:.1f} ms with it, {asked:.1f} ms of requests alone"
    )


def measure_speed(publisher: Publisher) -> None:
    """Print how many posts a second go out."""
    took = statistics.median(publisher.publish(POSTS, JOBS)[1] for _ in range(5))
    say(
        f"--jobs {JOBS}          {POSTS / took:6.1f} posts a second"
        f" (goal {SPEED_GOAL:.0f})"
    )


def measure_memory(publisher: Publisher) -> None:
    """Print whether memory grows with the posts that went before."""
    marks = []
    for done in range(0, MANY, POSTS):
        publisher.publish(POSTS, JOBS)
        marks.append(resident())
        say(f"  after {done + POSTS:6} posts: {marks[-1] / 1024:.1f} MiB")
    say(
        f"memory             {marks[-1] / marks[0]:6.2f} x after {MANY} posts"
        f" (goal {GROWTH_GOAL})"
    )


def say(line: str) -> None:
    """Print *line* at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def resident() -> int:
    """Return the resident memory of this process, in KiB."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return int(next(one for one in lines if one.startswith("VmRSS")).split()[1])


@contextmanager
def sandbox() -> Iterator[TikTokSandbox]:
    """Run a sandbox that neither limits nor waits."""
    program = (sys.executable, "-m", "tiktok_bridge", "sandbox", "--port", "0")
    switches = ("--switch", "limits=false", "--switch", "processing_seconds=0")
    with subprocess.Popen(  # noqa: S603 - our own program
        [*program, "--format", "json", *switches], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            yield TikTokSandbox(json.loads(line)["base_url"])
        finally:
            process.terminate()


if __name__ == "__main__":
    main()
