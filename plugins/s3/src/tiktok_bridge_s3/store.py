"""Keep one sealed record per account in a bucket."""

from __future__ import annotations

import random
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from tiktok_bridge import BusyError, StoreError
from tiktok_bridge_s3 import aside
from tiktok_bridge_s3.conditions import require_conditions
from tiktok_bridge_s3.entries import account_in, has_record
from tiktok_bridge_s3.failures import Refusal, reported
from tiktok_bridge_s3.health import require_bucket
from tiktok_bridge_s3.keys import is_shortened, name_of, stem_of
from tiktok_bridge_s3.locks import acquire, release
from tiktok_bridge_s3.objects import ENDING, Objects

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tiktok_bridge_s3.locks import Claim
    from tiktok_bridge_s3.urls import StorePlace

TRIES = 200
"""How often others may be first before a write without the lock gives up."""

LONGEST_PAUSE = 0.02
"""Seconds between two of these at most."""


PAUSE = 1.0
"""Seconds between two tries of who holds the lock and meets a fault that passes."""


class _Claims(threading.local):
    """The locks of each thread: one that lost its own must not use another's."""

    def __init__(self) -> None:
        self.held: dict[str, Claim] = {}


class S3TokenStore:
    """Keep records, and who holds them, in one object per account."""

    def __init__(
        self,
        place: StorePlace,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._objects = Objects(place)
        self._clock = clock
        self._sleep = sleep
        self._claims = _Claims()
        self._unreleased: dict[str, Claim] = {}
        self._is_probed = False

    def load(self, account: str) -> bytes | None:
        """See `TokenStore.load`; who holds the lock learns here if it was lost."""
        found = self._objects.fetch(account)
        if claim := self._claims.held.get(account):
            claim.require(found, self._objects.url(account))
        return found.entry.record

    def save(self, account: str, record: bytes) -> None:
        """See `TokenStore.save`; who has lost the lock meanwhile writes nothing.

        Who holds it may have a token that nobody else knows, and the one before is used
        up: a fault that passes is waited for until half the lease is over.
        """
        give_up_at = self._clock()
        if account in self._claims.held:
            give_up_at += self._objects.place.lease / 2
        while True:
            try:
                self._write(account, record)
            except StoreError as error:
                if not error.retryable or self._clock() >= give_up_at:
                    raise
                self._sleep(PAUSE)
            else:
                return

    def delete(self, account: str) -> None:
        """See `TokenStore.delete`; the object stays, for it counts the locks."""
        self._write(account, None)
        aside.delete(self._objects, account)

    def accounts(self) -> list[str]:
        """See `TokenStore.accounts`."""
        place, names = self._objects.place, set()
        with reported("ListObjectsV2", place, StoreError):
            pages = self._objects.client.get_paginator("list_objects_v2").paginate(
                Bucket=place.bucket, Prefix=place.key, Delimiter="/"
            )
            for page in pages:
                for item in page.get("Contents", []):
                    stem = item["Key"].removeprefix(place.key).removesuffix(ENDING)
                    if item["Key"] == f"{place.key}{stem}{ENDING}":
                        names.add(self._account(stem, item["Size"]))
        return sorted(name for name in names if name is not None)

    def previous(self, account: str) -> bytes | None:
        """See `RecoverableStore.previous`; it is a part of the same object."""
        return self._objects.fetch(account).entry.previous

    def where(self, account: str) -> str:
        """See `RecoverableStore.where`."""
        return self._objects.url(account)

    def set_aside(self, account: str) -> str:
        """See `RecoverableStore.set_aside`; the same record is kept once."""
        record = self._objects.fetch(account).entry.record
        if record is None:
            raise StoreError(f"{self._objects.url(account)} has no record to set aside")
        return aside.put(self._objects, account, record)

    def health(self) -> str:
        """See `Checkable.health`; conditional writes cannot be tried without one."""
        bucket = require_bucket(self._objects.place, StoreError)
        known = "taken" if self._is_probed else "tried before the first save"
        return f"{bucket}; conditional writes: {known}"

    @contextmanager
    def lock(self, account: str, *, timeout: float) -> Iterator[None]:
        """See `TokenStore.lock`; it ends by itself when the lease does."""
        self._probe()
        if left := self._unreleased.pop(account, None):
            self._release(account, left)  # the server was away when we meant to
        claim = acquire(self._objects, account, timeout=timeout, sleep=self._sleep)
        self._claims.held[account] = claim
        try:
            yield
        finally:
            del self._claims.held[account]
            self._release(account, claim)

    def _release(self, account: str, claim: Claim) -> None:
        if not release(self._objects, account, claim):
            self._unreleased[account] = claim

    def _write(self, account: str, record: bytes | None) -> None:
        self._probe()
        url, claim = self._objects.url(account), self._claims.held.get(account)
        found = claim.found if claim else self._objects.fetch(account)
        for _ in range(TRIES):
            if claim:
                claim.require(found, url)
            if record is None and found.entry.record is None:
                return
            entry = replace(found.entry, record=record, previous=found.entry.record)
            is_written, found = self._objects.swap(account, found, entry)
            if is_written:
                if claim:
                    claim.found = found
                return
            self._sleep(random.uniform(0, LONGEST_PAUSE))  # noqa: S311 - jitter
        raise BusyError(f"{url} is written by others all the time", hint="try again")

    def _probe(self) -> None:
        if not self._is_probed:
            require_conditions(self._objects)
            self._is_probed = True

    def _account(self, stem: str, size_bytes: int) -> str | None:
        """Return whose object it is; None without a record, or if it is not ours."""
        if not is_shortened(stem):
            account = name_of(stem)
            known = account is not None and has_record(account, size_bytes)
            return account if known else None
        place = self._objects.place
        key = f"{place.key}{stem}{ENDING}"
        with reported("GetObject", f"s3://{place.bucket}/{key}", StoreError):
            answer = self._objects.client.get_object(Bucket=place.bucket, Key=key)
            try:
                account, is_kept = account_in(answer["Body"].read())
            except ValueError as error:
                raise Refusal(str(error)) from error
        return account if is_kept and stem_of(account) == stem else None
