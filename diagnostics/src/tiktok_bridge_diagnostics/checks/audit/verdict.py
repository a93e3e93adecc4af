"""audit.verdict: TikTok has audited the app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check, Finding
from tiktok_bridge_diagnostics.audit import attempts, judge
from tiktok_bridge_diagnostics.situations import situation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts


def _judge(facts: Facts) -> Iterator[Finding]:
    """TikTok has audited the app for direct posts.

    An unaudited app may post to private accounts only: it is the account that has to be
    private, not the post. Neither a live app nor the offered levels prove an audit.
    """
    audit, tried = judge(facts), attempts(facts)
    config = facts.last("config")
    has_inbox = bool(config and config.data.get("on_unaudited") == "inbox")
    found = situation(audit, tried, facts.now, has_inbox=has_inbox)
    used = {fact for one in audit.evidence for fact in one.facts}
    used = used or {fact for one in tried for fact in one.facts}
    if found.reason == "no-evidence" and _is_lost(facts):
        return
    yield Finding(
        found.status,
        found.reason,
        audit.says,
        certainty=audit.certainty,
        evidence=tuple(sorted(used, key=lambda fact: (fact.at, fact.id))),
        who_acts=found.who_acts,
        remedy=found.remedy,
        settles_it=audit.settles_it,
    )


def _is_lost(facts: Facts) -> bool:
    """Tell whether a collector failed that might have brought evidence."""
    ended = [fact for name in READS for fact in facts.of("collected", name)]
    return any(fact.data.get("status") != "ok" for fact in ended)


READS = ("history", "creator", "probe", "testpost")

VERDICT = Check(
    "audit.verdict",
    "TikTok has audited the app for direct posts",
    _judge,
    reads=READS,
    docs="https://developers.tiktok.com/doc/content-sharing-guidelines",
)
