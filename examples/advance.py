"""Do what is due: from cron, or as a worker that is told `--every 2` seconds."""

import argparse
import os
import time
from contextlib import suppress

from tiktok_bridge import Bridge, BridgeError, BusyError


def work(bridge: Bridge) -> bool:
    """Make each step and delivery that is due; tell whether any step was made."""
    moved = None
    for due in bridge.due():
        with suppress(BusyError):  # another process is at it, and will see to it
            moved = bridge.advance(due.id, due.account)
            print(moved.id, moved.state, flush=True)  # noqa: T201 - its output
    bridge.deliver()
    return moved is not None


def main() -> None:
    """Work until nothing is due, or until somebody ends it."""
    parser = argparse.ArgumentParser(description="Make the steps that are due.")
    parser.add_argument("--every", type=float, default=0, metavar="SECONDS")
    every = parser.parse_args().every
    config = os.environ.get("TIKTOK_BRIDGE_CONFIG", "bridge.yaml")
    try:
        with Bridge.from_config(config) as bridge:
            while work(bridge) or every:
                time.sleep(every)
    except BridgeError as error:
        parser.exit(2, f"{error}\n{error.hint or ''}\n")
    except KeyboardInterrupt:
        parser.exit(130)


if __name__ == "__main__":
    main()
