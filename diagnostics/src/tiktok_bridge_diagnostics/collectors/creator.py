"""Gather what TikTok says of each creator, by questions that change nothing."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final

from tiktok_bridge import BridgeError, Collector, Fact, NetworkError, TikTokError
from tiktok_bridge_diagnostics import beside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Token, Visit

MOST: Final = 5
"""Accounts that are asked about: TikTok's limits are shared with what publishes."""

NO_POST: Final = "v_pub_file~v2-1.0000000000000000000"
"""Names no post, so that a status of it shows the scope and nothing else."""

PATIENCE: Final = 10.5
"""Seconds after which the answers are given up."""


def _collect(visit: Visit) -> Iterator[Fact]:
    """Yield `creators`, and `user` of each account that TikTok told about.

    Three questions an account: user_info, creator_info, and the status of no post;
    the exchanges are on the tape. `creators` (about nothing) counts `known` accounts,
    those `asked` about, and the `ended` ones whose token has, which nobody can ask
    with. `user`: `is_same`, whether TikTok's user is the one of the stored token; None
    if either is not known.
    """
    if visit.inspection is None:
        return
    tokens = dict(_tokens(visit))
    usable = {n: one for n, one in tokens.items() if visit.now < one.expires_at}
    asked = dict(list(usable.items())[:MOST])
    ended = len(tokens) - len(usable)
    counts = {"known": len(tokens), "asked": len(asked), "ended": ended}
    yield Fact("creators", "", counts)
    works = [partial(_ask, visit, name, token) for name, token in asked.items()]
    for fact in beside.run(works, PATIENCE):
        if fact:
            yield fact


def _tokens(visit: Visit) -> Iterator[tuple[str, Token]]:
    assert visit.inspection is not None  # noqa: S101 - so `_collect` made sure
    vault = visit.inspection.vault
    with suppress(BridgeError):
        for account in vault.accounts():
            with suppress(BridgeError):
                if found := vault.peek(account):
                    yield account, found[1]


def _ask(visit: Visit, account: str, token: Token) -> Fact | None:
    """Ask about *account*; who does not answer once is not asked again."""
    client, access = visit.client(account), token.access_token
    fact = None
    with suppress(NetworkError):
        with suppress(TikTokError):
            told = client.display.user_info(access, ("open_id",)).open_id
            is_known = bool(told and token.open_id)
            is_same = told == token.open_id if is_known else None
            fact = Fact("user", account, {"is_same": is_same})
        with suppress(TikTokError):
            client.content.creator_info(access)
        with suppress(TikTokError):
            client.content.status(access, NO_POST)
    return fact


CREATOR = Collector("creator", _collect, effect="S2", seconds=11.0)
