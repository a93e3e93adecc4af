"""Gather whether git has, or could take, what must stay on this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Final

from tiktok_bridge import Collector, Fact
from tiktok_bridge_diagnostics import places

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tiktok_bridge import Visit

SECONDS: Final = 1.0
"""For which one question to git may take."""

QUIET: Final = {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}


def _collect(visit: Visit) -> Iterator[Fact]:
    """Yield one fact of kind `git` about `config`, `tokens`, `keys` and `ledger`.

    Its data: `is_in_tree` (a folder above has a `.git`), `is_tracked`, `is_ignored`;
    None where git cannot be asked.
    """
    kept = dict(places.kept(visit.settings)) if visit.settings else {}
    for role, path in {"config": visit.config, **kept}.items():
        if not path.exists():
            continue
        here = path.absolute()
        is_in_tree = any((one / ".git").exists() for one in here.parents)
        data: dict[str, object] = {"is_in_tree": is_in_tree, "is_tracked": False}
        data["is_ignored"] = None
        if is_in_tree:
            data["is_tracked"] = _asked(here, "ls-files", "--error-unmatch")
            data["is_ignored"] = _asked(here, "check-ignore", "-q")
        yield Fact("git", role, data)


def _asked(path: Path, *question: str) -> bool | None:
    """Return what git says of *path*; it runs no program that the tree names."""
    program = shutil.which("git")
    if program is None:
        return None
    own = [program, "-c", "core.fsmonitor=false", "-C", str(path.parent)]
    try:
        asked = subprocess.run(  # noqa: S603 - a fixed question
            [*own, *question, "--", path.name],
            env=os.environ | QUIET,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return {0: True, 1: False}.get(asked.returncode)


GIT = Collector("git", _collect)
