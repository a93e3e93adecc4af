"""Judge for the doctor whether tokens and events last on a server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge import Check, Finding, Remedy, Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Fact, Facts

SECONDS: Final = 60.0
"""By which the clocks of two machines may differ."""

LAST = Remedy(
    "Let the server refuse writes when its memory is full, or name one that is no"
    " cache.",
    "redis-cli CONFIG SET maxmemory-policy noeviction",
    "https://redis.io/docs/latest/develop/reference/eviction/",
)
PRIMARY = Remedy("Name the primary, or its Sentinels, in bridge.yaml.")
APPEND = Remedy(
    "Let the server write every change to its disk.",
    "redis-cli CONFIG SET appendonly yes",
    "https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/",
)
REPAIR = Remedy("Look into the log of the server, and at its disk.", "redis-cli INFO")
CLOCK = Remedy("Let both machines take the time from the network.", "timedatectl")


def _judge(facts: Facts) -> Iterator[Finding]:
    """A server with tokens deletes nothing by itself, and takes writes.

    A cache deletes any key when its memory is full (`allkeys-…`): then a creator is
    logged out. Events that are deleted so are only not delivered. Our keys have no end,
    so that the policies `volatile-…` leave them alone.
    """
    for fact in facts.of("redis"):
        policy = fact.data["policy"]
        if fact.data["is_replica"]:
            says = "it is a replica, which takes no writes"
            yield _found(Status.FAIL, "replica", says, fact, PRIMARY)
        elif fact.data["evicts_any"] and fact.data["has_limit"]:
            status = Status.FAIL if fact.data["has_tokens"] else Status.WARN
            says = f"it deletes any key when its memory is full ({policy})"
            yield _found(status, "evicts", says, fact, LAST)
        elif fact.data["evicts_any"]:
            says = f"it would delete any key if its memory had a limit ({policy})"
            yield _found(Status.WARN, "would-evict", says, fact, LAST)
        else:
            yield _found(Status.PASS, "keeps", f"it keeps what it has ({policy})", fact)


def _judge_persistence(facts: Facts) -> Iterator[Finding]:
    """A server with tokens brings every change to its disk.

    A renewed token that a restart loses is lost for good: TikTok has forgotten the one
    before. Snapshots alone lose what came after the last one.
    """
    for fact in facts.of("redis", has_tokens=True):
        if not (fact.data["last_write_ok"] and fact.data["last_snapshot_ok"]):
            says = "its last write to the disk failed"
            yield _found(Status.FAIL, "write-failed", says, fact, REPAIR)
        elif not fact.data["is_appending"]:
            says = "a restart loses what was kept since the last snapshot"
            yield _found(Status.WARN, "not-appending", says, fact, APPEND)
        else:
            says = "every change is brought to its disk"
            yield _found(Status.PASS, "appending", says, fact)


def _judge_clock(facts: Facts) -> Iterator[Finding]:
    """The clock of the server agrees with that of this machine.

    Locks end by the server's clock and tokens by ours, so nothing breaks at once; but
    one of the two is wrong, and ours decides when a token is renewed.
    """
    for fact in facts.of("redis"):
        ahead = fact.data["ahead_seconds"]
        says = f"it is {ahead:+.1f} s from ours"
        if abs(ahead) > SECONDS:
            yield _found(Status.WARN, "apart", says, fact, CLOCK)
        else:
            yield _found(Status.PASS, "together", says, fact)


def _found(
    status: Status, reason: str, says: str, fact: Fact, remedy: Remedy | None = None
) -> Finding:
    return Finding(
        status,
        reason,
        says,
        fact.about,
        evidence=(fact,),
        who_acts="operator" if remedy else None,
        remedy=remedy,
    )


CHECKS: Final = (
    Check(
        "plug.redis",
        "Redis keeps what it is given",
        _judge,
        needs=("cfg.schema",),
        effect="S1",
        reads=("redis",),
    ),
    Check(
        "plug.redis_persistence",
        "Redis brings tokens to its disk",
        _judge_persistence,
        needs=("cfg.schema",),
        effect="S1",
        reads=("redis",),
    ),
    Check(
        "plug.redis_clock",
        "The clock of Redis agrees with ours",
        _judge_clock,
        needs=("cfg.schema",),
        effect="S1",
        reads=("redis",),
    ),
)
