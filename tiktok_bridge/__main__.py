"""Run the command line, as `tiktok-bridge` or as `python -m tiktok_bridge`."""

from __future__ import annotations

import signal
import sys


def main() -> None:
    """Run the command line and leave with its exit status."""
    try:
        from tiktok_bridge.cli import run  # noqa: PLC0415 - Ctrl-C may come meanwhile

        status = run(is_program=True)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is done: let it end
    except KeyboardInterrupt:
        status = 130
    sys.exit(status)


if __name__ == "__main__":
    main()
