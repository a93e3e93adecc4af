"""Name the situation that a verdict about the audit is of, and its way out; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tiktok_bridge import Certainty, Remedy, Status
from tiktok_bridge_diagnostics.audit import FEEBLE, OF_THE_TOKEN, ONLY_ME, UNAUDITED
from tiktok_bridge_diagnostics.evidence import FRESH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tiktok_bridge.findings import WhoActs
    from tiktok_bridge_diagnostics.audit import Attempt, Audit

APPLY: Final = (
    "apply for the audit of the Content Posting API at developers.tiktok.com, which is"
    " another approval than the app review"
)

WAYS_OUT: Final = {
    "unaudited-public-account": (
        "Let the creator make the account private in the TikTok app and post with"
        " SELF_ONLY (SELF_ONLY alone does not help), or send drafts with"
        f" `mode: inbox`; to post for everyone to see, {APPLY}."
    ),
    "unaudited-private-account": (
        "Post with SELF_ONLY, all that TikTok takes from an unaudited app for a"
        f" private account; for more, {APPLY}."
    ),
    "silent-self-only": (
        "Do not trust the level that was asked for: TikTok published for the creator"
        f" alone. Keep the log ids, and {APPLY}."
    ),
    "unaudited": f"Make the account private, post with SELF_ONLY, and {APPLY}.",
}
"""What to do in each situation of an app that is not audited."""

AGAIN: Final = (
    "Look whether the post is public in the TikTok app; if only its creator sees it,"
    " the app is not audited, whatever TikTok answered."
)


@dataclass(frozen=True, slots=True)
class Situation:
    """What a verdict means for whoever has to act.

    Attributes:
        status: How the check comes out.
        reason: The situation, as a word.
        who_acts: Who has to do something.
        remedy: What to do.
    """

    status: Status
    reason: str
    who_acts: WhoActs | None = None
    remedy: Remedy | None = None


def situation(
    audit: Audit, tried: Sequence[Attempt], now: float, *, has_inbox: bool = False
) -> Situation:
    """Return the situation that *audit* describes.

    Args:
        audit: What is known.
        tried: Every post that it was judged from.
        now: When it is judged, in seconds since the epoch.
        has_inbox: Whether posts go to the inbox where TikTok refuses them.
    """
    if audit.status == "not_applicable":
        return Situation(Status.SKIPPED, "sandbox-app")
    if audit.status == "unaudited":
        reason = _unaudited(audit, tried)
        status = Status.WARN if has_inbox else Status.FAIL
        return Situation(status, reason, "developer", Remedy(WAYS_OUT[reason]))
    if audit.status == "audited":
        return _audited(audit, tried, now)
    return _undetermined(audit, tried)


def _unaudited(audit: Audit, tried: Sequence[Attempt]) -> str:
    """Return which situation the last post that speaks of it was in."""
    used = {fact for one in audit.evidence for fact in one.facts}
    told = [one for one in tried if used.intersection(one.facts)]
    last = max(told, key=lambda one: (one.at, one.account, one.privacy, str(one.code)))
    if last.code not in UNAUDITED:
        return "silent-self-only"
    if last.visibility == "public":
        return "unaudited-public-account"
    is_wide = last.visibility == "private" and last.privacy != ONLY_ME
    return "unaudited-private-account" if is_wide else "unaudited"


def _audited(audit: Audit, tried: Sequence[Attempt], now: float) -> Situation:
    if audit.certainty == Certainty.CONFIRMED:
        return Situation(Status.PASS, "audited")
    used = {fact for one in audit.evidence for fact in one.facts}
    told = [one for one in tried if used.intersection(one.facts)]
    if not all(_has_no_id(one) for one in told):
        return Situation(Status.PASS, "probably-audited")
    if all(now - one.at <= FRESH for one in told):
        return Situation(Status.PASS, "no-public-id-yet", "wait", Remedy(AGAIN))
    return Situation(Status.WARN, "no-public-id-came", "operator", Remedy(AGAIN))


def _has_no_id(attempt: Attempt) -> bool:
    return attempt.is_complete and attempt.privacy != ONLY_ME and not attempt.is_public


def _undetermined(audit: Audit, tried: Sequence[Attempt]) -> Situation:
    if audit.certainty == Certainty.CONTRADICTED:
        return Situation(Status.UNKNOWN, "contradicted")
    if audit.evidence:
        return Situation(Status.UNKNOWN, "ambiguous")
    codes = {one.code for one in tried} - {None}
    if not codes or codes <= set(OF_THE_TOKEN):
        return Situation(Status.SKIPPED, "token-refused" if codes else "no-evidence")
    is_private = all(one.visibility == "private" for one in tried)
    is_usual = codes == {"ok"} and is_private
    reason = "private-self-only" if is_usual else "proves-nothing"
    return Situation(Status.UNKNOWN, "user-cap" if FEEBLE in codes else reason)
