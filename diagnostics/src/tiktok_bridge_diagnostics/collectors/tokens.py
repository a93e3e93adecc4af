"""Gather what is stored of each account's token: no part of the token itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tiktok_bridge import BridgeError, Collector, Fact, LedgerError, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Inspection, Token, Visit


def _collect(visit: Visit) -> Iterator[Fact]:
    """Yield `tokens` about the store, and `token` about each account.

    `tokens`: `is_readable`, and the number of `accounts`. `token`: `status` is ok,
    none (a post waits for it), no-key (the key ring does not hold its key), damaged
    (or sealed for something else) or unreadable (the key ring or the store failed);
    `is_key_known`; of one that is ok `sequence`, `scopes`, `expires_at`,
    `refresh_expires_at`, `is_renewable` (it has a refresh token), `renewal_began_at`,
    and `namesakes`, how many other accounts are the same TikTok user.
    """
    if visit.inspection is None:
        return
    try:
        accounts = visit.inspection.vault.accounts()
    except BridgeError:
        yield Fact("tokens", "", {"is_readable": False, "accounts": 0})
        return
    yield Fact("tokens", "", {"is_readable": True, "accounts": len(accounts)})
    told = {one: _peeked(visit.inspection, one) for one in accounts}
    users = [token.open_id for _, token in told.values() if token and token.open_id]
    for account, (data, token) in told.items():
        same = users.count(token.open_id) - 1 if token and token.open_id else 0
        yield Fact("token", account, data | ({"namesakes": same} if token else {}))
    for account in sorted(_waiting(visit.inspection) - set(accounts)):
        yield Fact("token", account, {"status": "none"})


def _peeked(
    inspection: Inspection, account: str
) -> tuple[dict[str, Any], Token | None]:
    try:
        found = inspection.vault.peek(account)
    except StoreError:
        return _broken(inspection, account), None
    except BridgeError:
        return {"status": "unreadable"}, None
    if found is None:
        return {"status": "none"}, None
    sequence, token = found
    data = {
        "status": "ok",
        "sequence": sequence,
        "scopes": list(token.scopes),
        "expires_at": token.expires_at,
        "refresh_expires_at": token.refresh_expires_at,
        "is_renewable": token.refresh_token is not None,
        "renewal_began_at": token.renewal_began_at,
    }
    return data, token


def _broken(inspection: Inspection, account: str) -> dict[str, Any]:
    try:
        ids = inspection.vault.keys.ring.ids
        key_id = inspection.vault.key_id(account)
    except BridgeError:
        return {"status": "unreadable"}
    is_known = key_id in ids
    is_lost = key_id is not None and not is_known
    return {"status": "no-key" if is_lost else "damaged", "is_key_known": is_known}


def _waiting(inspection: Inspection) -> set[str]:
    """Return the accounts of posts that are still to be sent."""
    try:
        found = inspection.ledger.entries(("PLANNED", "INIT_SENT"))
    except LedgerError:
        return set()  # there is none yet, or a check of it says what is wrong
    return {one.post.account for one in found}


TOKENS = Collector("tokens", _collect)
