"""Gather what the ledger remembers of posts and calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tiktok_bridge import BridgeError, Collector, Fact
from tiktok_bridge_diagnostics.past import Past

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Visit

MOVES: Final = 10_000
"""How many moves are looked back at: some thousand posts."""


def _collect(visit: Visit) -> Iterator[Fact]:
    """Yield facts of the kinds `attempt`, `posts` and `calls`, each of one account.

    An `attempt` is a direct post of the past; see `audit.attempts`:
    `options` (what creator_info offered; None if nobody knows), `privacy`, `code`,
    `is_complete`, `is_public`, `level`, `log_id`.
    `posts` tells what became of the posts of an account: `states` (how many are in
    each), `refusals` (pairs of a code and a time), `direct_at` and `drafts_at` (when
    TikTok was asked for one), `by_webhook` and `by_asking` (how many ends were told
    so), `first_at` and `last_at`.
    `calls` is how much of a window is used: `kind`, `made`, `most`.
    """
    inspection = visit.inspection
    if inspection is None:
        return
    try:
        ledger = inspection.ledger
    except BridgeError:
        return  # there is none yet, or the topic `ledger` says what is wrong with it
    past: dict[Any, Past] = {}
    for key, move in ledger.moves(MOVES):
        past.setdefault(key, Past()).add(move)
    by_account: dict[str, list[Past]] = {}
    for key, one in past.items():
        by_account.setdefault(key.account, []).append(one)
        for attempt in one.attempts:
            yield Fact("attempt", key.account, attempt.data, at=attempt.at)
    for account, several in by_account.items():
        yield Fact("posts", account, _counted(several))
    for used in ledger.limits.recent():
        data = {"kind": used.kind, "made": used.made, "most": used.most}
        yield Fact("calls", used.account, data)


def _counted(past: list[Past]) -> dict[str, Any]:
    return {
        "states": _counts(one.state for one in past),
        "refusals": [list(told) for one in past for told in one.refusals],
        "drafts_at": [at for one in past for at in one.drafts_at],
        "direct_at": [attempt.at for one in past for attempt in one.attempts],
        "by_webhook": sum(one.ended_by == "webhook" for one in past),
        "by_asking": sum(one.ended_by == "asking" for one in past),
        "first_at": min(one.first_at for one in past),
        "last_at": max(one.last_at for one in past),
    }


def _counts(values: Iterator[str]) -> dict[str, int]:
    counted: dict[str, int] = {}
    for value in values:
        counted[value] = counted.get(value, 0) + 1
    return dict(sorted(counted.items()))


HISTORY = Collector("history", _collect)
