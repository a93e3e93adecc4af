"""Long: many paused holders, and a failover under a lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contracts.redis_cells import open_store
from tests.contracts.test_redis_fencing import UnfencedStore, stale_writes
from tests.redis_group import watched
from tiktok_bridge import BusyError
from tiktok_bridge_redis.store import RedisTokenStore

if TYPE_CHECKING:
    from tests.redis_server import Server


def test_no_write_of_500_holders_that_are_paused_for_2_s_is_stale(
    empty_redis: Server,
) -> None:
    assert stale_writes(empty_redis, 500, 2.0, RedisTokenStore) == 0


def test_control_without_the_number_such_writes_are_stale(empty_redis: Server) -> None:
    assert stale_writes(empty_redis, 40, 2.0, UnfencedStore) == 40


def test_a_lock_and_its_record_outlast_a_failover(redis_program: str) -> None:
    """The old primary takes writes for some 10 s more: the save waits it out."""
    with watched(redis_program) as group:
        store = open_store(group.url())
        with store.lock("acme", timeout=0):
            store.save("acme", b"begun")
            group.fail_over()

            with (
                pytest.raises(BusyError),
                open_store(group.url()).lock("acme", timeout=0),
            ):
                pytest.fail("the lock was given twice")
            store.save("acme", b"renewed")

        assert open_store(group.replica.url("wait=0")).load("acme") == b"renewed"
        with open_store(group.url()).lock("acme", timeout=0):
            pass


def test_control_without_a_replica_to_confirm_it_a_save_is_lost(
    redis_program: str,
) -> None:
    with watched(redis_program) as group:
        store = open_store(group.url("wait=0"))
        with store.lock("acme", timeout=0):
            store.save("acme", b"begun")
            group.fail_over()
            store.save("acme", b"renewed")

        assert open_store(group.replica.url()).load("acme") == b"begun"
