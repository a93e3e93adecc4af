"""Start Redis servers that follow each other, and a Sentinel that watches them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import redis

from tests.redis_server import Server, running, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator


class Group(NamedTuple):
    """A primary, its replica, and the Sentinel that watches them."""

    primary: Server
    replica: Server
    sentinel: Server

    def url(self, query: str = "", name: str = "main") -> str:
        sentinels = f"127.0.0.1:1,127.0.0.1:{self.sentinel.port}"  # one is down
        return f"redis+sentinel://{sentinels}/{name}/0{query and '?'}{query}"

    def fail_over(self) -> None:
        """Let the Sentinel make the replica the primary."""
        with self.sentinel.client() as client, self.replica.client() as replica:
            wait_until(lambda: is_begun(client))
            wait_until(lambda: replica.role()[0] == b"master")
            wait_until(
                lambda: client.sentinel_masters()["main"]["port"] == self.replica.port
            )


def is_begun(sentinel: redis.Redis) -> bool:
    try:
        sentinel.execute_command("SENTINEL", "FAILOVER", "main")  # type: ignore[no-untyped-call] # as it is
    except redis.ResponseError:  # it does not know the replica well enough yet
        return False
    return True


@contextmanager
def watched(program: str) -> Iterator[Group]:
    """Run a group that has got to know itself."""
    with (
        replicated(program) as (primary, replica),
        running(program=program, is_sentinel=True) as sentinel,
        sentinel.client() as client,
    ):
        client.sentinel_monitor("main", "127.0.0.1", primary.port, 1)
        client.sentinel_set("main", "down-after-milliseconds", 300)
        wait_until(lambda: client.sentinel_slaves("main"))
        yield Group(primary, replica, sentinel)


@contextmanager
def replicated(program: str) -> Iterator[tuple[Server, Server]]:
    """Run a primary and a replica that has caught up with it."""
    with running(program=program) as primary:
        replicaof = ("--replicaof", "127.0.0.1", str(primary.port))
        with running(*replicaof, program=program) as replica:
            with replica.client() as client:
                wait_until(
                    lambda: client.info("replication")["master_link_status"] == "up"
                )
            yield primary, replica
