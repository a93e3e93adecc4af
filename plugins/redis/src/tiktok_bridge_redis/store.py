"""Keep one sealed record per account on a server."""

from __future__ import annotations

import os
import random
import threading
from contextlib import contextmanager
from operator import itemgetter, not_
from typing import TYPE_CHECKING, Final, NamedTuple

from tiktok_bridge import BridgeError, BusyError
from tiktok_bridge_redis.health import described
from tiktok_bridge_redis.scripts import ACQUIRE, CHANGE, RELEASE, SET_ASIDE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge_redis.server import Command, Server

PATIENCE: Final = 30.0
"""Seconds to go on trying to save: TikTok has already forgotten the token before."""

FIRST_POLL: Final = 0.02
LONGEST_POLL: Final = 0.25
"""Seconds between two looks at a lock that somebody else holds, with jitter."""


class Held(NamedTuple):
    """A lock that this thread was given.

    Attributes:
        number: The fencing number: higher than that of everybody before.
        holder: Says who, where a failover has given a number twice.
    """

    number: int
    holder: str


class RedisTokenStore:
    """Keep all records in one hash, and all locks in another."""

    def __init__(
        self, server: Server, *, prefix: str, lease: float, patience: float = PATIENCE
    ) -> None:
        self._server = server
        self._prefix = prefix
        self._records = f"{prefix}:records"
        self._locks = f"{prefix}:locks"
        self._previous = f"{prefix}:previous"
        self._lease_ms = round(lease * 1000)
        self._patience = patience
        self._own = threading.local()
        self._unreleased: dict[str, str] = {}
        self._is_lasting = False

    def load(self, account: str) -> bytes | None:
        """See `TokenStore.load`."""
        command = ("HGET", self._records, _encoded(account))
        record: bytes | None = self._server.run(_act("load", account), command)[0]
        return record

    def previous(self, account: str) -> bytes | None:
        """See `RecoverableStore.previous`."""
        command = ("HGET", self._previous, _encoded(account))
        record: bytes | None = self._server.run(_act("load", account), command)[0]
        return record

    def where(self, account: str) -> str:
        """See `RecoverableStore.where`."""
        return f"{self._records} {account!a:.80} at {self._server.name}"

    def set_aside(self, account: str) -> str:
        """See `RecoverableStore.set_aside`; the same record is kept once."""
        act, command = _act("set aside", account), self._script(SET_ASIDE, account)
        name = self._server.write(act, command, patience=self._patience)
        if not name:
            raise self._server.refusal(act, "it has no record", hint=None)
        key = self._aside(account).decode("utf-8", "backslashreplace")
        return f"{key[:120]!a} {name.decode()} at {self._server.name}"

    def save(self, account: str, record: bytes) -> None:
        """See `TokenStore.save`.

        The thread that holds the lock is refused once somebody else was given it;
        otherwise its lease begins anew. A server that is away is tried again for a
        while.

        Raises:
            StoreError: It could not be saved, or the lock was lost.
        """
        self._require_lasting(self._patience)
        self._change("save", account, record)

    def delete(self, account: str) -> None:
        """See `TokenStore.delete`; as `save`, it wants the lock if it was held."""
        self._change("delete", account)

    def accounts(self) -> list[str]:
        """See `TokenStore.accounts`."""
        names = self._server.run("list the accounts", ("HKEYS", self._records))[0]
        found = [_decoded(name) for name in names]
        return sorted(account for account in found if account is not None)

    def health(self) -> str:
        """See `Checkable.health`."""
        self._require_lasting(0)
        info, now = self._server.run("keep tokens", ("INFO",), ("TIME",))
        return described(info, now)

    @contextmanager
    def lock(self, account: str, *, timeout: float) -> Iterator[None]:
        """See `TokenStore.lock`; the holder's death frees it after the lease."""
        mine = self._held()
        if account in mine:
            raise BusyError(f"this thread has locked the account {account!a} already")
        deadline = self._server.clock() + timeout
        self._require_lasting(timeout)
        if holder := self._unreleased.pop(account, None):
            self._release(account, holder)  # the server was away when we meant to
        held = self._acquire(account, timeout, deadline)
        mine[account] = held
        try:
            yield
        finally:
            del mine[account]
            self._release(account, held.holder)

    def _held(self) -> dict[str, Held]:
        """Return what this thread holds: a save by another one is none of its own."""
        held: dict[str, Held] = vars(self._own).setdefault("held", {})
        return held

    def _acquire(self, account: str, timeout: float, deadline: float) -> Held:
        act, holder = _act("lock", account), os.urandom(8).hex()
        command = self._script(ACQUIRE, account, holder, self._lease_ms)
        poll = FIRST_POLL
        while True:
            left = max(deadline - self._server.clock(), 0.0)
            try:
                number, ends_in_ms = self._server.write(
                    act, command, patience=left, is_written=itemgetter(0)
                )
            except BridgeError:
                self._release(account, holder)  # the answer may have been lost
                raise
            if number:
                return Held(number, holder)
            left = deadline - self._server.clock()
            if left <= 0:
                raise _busy(account, self._server.name, timeout, ends_in_ms)
            self._server.sleep(min(poll * random.uniform(0.5, 1), left))  # noqa: S311 - no secret
            poll = min(1.5 * poll, LONGEST_POLL)

    def _release(self, account: str, holder: str) -> None:
        """Unlock; what was done under the lock is done, and the lease ends anyway."""
        command = self._script(RELEASE, account, holder)
        try:
            self._server.run(_act("unlock", account), command)
        except BridgeError:
            self._unreleased[account] = holder

    def _change(self, verb: str, account: str, *record: bytes) -> None:
        number, holder = self._held().get(account, Held(0, ""))
        command = self._script(CHANGE, account, number, holder, self._lease_ms, *record)
        act = _act(verb, account)
        newer = self._server.write(
            act, command, patience=self._patience, is_written=not_
        )
        if newer:
            raise self._server.refusal(
                act,
                "another process was given the lock meanwhile"
                f" (its number is {newer}, ours is {number})",
                hint="nothing was changed; run it again, and if that happens again"
                " raise lease= in the URL",
                retryable=True,
            )

    def _script(
        self, script: str, account: str, *arguments: str | bytes | int
    ) -> Command:
        keys = (self._records, self._locks, self._previous, self._aside(account))
        return "EVAL", script, len(keys), *keys, _encoded(account), *arguments

    def _aside(self, account: str) -> bytes:
        return f"{self._prefix}:aside:".encode() + _encoded(account)

    def _require_lasting(self, patience: float) -> None:
        """Refuse, once, a server that deletes what it likes when its memory is full."""
        if self._is_lasting:
            return
        look = ("INFO", "memory")
        memory = self._server.run("keep tokens", look, patience=patience)[0]
        policy = str(memory.get("maxmemory_policy", ""))
        if memory.get("maxmemory") and policy.startswith("allkeys"):
            raise self._server.refusal(
                "keep tokens",
                f"it deletes any key when its memory is full (maxmemory-policy"
                f" {policy})",
                hint="name a server that is no cache, with maxmemory-policy noeviction",
            )
        self._is_lasting = True


def _busy(account: str, name: str, timeout: float, ends_in_ms: int) -> BusyError:
    return BusyError(
        f"the account {account!a:.80} at {name} is locked by somebody else"
        f" (waited {timeout:g} s)",
        hint="try again; if its holder has died, it is free in"
        f" {max(ends_in_ms, 0) / 1000:.0f} s",
    )


def _act(verb: str, account: str) -> str:
    return f"{verb} the account {account!a:.80}"


def _encoded(account: str) -> bytes:
    """Return *account* as bytes, even one that is no proper text."""
    return account.encode("utf-8", "surrogatepass")


def _decoded(name: bytes) -> str | None:
    """Return the account that *name* stands for, None where it is none of ours."""
    try:
        return name.decode("utf-8", "surrogatepass")
    except UnicodeError:
        return None
