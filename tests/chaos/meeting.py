"""Send a crowd to a sandbox of its own, and bring back what was seen."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

CROWD = Path(__file__).with_name("crowd.py")


def meet(connections: int, rounds: int, size: int) -> dict[str, Any]:
    """Run `crowd.py`, in a process of its own."""
    arguments = map(str, (CROWD, connections, rounds, size))
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    facts: dict[str, Any] = json.loads(done.stdout)
    return facts
