"""Do what is due: from cron, or as a worker that is told `--every 2` seconds."""

import argparse
import os
import time
from contextlib import suppress

from tiktok_bridge import Bridge, BridgeError, BusyError


def work(bridge: Bridge) -> bool:
    """Make one step with each post that is due; tell whether any was made."""
    moved = False
    for due in bridge.due():
        with suppress(BusyError):  # another process is at it, and will see to it
            result = bridge.advance(due.id, due.account)
            print(result.id, result.state, flush=True)  # noqa: T201 - its output
            moved = True
    bridge.deliver()  # to notifiers that were down
    return moved


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
        parser.exit(130)  # the next one goes on where this one stopped


if __name__ == "__main__":
    main()
