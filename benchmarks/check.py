"""Measure `check` of 10,000 posts against parsing and validating them once.

Goal: at most twice the time of PyYAML's C loader and one pass of jsonschema over the
same text. Interleaved rounds in one process, median of each; the whole command is
shown beside them. Each post has a video of its own. It is done twice: with PyAV, which
measures every video, and as if it were not installed.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from jsonschema import Draft202012Validator

from tiktok_bridge import Bridge
from tiktok_bridge.config.posts import PostsFile
from tiktok_bridge.tiktok.token import from_response

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 7
POSTS = 10_000
GOAL = 2.0

HERE = Path(__file__).parent
CLIP = HERE.parent / "tiktok_bridge" / "media" / "clip.mp4"
SCHEMA = HERE.parent / "schemas" / "posts.schema.json"
PROGRAM = Path(sys.executable).with_name("tiktok-bridge")

CONFIG = """\
version: 1
app: {client_key: benchmark, client_secret: benchmark}
"""

HEAD = """\
version: 1
defaults: {account: acme}
posts:
"""

POST = """\
  - id: clip-{number}
    video: clips/{number}.mp4
    title: "Clip {number} of the spring collection #spring #clip{number}"
    privacy: SELF_ONLY
    allow: {{comment: true, duet: false, stitch: false}}
    cover_at: 1.5
"""

TOKEN = {"access_token": "act.benchmark", "expires_in": 3600}


def main() -> None:
    """Print the medians, their ratio and the time of the command, for both."""
    with tempfile.TemporaryDirectory() as name:
        config, posts = install(Path(name))
        text = posts.read_text()
        with Bridge.from_config(config) as bridge:
            command = [str(PROGRAM), "--config", str(config), "check", str(posts)]
            whole = statistics.median(seconds(lambda: run(command)) for _ in range(3))
            measured = compare(
                lambda: check(bridge, posts), lambda: parse_and_validate(text)
            )
            sys.modules["av"] = None  # type: ignore[assignment] # as if it were missing
            bare = compare(
                lambda: check(bridge, posts), lambda: parse_and_validate(text)
            )
    report("every video measured", measured)
    report("first bytes only", bare)
    sys.stdout.write(f"check: the command {whole:.2f} s, every video measured\n")


def report(what: str, times: tuple[float, float, float]) -> None:
    """Print one comparison."""
    ours, peer, ratio = times
    verdict = "met" if ratio <= GOAL else "MISSED"
    sys.stdout.write(
        f"check: {POSTS:,} posts, {what}, {ours:.2f} s, parse and validate {peer:.2f}"
        f" s, ratio {ratio:.2f} (goal <= {GOAL}, {verdict})\n"
    )


def compare(
    ours: Callable[[], None], peer: Callable[[], None]
) -> tuple[float, float, float]:
    """Run both in turns; return the median of each and of the rounds' ratios."""
    for work in (ours, peer):  # imports and caches are not what is compared
        work()
    rounds = [(seconds(ours), seconds(peer)) for _ in range(ROUNDS)]
    return (
        statistics.median(own for own, _ in rounds),
        statistics.median(theirs for _, theirs in rounds),
        statistics.median(own / theirs for own, theirs in rounds),
    )


def seconds(work: Callable[[], None]) -> float:
    """Return how long *work* takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def check(bridge: Bridge, posts: Path) -> None:
    """Do what the command `check` does, but for the printing."""
    problems, _ = bridge.check_file(PostsFile.read(posts))
    if problems:
        sys.exit(f"check: the posts should have no problem: {problems[0]}")


def parse_and_validate(text: str) -> None:
    """Do the least that any tool would do."""
    value = yaml.load(text, Loader=yaml.CSafeLoader)
    Draft202012Validator(json.loads(SCHEMA.read_text())).validate(value)


def run(command: list[str]) -> None:
    """Run *command*; its complaints are shown when it fails."""
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own


def install(folder: Path) -> tuple[Path, Path]:
    """Make an installation with posts, videos and a token in *folder*."""
    clips = folder / "media" / "clips"
    clips.mkdir(parents=True)
    shutil.copyfile(CLIP, folder / "clip.mp4")
    for number in range(POSTS):
        (clips / f"{number}.mp4").hardlink_to(folder / "clip.mp4")
    config, posts = folder / "bridge.yaml", folder / "posts.yaml"
    config.write_text(CONFIG)
    posts.write_text(HEAD + "".join(POST.format(number=n) for n in range(POSTS)))
    with Bridge.from_config(config) as bridge:
        bridge.vault.save("acme", from_response(TOKEN, time.time()))
    return config, posts


if __name__ == "__main__":
    main()
