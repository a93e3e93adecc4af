"""Measure `tiktok-bridge --help` against `python -c "import click"`.

Goal: at most 2.5 times. Interleaved runs, median of each.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

RUNS = 21
GOAL = 2.5
PROGRAM = Path(sys.executable).with_name("tiktok-bridge")


def seconds(command: list[str]) -> float:
    """Run *command* once and return how long it took."""
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own
    return time.perf_counter() - began


def main() -> None:
    """Print both medians and their ratio."""
    ours: list[float] = []
    peer: list[float] = []
    for _ in range(RUNS):
        ours.append(seconds([str(PROGRAM), "--help"]))
        peer.append(seconds([sys.executable, "-c", "import click"]))
    ratio = statistics.median(ours) / statistics.median(peer)
    sys.stdout.write(
        f"startup: --help {statistics.median(ours) * 1000:.0f} ms, import click"
        f" {statistics.median(peer) * 1000:.0f} ms,"
        f" ratio {ratio:.2f} (goal <= {GOAL})\n"
    )


if __name__ == "__main__":
    main()
