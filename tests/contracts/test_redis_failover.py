"""The token store behind a Sentinel, and when a failover loses a lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contracts.redis_cells import USES, open_store
from tests.redis_group import Group, replicated, watched
from tiktok_bridge import BridgeError, BusyError, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def group(redis_program: str) -> Iterator[Group]:
    with watched(redis_program) as group:
        yield group


def test_a_name_that_no_sentinel_knows_is_told(group: Group) -> None:
    with pytest.raises(BridgeError, match="none knows a primary") as refusal:
        USES["load"](group.url(name="other"))

    assert "/other/0" in str(refusal.value)
    assert refusal.value.retryable


def test_behind_sentinels_a_replica_has_to_confirm(group: Group) -> None:
    store = open_store(group.url())
    store.save("acme", b"record")

    with group.replica.paused():
        hasty = open_store(group.url("timeout=1.2"), patience=0)
        with pytest.raises(StoreError, match="only 0 of 1 replicas"):
            hasty.save("acme", b"newer")
        open_store(group.url("wait=0")).save("other", b"record")

        with (
            open_store(group.url("wait=0")).lock("acme", timeout=0),
            pytest.raises(BusyError),
            hasty.lock("acme", timeout=0),
        ):
            pytest.fail("the lock was given twice")


def test_a_save_outlasts_the_death_of_the_primary(group: Group) -> None:
    store = open_store(group.url("wait=0"))  # there is no second replica
    with store.lock("acme", timeout=0):
        store.save("acme", b"begun")
        group.primary.kill()
        store.save("acme", b"renewed")

    assert open_store(group.replica.url()).load("acme") == b"renewed"
    with open_store(group.url("wait=0")).lock("acme", timeout=20):
        pass


def test_of_two_that_a_failover_gave_one_number_the_late_one_is_refused(
    redis_program: str,
) -> None:
    with replicated(redis_program) as (primary, replica):
        late, other = open_store(primary.url()), open_store(replica.url())
        with replica.client() as client:
            client.replicaof("NO", "ONE")  # it never hears of the lock
        with late.lock("acme", timeout=0), other.lock("acme", timeout=0):
            other.save("acme", b"newer")
            move(late, other)

            with pytest.raises(StoreError, match=r"number is 1, ours is 1"):
                late.save("acme", b"stale")

        assert other.load("acme") == b"newer"


def test_a_lock_that_a_failover_lost_is_taken_up_if_nobody_came(
    redis_program: str,
) -> None:
    with replicated(redis_program) as (primary, replica):
        store, other = open_store(primary.url()), open_store(replica.url())
        with replica.client() as client:
            client.replicaof("NO", "ONE")
        with store.lock("acme", timeout=0):
            move(store, other)
            store.save("acme", b"renewed")

            with (
                pytest.raises(BusyError),
                open_store(replica.url()).lock("acme", timeout=0),
            ):
                pytest.fail("the lock was given twice")

        assert other.load("acme") == b"renewed"
        with other.lock("acme", timeout=0):
            pass


def move(store: object, other: object) -> None:
    """Let *store* talk to the server of *other*, as after a failover."""
    vars(store)["_server"] = vars(other)["_server"]
