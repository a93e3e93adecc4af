"""Renew the token of acme in processes that are killed on the way.

Usage: renewer.py CONFIG [--forgetful]. Each line of standard input is one process: the
number of the step before which it dies (0: it lives), or after how many seconds it is
killed, with a point. A step is a call that touches the disk, and the moments just
before and just after a request. Printed is a line for each: how many steps it passed,
or -1 if it was killed, and how many seconds it took.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import TYPE_CHECKING, Any

from tests.crashes import STEPS
from tiktok_bridge import Bridge
from tiktok_bridge import host as hosts
from tiktok_bridge.tiktok.wire import Wire
from tiktok_bridge.tokens.records import Records

if TYPE_CHECKING:
    from collections.abc import Callable

passed = 0


def main(config: str, options: list[str]) -> None:
    """Obey the lines of standard input."""
    plugged = hosts.load()
    if "--forgetful" in options:  # the control: that it begins is not written down
        type.__setattr__(Records, "keep", forgetful(Records.keep))
    for line in sys.stdin:
        report_in, report_out = os.pipe()
        began = time.monotonic()
        child = os.fork()
        if not child:
            try:
                renew(config, plugged, line.strip(), report_out)
            finally:
                os._exit(0)
        os.close(report_out)
        if "." in line:
            time.sleep(float(line))
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        taken = time.monotonic() - began
        steps = os.read(report_in, 100) if os.WIFEXITED(status) else b"-1"
        os.close(report_in)
        sys.stdout.write(f"{steps.decode()} {taken}\n")
        sys.stdout.flush()


def forgetful(keep: Callable[..., None]) -> Callable[..., None]:
    """Return *keep* for tokens that are settled alone: no note about a renewal."""

    def keep_what_is_settled(*args: object, settled: bool = True) -> None:
        if settled:
            keep(*args)

    return keep_what_is_settled


def renew(config: str, plugged: hosts.Host, line: str, report: int) -> None:
    """Renew the token once, and die at the chosen step."""
    with Bridge.from_config(config, host=plugged) as bridge:
        bridge.vault.require("acme")
        last = 0 if "." in line else int(line)
        for name in STEPS:
            setattr(os, name, stepped(getattr(os, name), last))
        type.__setattr__(Wire, "send", stepped(Wire.send, last, after=True))
        bridge.vault.refresh("acme")
    os.write(report, str(passed).encode())


def stepped(
    call: Callable[..., Any], last: int, *, after: bool = False
) -> Callable[..., Any]:
    """Return *call* with a step before it, and after it if that is wanted."""

    def stepped_call(*args: object, **kwargs: object) -> object:
        step(last)
        answer = call(*args, **kwargs)
        if after:
            step(last)
        return answer

    return stepped_call


def step(last: int) -> None:
    """Pass one step, or die at it."""
    global passed  # noqa: PLW0603 - this program is one counter
    passed += 1
    if passed == last:
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
