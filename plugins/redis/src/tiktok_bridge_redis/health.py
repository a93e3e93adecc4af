"""Say in words what a server tells about itself."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def described(info: Mapping[str, Any], now: tuple[int, int]) -> str:
    """Return what is worth knowing before tokens are kept on a server.

    Args:
        info: What `INFO` answered.
        now: What `TIME` answered: seconds since the epoch, and microseconds.
    """
    ahead = now[0] + now[1] / 1e6 - time.time()
    words = [
        f"Redis {info.get('redis_version', '?')}, {info.get('role', '?')}",
        f"maxmemory-policy {info.get('maxmemory_policy', '?')}",
        _durability(info),
        f"its clock is {ahead:+.1f} s from ours",
    ]
    return "; ".join(words)


def _durability(info: Mapping[str, Any]) -> str:
    if info.get("aof_enabled"):
        is_sound = info.get("aof_last_write_status", "ok") == "ok"
        return (
            "appendonly yes"
            if is_sound
            else "appendonly yes, and its last write failed"
        )
    return "appendonly no: a restart loses what was kept since the last snapshot"
