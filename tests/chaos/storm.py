"""Renew one token with many processes at once, round after round.

Usage: storm.py CONFIG WORKERS ROUNDS [--unlocked] [--straggling]. The workers are
forked once, so that each is a process and none imports anything. A round begins with a
line on standard input: when every worker stands at the gate it is opened, and each asks
for a token that TikTok should take. In every second round the token has ended, in the
others TikTok is said to have called it invalid. What they saw is printed as JSON.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tiktok_bridge import Bridge, BridgeError
from tiktok_bridge import host as hosts
from tiktok_bridge_file.locks import acquire
from tiktok_bridge_file.store import FileTokenStore

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Secret
    from tiktok_bridge.tokens.vault import Vault

DAYS: Final = 2 * 86_400.0
"""Seconds after which every token has ended."""

Gate = tuple[int, int]


class RoundClock:
    """Tells a time that moves from round to round."""

    def __init__(self) -> None:
        self.later = 0.0

    def now(self) -> float:
        """See `Clock.now`."""
        return time.time() + self.later

    def sleep(self, seconds: float) -> None:
        """See `Clock.sleep`."""


def main(config: str, workers: int, rounds: int, options: list[str]) -> None:
    """Fork the workers, and lead them through the rounds."""
    gates = [os.pipe() for _ in range(rounds)]
    ready_in, ready_out = os.pipe()
    told_in, told_out = os.pipe()
    plugged = hosts.load()
    if "--unlocked" in options:  # the control: nothing keeps two apart
        type.__setattr__(FileTokenStore, "lock", lambda *_, **__: nullcontext())
    turn = Path(config).with_name("turn") if "--straggling" in options else None
    children = []
    for _ in range(workers):
        child = os.fork()
        if not child:
            with Bridge.from_config(config, host=plugged, clock=RoundClock()) as bridge:
                work(bridge, gates, (ready_out, told_out), turn)
            os._exit(0)
        children.append(child)
    try:
        for gate, _ in zip(gates, sys.stdin, strict=False):
            print_round(gate, ready_in, told_in, workers)
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def print_round(gate: Gate, ready_in: int, told_in: int, workers: int) -> None:
    """Wait for all at the gate, open it, and print what all of them saw."""
    waiting = 0
    while waiting < workers:
        waiting += len(os.read(ready_in, workers - waiting))
    os.close(gate[1])
    lines = b""
    while lines.count(b"\n") < workers:
        lines += os.read(told_in, 65_536)
    found = [json.loads(line) for line in lines.splitlines()]
    waits = sorted(one["seconds"] for one in found)
    seen = {
        "due": sum(one["due"] for one in found),
        "tokens": sorted({one["token"] for one in found if one["token"]}),
        "errors": sorted({one["error"] for one in found if one["error"]}),
        "p95": waits[len(waits) * 95 // 100],
    }
    sys.stdout.write(json.dumps(seen) + "\n")
    sys.stdout.flush()


def work(
    bridge: Bridge, gates: list[Gate], pipes: tuple[int, int], turn: Path | None
) -> None:
    """Go through every gate when it opens; say what came of it."""
    for _, own in gates:
        os.close(own)
    ready, told = pipes
    clock: Any = bridge._clock  # noqa: SLF001 - the one that it was given
    last: Secret | None = None
    for number, (gate, _) in enumerate(gates):
        refused = last if number % 2 else None
        if refused is None:
            clock.later += DAYS
        os.write(ready, b"!")
        os.read(gate, 1)  # until it is closed, which wakes everybody
        with alone(turn):
            seen, last = ask(bridge.vault, clock.now(), refused)
        os.write(told, json.dumps(seen).encode() + b"\n")


def ask(
    vault: Vault, now: float, refused: Secret | None
) -> tuple[dict[str, Any], Secret | None]:
    """Ask for a token; tell whether the stored one was of no use at the first look."""
    began = time.monotonic()
    seen: dict[str, Any] = {"due": False, "token": None, "error": None}
    token = None
    try:
        first = vault.require("acme")
        seen["due"] = first.access_token == refused or first.expires_at < now
        token = vault.access("acme", refused=refused)
        seen["token"] = token.reveal()
    except BridgeError as error:
        seen["error"] = str(error)
    seen["seconds"] = time.monotonic() - began
    return seen, token


@contextmanager
def alone(turn: Path | None) -> Iterator[None]:
    """Let one at a time pass, where *turn* names a file: that is no storm."""
    if turn is None:
        yield
        return
    descriptor = os.open(turn, os.O_RDWR | os.O_CREAT, 0o600)
    acquire(descriptor, str(turn), timeout=60)
    try:
        yield
    finally:
        os.close(descriptor)


if __name__ == "__main__":
    config, workers, rounds, *options = sys.argv[1:]
    main(config, int(workers), int(rounds), options)
