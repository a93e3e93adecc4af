"""Kill renewals, and look what became of the token each time."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tiktok_bridge import TokenError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.chaos.storming import Installation

RENEWER = Path(__file__).with_name("renewer.py")
ROOT = RENEWER.parents[2]


class Renewer:
    """Starts renewals that are killed."""

    def __init__(
        self, installation: Installation, process: subprocess.Popen[str]
    ) -> None:
        self.installation = installation
        self._process = process

    def renew(self, line: str) -> tuple[int, float]:
        """Renew once; return the steps, -1 if it was killed, and the seconds."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        steps, seconds = self._process.stdout.readline().split()
        return int(steps), float(seconds)

    def outcomes(self, lines: Iterable[str]) -> Counter[str]:
        """Kill a renewal for each of *lines*; count what became of the token."""
        found: Counter[str] = Counter()
        for line in lines:
            found["killed" if self.renew(line)[0] < 0 else "too late"] += 1
            found[self._outcome()] += 1
        return found

    def _outcome(self) -> str:
        """Renew once more, and tell how that went; log in again if it is lost."""
        tokens = self.installation.folder / "state" / "tokens"
        assert {path.stat().st_mode & 0o7777 for path in tokens.iterdir()} == {0o600}
        was_live = self.installation.has_live_refresh_token()
        with self.installation.bridge() as bridge:
            try:
                bridge.vault.refresh("acme")
            except TokenError as error:
                is_named = "its end was never told" in error.message
                self.installation.log_in()
                return "lost, and named" if is_named and not was_live else "blamed"
        assert list(tokens.glob("*.damaged")) == []
        return "renewed"


@contextmanager
def renewer(installation: Installation, *options: str) -> Iterator[Renewer]:
    """Start the program that renews and is killed."""
    program = ("-m", "tests.chaos.renewer", str(installation.config))
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, *program, *options],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield Renewer(installation, process)
        finally:
            assert process.stdin
            process.stdin.close()
