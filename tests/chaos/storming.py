"""Lead a storm of renewals, and refuse one that is none."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tiktok_bridge import Bridge, Secret, cli
from tiktok_bridge.cli import starter
from tiktok_bridge_sandbox.handle import TikTokSandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

STORM = Path(__file__).with_name("storm.py")


class CalmError(AssertionError):
    """Report that too few processes met: such a round shows nothing."""


class Installation:
    """A folder beside a sandbox, with the token of acme."""

    def __init__(self, folder: Path, base_url: str) -> None:
        self.folder = folder
        self.sandbox = TikTokSandbox(base_url)
        self.config = folder / "bridge.yaml"
        starter.write(folder, starter.sandbox_app(base_url))
        self.log_in()

    def log_in(self) -> None:
        """Hand over the newest token of the sandbox."""
        token = self.folder / "token.json"
        token.write_text(json.dumps(self.sandbox.token()))
        arguments = ("auth", "import", "acme", str(token))
        assert cli.run(["--config", str(self.config), *arguments]) == 0

    def bridge(self) -> Bridge:
        return Bridge.from_config(self.config)

    def renewals(self) -> int:
        """How often TikTok was asked for another token."""
        return int(self.sandbox.state()["calls"].get("token", 0))

    def has_live_refresh_token(self) -> bool:
        """Tell whether the stored token can still be renewed."""
        with self.bridge() as bridge:
            renewal = bridge.vault.require("acme").refresh_token
        return bool(renewal) and renewal == Secret(
            self.sandbox.token()["refresh_token"]
        )

    def is_live(self) -> bool:
        """Tell whether the stored token is the one that TikTok takes."""
        with self.bridge() as bridge:
            stored = bridge.vault.require("acme")
        live = self.sandbox.token()
        assert stored.refresh_token
        return (stored.access_token.reveal(), stored.refresh_token.reveal()) == (
            live["access_token"],
            live["refresh_token"],
        )


@contextmanager
def storm(
    installation: Installation, workers: int, rounds: int, *options: str
) -> Iterator[Storm]:
    """Start the processes; they are gone after the block."""
    arguments = (str(installation.config), str(workers), str(rounds), *options)
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, str(STORM), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield Storm(installation, process, workers)
        finally:
            assert process.stdin
            process.stdin.close()


class Storm:
    """Processes that stand at a gate."""

    def __init__(
        self, installation: Installation, process: subprocess.Popen[str], workers: int
    ) -> None:
        self._installation = installation
        self._process = process
        self._workers = workers

    def blow(self) -> dict[str, Any]:
        """Open the gate once; return what was seen, with the number of renewals.

        Raises:
            CalmError: Most processes found a renewed token at their first look.
        """
        before = self._installation.renewals()
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        seen: dict[str, Any] = json.loads(self._process.stdout.readline())
        if seen["due"] < self._workers // 2:
            raise CalmError(f"{seen['due']} of {self._workers} processes met")
        return seen | {"renewals": self._installation.renewals() - before}


def is_lawful(seen: dict[str, Any]) -> bool:
    """Tell whether one process renewed the token and all of them got the new one."""
    return (seen["renewals"], len(seen["tokens"]), seen["errors"]) == (1, 1, [])
