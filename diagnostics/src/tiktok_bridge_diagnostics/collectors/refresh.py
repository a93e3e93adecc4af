"""Renew one token, if somebody consented to it."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from tiktok_bridge import BridgeError, Collector, Fact, Inspection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Visit


def refresh(account: str) -> Collector:
    """Return what renews the token of *account* as `auth refresh` does, under the lock.

    It changes the stored token, so that nothing but consent to it may run it.
    """
    return Collector("refresh", partial(_collect, account), effect="S3", seconds=90.0)


def _collect(account: str, visit: Visit) -> Iterator[Fact]:
    """Yield `renewal` about the account: `is_kept`. The exchange is on the tape."""
    if visit.settings is None:
        return
    client, is_kept = visit.client(account), False
    # a vault of its own, since that of the visit asks nobody
    inspection = Inspection(visit.settings, visit.host, client)
    with suppress(BridgeError):
        inspection.vault.refresh(account)
        is_kept = True
    yield Fact("renewal", account, {"is_kept": is_kept})
