"""audit.history: what earlier posts of each account say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Certainty, Check, Finding, Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts


def _judge(facts: Facts) -> Iterator[Finding]:
    """The ledger remembers direct posts of the account, and how TikTok answered them.

    It is the cheapest evidence there is: nothing has to be asked. Codes are of the
    newest moves that the ledger holds.
    """
    for account in sorted({fact.about for fact in facts.of("attempt")}):
        tried = facts.of("attempt", account)
        codes = [fact.data.get("code") for fact in tried]
        refused = sorted({one for one in codes if one and one != "ok"})
        levels = sorted({str(fact.data.get("privacy")) for fact in tried})
        public = sum(fact.data.get("is_public") is True for fact in tried)
        yield Finding(
            Status.PASS,
            "some-were-refused" if refused else "none-was-refused",
            f"{len(tried)} direct posts ({', '.join(levels)}): {codes.count('ok')} were"
            f" taken, {public} are public"
            + (f"; refused with {', '.join(refused)}" if refused else ""),
            about=account,
            certainty=Certainty.CONFIRMED,
            evidence=tuple(tried),
        )


HISTORY = Check(
    "audit.history", "Earlier posts tell of the audit", _judge, reads=("history",)
)
