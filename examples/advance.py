"""Look again at posts, from cron or a queue: `python advance.py article-1 …`.

A site calls this, or does the same in a task, when the `next_at` of a result is due.
"""

import argparse
import os
import sys

from tiktok_bridge import Bridge, BridgeError, BusyError


def main() -> int:
    """Make one step with each post; return the exit status."""
    parser = argparse.ArgumentParser(description="Make one step with each post.")
    parser.add_argument("ids", nargs="+", metavar="ID")
    parser.add_argument("--account", default="acme", help="default: %(default)s")
    arguments = parser.parse_args()
    config = os.environ.get("TIKTOK_BRIDGE_CONFIG", "bridge.yaml")
    try:
        with Bridge.from_config(config) as bridge:
            for post_id in arguments.ids:
                try:
                    result = bridge.advance(post_id, arguments.account)
                except BusyError:
                    continue  # another process is at it, and will see to it
                print(result.id, result.state)  # noqa: T201 - a program's output
    except BridgeError as error:
        sys.stderr.write(f"{error}\n{error.hint or ''}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
