"""audit.verdict: the app may post what it is configured to post."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Certainty, Check, Finding, Remedy, Status
from tiktok_bridge_diagnostics.audit import attempts, judge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Fact, Facts
    from tiktok_bridge_diagnostics.audit import Attempt, Audit

APPLY = (
    "Apply for the audit of the Content Posting API at developers.tiktok.com, which is"
    " not the app review. Until it is granted, let the creator make the account private"
    " and post with SELF_ONLY, or send drafts with `mode: inbox`."
)


def _judge(facts: Facts) -> Iterator[Finding]:
    """TikTok has audited the app for direct posts.

    An unaudited app may post to private accounts only: it is the account that has to be
    private, not the post. Neither a live app nor the offered levels prove an audit.
    """
    audit = judge(facts)
    evidence = tuple({fact for one in audit.evidence for fact in one.facts})
    if audit.status == "not_applicable":
        yield Finding(Status.SKIPPED, "sandbox-app", audit.says)
    elif audit.status == "audited":
        yield Finding(
            Status.PASS,
            "audited",
            audit.says,
            certainty=audit.certainty,
            evidence=evidence,
            settles_it=audit.settles_it,
        )
    elif audit.status == "unaudited":
        yield Finding(
            Status.FAIL,
            "unaudited",
            audit.says,
            certainty=audit.certainty,
            evidence=evidence,
            who_acts="developer",
            remedy=Remedy(APPLY),
            settles_it=audit.settles_it,
        )
    else:
        yield _undetermined(audit, attempts(facts), evidence)


def _undetermined(
    audit: Audit, tried: list[Attempt], evidence: tuple[Fact, ...]
) -> Finding:
    """Return that nothing is known: for lack of posts, or although there are some."""
    reason = "ambiguous" if evidence else "proves-nothing"
    if audit.certainty == Certainty.CONTRADICTED:
        reason = "contradicted"
    return Finding(
        Status.UNKNOWN if tried else Status.SKIPPED,
        reason if tried else "no-evidence",
        audit.says,
        certainty=audit.certainty,
        evidence=evidence or tuple(fact for one in tried for fact in one.facts),
        settles_it=audit.settles_it,
    )


VERDICT = Check(
    "audit.verdict",
    "TikTok has audited the app for direct posts",
    _judge,
    reads=("ledger", "creator", "probe", "testpost"),
    docs="https://developers.tiktok.com/doc/content-sharing-guidelines",
)
