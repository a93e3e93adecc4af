"""Runs the command as ``python -m tiktok_bridge_sandbox``."""

from __future__ import annotations

from tiktok_bridge_sandbox.command import sandbox

if __name__ == "__main__":
    sandbox(prog_name="python -m tiktok_bridge_sandbox")
