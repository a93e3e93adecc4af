"""Gather for the doctor what the servers of a configuration tell about themselves."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from tiktok_bridge import BridgeError, Fact
from tiktok_bridge_redis.server import Server
from tiktok_bridge_redis.urls import EVENTS, TOKENS, read_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tiktok_bridge import Visit

ACT: Final = "ask how it is"


def collect(visit: Visit) -> Iterator[Fact]:
    """Yield one fact of kind `redis` about each URL that names a server that answers.

    Its data: `has_tokens` (else events), `version`, `is_replica`, `policy` (that is
    `maxmemory-policy`) and `evicts_any` (that it lets any key go), `has_limit` (of
    memory), `is_appending`, `last_write_ok`, `last_snapshot_ok`, `ahead_seconds` (its
    clock, of ours).
    """
    if visit.settings is None:
        return
    for name, hook, url in visit.settings.plugged():
        has_tokens = hook == "open_token_store"
        options = TOKENS if has_tokens else EVENTS
        try:
            address = read_url(url, options, BridgeError)
            if address is None:
                continue
            info, now = Server(address, BridgeError).run(ACT, ("INFO",), ("TIME",))
        except BridgeError:
            continue  # its health says why
        ahead = now[0] + now[1] / 1e6 - time.time()
        data = {
            "has_tokens": has_tokens,
            "ahead_seconds": round(ahead, 1),
            **_told(info),
        }
        yield Fact("redis", "" if has_tokens else name, data)


def _told(info: Mapping[str, Any]) -> dict[str, Any]:
    policy = str(info.get("maxmemory_policy", ""))
    return {
        "version": str(info.get("redis_version", "")),
        "is_replica": info.get("role") == "slave",
        "policy": policy,
        "evicts_any": policy.startswith("allkeys"),
        "has_limit": bool(info.get("maxmemory")),
        "is_appending": bool(info.get("aof_enabled")),
        "last_write_ok": info.get("aof_last_write_status", "ok") == "ok",
        "last_snapshot_ok": info.get("rdb_last_bgsave_status", "ok") == "ok",
    }
