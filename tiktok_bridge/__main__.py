"""Run the command line as `python -m tiktok_bridge`."""

from tiktok_bridge.cli import main

if __name__ == "__main__":
    main()
