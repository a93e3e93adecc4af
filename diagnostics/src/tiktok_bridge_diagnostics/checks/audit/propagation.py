"""audit.propagation: an approval has reached every account."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tiktok_bridge import Certainty, Check, Finding, Remedy, Status
from tiktok_bridge_diagnostics.audit import attempts, speaks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts
    from tiktok_bridge_diagnostics.evidence import Evidence

REMEDY = Remedy(
    "Compare the client key with that of the app that was approved (a sandbox, or a"
    " second app, has its own), log the account in again so that its token is younger"
    " than the approval, and probe again; else send TikTok both log ids."
)


def _judge(facts: Facts) -> Iterator[Finding]:
    """What TikTok took before, it does not refuse as unaudited later.

    After an approval some requests may still be refused: the change spreads, a token is
    older than the approval, or the key is that of another app. Facts tell the times
    alone, so that this is never more than probable.
    """
    told = [one for attempt in attempts(facts) for one in speaks(attempt)]
    taken = sorted((one for one in told if one.speaks_for == "audited"), key=_when)
    refused = sorted((one for one in told if one.speaks_for == "unaudited"), key=_when)
    if not taken or not refused:
        return
    good, bad = taken[-1], refused[-1]
    evidence, sure = (*bad.facts, *good.facts), Certainty.PROBABLE
    if good.at > bad.at:
        says = f"refused until {_utc(bad)}, taken since {_utc(good)}"
        yield Finding(Status.PASS, "taken-since", says, "", sure, evidence)
        return
    says = f"taken at {_utc(good)}, yet refused as unaudited at {_utc(bad)}"
    same = {fact.about for fact in good.facts} & {fact.about for fact in bad.facts}
    reason = "refused-again" if same else "another-account-refused"
    warn, who = Status.WARN, "developer"
    settles = "a probe of both accounts with the key and tokens of today"
    yield Finding(warn, reason, says, "", sure, evidence, who, REMEDY, settles)  # type: ignore[arg-type] # one of `WhoActs`


def _when(one: Evidence) -> tuple[float, list[str]]:
    return one.at, sorted(fact.id for fact in one.facts)


def _utc(one: Evidence) -> str:
    return datetime.fromtimestamp(one.at, UTC).isoformat(timespec="seconds")


READS = ("history", "probe", "testpost")
PROPAGATION = Check("audit.propagation", "An approval counts", _judge, reads=READS)
