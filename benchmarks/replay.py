"""Measure `doctor replay` of a bundle, from a cold start, against `import click`.

Goal: at most 1.5 seconds. Interleaved runs, median of each. The bundle is of an
installation at a local TikTok that refuses its post as unaudited.
"""

from __future__ import annotations

import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

RUNS = 11
GOAL = 1.5
FAILURES = 3
PROGRAM = str(Path(sys.executable).with_name("tiktok-bridge"))


def seconds(command: list[str], status: int) -> float:
    """Run *command* once, which has to end with *status*; return how long it took."""
    began = time.perf_counter()
    ended = subprocess.run(command, check=False, capture_output=True)  # noqa: S603 - our own
    if ended.returncode != status:
        raise SystemExit(ended.stderr.decode())
    return time.perf_counter() - began


@contextmanager
def bundle() -> Iterator[Path]:
    """Make an installation, let TikTok refuse its post, and pack a bundle of it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        serve = [PROGRAM, "sandbox", "--port", "0", "--tokens", "tokens"]
        serve += ["--scenario", "unaudited-public-account"]
        with subprocess.Popen(serve, cwd=folder, stdout=subprocess.PIPE) as server:  # noqa: S603 - our own
            try:
                assert server.stdout  # noqa: S101 - it is a pipe
                said = server.stdout.readline().decode()
                port = re.search(r"127\.0\.0\.1:(\d+)", said)
                assert port, said  # noqa: S101 - the first line names it
                _use(folder, port[1])
                yield folder / "case.zip"
            finally:
                server.terminate()


def _use(folder: Path, port: str) -> None:
    def run(*arguments: str, status: int = 0) -> None:
        config = str(folder / "bridge.yaml")
        seconds([PROGRAM, "--config", config, *arguments], status)

    seconds([PROGRAM, "init", "--sandbox", str(folder)], 0)
    config = folder / "bridge.yaml"
    config.write_text(
        re.sub(r"127\.0\.0\.1:3480", f"127.0.0.1:{port}", config.read_text())
    )
    token = folder / "tokens" / "acme.json"
    while not token.exists() or not json.loads(token.read_text() or "{}"):
        time.sleep(0.1)
    run("auth", "import", "acme", str(token))
    run("publish", str(folder / "posts.yaml"), status=1)
    run("doctor", "bundle", "-o", str(folder / "case.zip"))


def main() -> None:
    """Print both medians and their ratio."""
    ours: list[float] = []
    peer: list[float] = []
    with bundle() as path:
        for _ in range(RUNS):
            ours.append(seconds([PROGRAM, "doctor", "replay", str(path)], FAILURES))
            peer.append(seconds([sys.executable, "-c", "import click"], 0))
    took, base = statistics.median(ours), statistics.median(peer)
    sys.stdout.write(
        f"replay: {took:.2f} s (goal <= {GOAL}), import click {base * 1000:.0f} ms,"
        f" ratio {took / base:.1f}\n"
    )


if __name__ == "__main__":
    main()
