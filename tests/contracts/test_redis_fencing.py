"""A holder that is paused never overwrites what came after it."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

from tests.contracts.redis_cells import open_store
from tiktok_bridge import StoreError
from tiktok_bridge_redis.store import Held, RedisTokenStore

if TYPE_CHECKING:
    from tests.redis_server import Server


class UnfencedStore(RedisTokenStore):
    """Forgets what it holds: what the tests below have to notice."""

    def _held(self) -> dict[str, Held]:
        return {}


class Round(NamedTuple):
    """One holder that is paused, and one that comes meanwhile."""

    url: str
    account: str
    pause: float
    kind: type[RedisTokenStore]

    def is_stale(self) -> bool:
        """Tell whether what the paused holder saved late is what is there now."""
        store = open_store(f"{self.url}?lease={self.pause / 4}", kind=self.kind)
        with store.lock(self.account, timeout=60), ThreadPoolExecutor(1) as thread:
            newer = thread.submit(self.save_newer)
            time.sleep(self.pause)
            if newer.done():  # or it has not had its turn, and nothing is stale
                newer.result()
                try:
                    store.save(self.account, b"stale")
                except StoreError:
                    return False
        return store.load(self.account) == b"stale"

    def save_newer(self) -> None:
        store = open_store(self.url, kind=self.kind)
        with store.lock(self.account, timeout=60):
            store.save(self.account, b"newer")


def stale_writes(
    server: Server, rounds: int, pause: float, kind: type[RedisTokenStore]
) -> int:
    """Return in how many of *rounds*, twenty at a time, the late one overwrote."""
    url = server.url()
    every = [Round(url, f"account {number}", pause, kind) for number in range(rounds)]
    with ThreadPoolExecutor(20) as threads:
        return sum(threads.map(Round.is_stale, every))


def test_no_write_of_a_paused_holder_is_stale(empty_redis: Server) -> None:
    assert stale_writes(empty_redis, 40, 0.4, RedisTokenStore) == 0


def test_control_without_the_number_writes_are_stale(empty_redis: Server) -> None:
    assert stale_writes(empty_redis, 20, 0.4, UnfencedStore) > 10
