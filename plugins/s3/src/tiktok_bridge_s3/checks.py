"""Judge for the doctor whether a bucket is set up for tokens and events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge import Check, Finding, Remedy, Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Fact, Facts

SECONDS: Final = 300.0
"""By which the clocks may differ; S3 refuses signatures from 900 on."""

RULES = Remedy(
    "Let a lifecycle rule remove versions that are not current after a day.",
    docs="https://docs.aws.amazon.com/AmazonS3/latest/userguide/"
    "lifecycle-configuration-examples.html",
)
CLOCK = Remedy("Let this machine take the time from the network.", "timedatectl")


def _judge(facts: Facts) -> Iterator[Finding]:
    """A bucket with tokens answers, and does not pile up their old versions.

    Each renewal of a token writes five versions where the bucket keeps versions, and
    none of them is ever deleted without a lifecycle rule. Whether the server does
    conditional writes, without which two processes may renew one token at once, is
    tried before the first token is kept, and refused if not.
    """
    for fact in facts.of("s3"):
        ahead = fact.data["ahead_seconds"]
        if ahead is not None and abs(ahead) > SECONDS:
            says = f"its clock is {ahead:+.0f} s from ours; from 900 on it refuses us"
            yield _warned("apart", says, fact, CLOCK)
        elif _is_piling(fact):
            says = "it keeps every version, and no rule removes the old ones"
            yield _warned("versions-pile-up", says, fact, RULES)
        else:
            tried = fact.data["has_tried_conditions"]
            words = "were tried" if tried else "are tried before the first save"
            says = f"the bucket answers; conditional writes {words}"
            yield Finding(Status.PASS, "answers", says, fact.about, evidence=(fact,))


def _is_piling(fact: Fact) -> bool:
    is_kept = fact.data["keeps_versions"] and fact.data["has_rules"] is False
    return bool(fact.data["has_tokens"] and is_kept)


def _warned(reason: str, says: str, fact: Fact, remedy: Remedy) -> Finding:
    return Finding(
        Status.WARN,
        reason,
        says,
        fact.about,
        evidence=(fact,),
        who_acts="operator",
        remedy=remedy,
    )


CHECKS: Final = (
    Check(
        "plug.s3",
        "The bucket is set up for what is kept in it",
        _judge,
        needs=("cfg.schema",),
        effect="S1",
        reads=("s3",),
    ),
)
