"""Tell from evidence whether TikTok has audited the app; pure.

The table is that of docs/explanation.md. What creator_info offers describes the
account, never the audit; a code that TikTok gives for an init does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from tiktok_bridge import Certainty
from tiktok_bridge_diagnostics.derive import INITS
from tiktok_bridge_diagnostics.evidence import (
    FRESH,
    Claim,
    Evidence,
    Weight,
    combine,
)
from tiktok_bridge_diagnostics.past import POST_IDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tiktok_bridge import Fact, Facts

Visibility = Literal["public", "private", "unknown"]

UNAUDITED: Final = (
    "unaudited_client_can_only_post_to_private_accounts",
    "unaudited_client_only_self_visibility",
)
"""Every spelling of the code that speaks of the audit."""

Row = tuple[Claim, Weight, str]
"""What an attempt speaks for, how much, and what was seen."""

PUBLIC: Final = "PUBLIC_TO_EVERYONE"
ONLY_ME: Final = "SELF_ONLY"

NARROWER: Final = ("MUTUAL_FOLLOW_FRIENDS", "FOLLOWER_OF_CREATOR", ONLY_ME)
"""Every level that fewer people see than `PUBLIC`."""

FEEBLE: Final = "reached_active_user_cap"
"""A code that is commoner for unaudited apps; alone it says nothing."""

OF_THE_TOKEN: Final = ("access_token_invalid", "scope_not_authorized")
"""Codes for which the token is to blame, before the audit is looked at."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One direct post as far as it is known, from an exchange or from the ledger.

    Attributes:
        account: Whose; empty if nobody knows.
        visibility: Of the account, by the last creator_info before it.
        privacy: What was asked for.
        code: What TikTok answered to the init, `ok` if it took it; None if that is
            not known.
        is_complete: Whether it said PUBLISH_COMPLETE.
        is_public: Whether it named a public post, in the status or by webhook.
        level: The privacy level that a status named, which no page documents.
        facts: What this rests on.
        at: When the last of them was seen.
    """

    account: str
    visibility: Visibility
    privacy: str
    code: str | None
    is_complete: bool
    is_public: bool
    level: str | None
    facts: tuple[Fact, ...]
    at: float

    @property
    def is_narrowed(self) -> bool:
        """Whether a status named a narrower level than the public one asked for."""
        return self.privacy == PUBLIC and self.level in NARROWER


@dataclass(frozen=True, slots=True)
class Audit:
    """What is known of the audit.

    Attributes:
        status: What it is.
        certainty: How surely.
        evidence: What it rests on.
        settles_it: What would make it certain; None if it is.
        says: All of it in a sentence.
    """

    status: Literal["audited", "unaudited", "undetermined", "not_applicable"]
    certainty: Certainty
    evidence: tuple[Evidence, ...]
    settles_it: str | None
    says: str


def judge(facts: Facts) -> Audit:
    """Return what *facts* say about the audit of the app."""
    config = facts.last("config")
    if config and config.data.get("environment") == "sandbox":
        return Audit(
            "not_applicable",
            Certainty.CONFIRMED,
            (),
            None,
            "a sandbox app posts nothing in public, audited or not",
        )
    told = [one for attempt in attempts(facts) for one in speaks(attempt)]
    verdict = combine(told, facts.now)
    seen = "; ".join(dict.fromkeys(one.says for one in verdict.evidence))
    if verdict.claim is not None:
        sure = verdict.certainty == Certainty.CONFIRMED
        settles = None if sure else _settles(facts)
        return Audit(verdict.claim, verdict.certainty, verdict.evidence, settles, seen)
    if verdict.certainty == Certainty.CONTRADICTED:
        settles = (
            "`tiktok-bridge doctor --probe audit` again tomorrow: what is older than"
            " 24 hours decides nothing any more"
        )
        return Audit("undetermined", verdict.certainty, verdict.evidence, settles, seen)
    says = f"the evidence points both ways: {seen}" if seen else "nothing proves it"
    return Audit(
        "undetermined", Certainty.NONE, verdict.evidence, _settles(facts), says
    )


def speaks(attempt: Attempt) -> Iterator[Evidence]:
    """Yield what *attempt* says about the audit: the rows of the truth table."""
    rows = [_refused(attempt)] if attempt.code in UNAUDITED else _taken(attempt)
    for claim, weight, told in rows:
        where = {"unknown": "an account of unknown visibility"}.get(
            attempt.visibility, f"a {attempt.visibility} account"
        )
        yield Evidence(claim, weight, attempt.facts, f"{told} ({where})", attempt.at)


def _refused(attempt: Attempt) -> Row:
    """Return what it says that TikTok called the app unaudited."""
    told = f"TikTok refused {attempt.privacy} with {attempt.code}"
    is_private = attempt.visibility == "private"
    fits = attempt.visibility == "public" or (is_private and attempt.privacy != ONLY_ME)
    return "unaudited", "decisive" if fits else "supporting", told


def _taken(attempt: Attempt) -> Iterable[Row]:
    """Return what it says that TikTok took a post, or all of it."""
    asked, took = attempt.privacy, f"TikTok took {attempt.privacy}"
    if asked == PUBLIC and attempt.is_complete:
        return _public_and_complete(attempt)
    if attempt.code != "ok" or attempt.visibility == "unknown":
        return ()
    if attempt.visibility == "private" and asked == ONLY_ME:
        return ()
    return (("audited", "supporting", took),)


def _public_and_complete(attempt: Attempt) -> Iterator[Row]:
    """Yield what a public post says; one that was narrowed and is public says both."""
    done = f"{PUBLIC} completed"
    if attempt.is_narrowed:
        told = f"{done}, and TikTok says {attempt.level}"
        yield "unaudited", "supporting", told
    if attempt.is_public:
        fits = attempt.visibility == "public" and not attempt.is_narrowed
        weight: Weight = "decisive" if fits else "supporting"
        yield "audited", weight, f"{done}, and TikTok named the public post"
    elif not attempt.is_narrowed and attempt.visibility == "public":
        yield "audited", "supporting", f"{done}; no public id yet"


def attempts(facts: Facts) -> list[Attempt]:
    """Return every direct post that the exchanges and the ledger tell of."""
    return [*_from_exchanges(facts), *_from_ledger(facts)]


def visibility(options: object) -> Visibility:
    """Return what the offered levels say of an account.

    Source: developers.tiktok.com/doc/content-posting-api-reference-query-creator-info.
    """
    offered = options if isinstance(options, list) else []
    if PUBLIC in offered:
        return "public"
    return "private" if "FOLLOWER_OF_CREATOR" in offered else "unknown"


def _from_exchanges(facts: Facts) -> Iterator[Attempt]:
    for init in facts.of("http"):
        if init.data.get("endpoint") not in INITS or not init.data.get("code"):
            continue
        info = init.data["asked"].get("post_info")
        asked = info.get("privacy_level") if isinstance(info, dict) else None
        if not isinstance(asked, str):
            continue
        creator = _creator_before(facts, init)
        later = _statuses(facts, init)
        last = later[-1] if later else None
        ids = last.data["answered"] if last else {}
        level = ids.get("privacy_level")
        used = (*((creator,) if creator else ()), init, *((last,) if last else ()))
        yield Attempt(
            account=init.about,
            visibility=_seen(creator),
            privacy=asked,
            code=init.data["code"],
            is_complete=ids.get("status") == "PUBLISH_COMPLETE",
            is_public=any(ids.get(name) not in (None, [], "", 0) for name in POST_IDS),
            level=level if isinstance(level, str) else None,
            facts=used,
            at=used[-1].at,
        )


def _from_ledger(facts: Facts) -> Iterator[Attempt]:
    """Yield what the ledger remembers; see the collector `history`."""
    for post in facts.of("attempt"):
        data = post.data
        yield Attempt(
            account=post.about,
            visibility=visibility(data.get("options")),
            privacy=str(data.get("privacy") or ""),
            code=data.get("code"),
            is_complete=bool(data.get("is_complete")),
            is_public=bool(data.get("is_public")),
            level=data.get("level"),
            facts=(post,),
            at=post.at,
        )


def _creator_before(facts: Facts, init: Fact) -> Fact | None:
    """Return what creator_info said of the same account in the day before *init*."""
    told = [
        one
        for one in facts.of("http", endpoint="creator_info", code="ok")
        if _same(one, init) and 0 <= init.at - one.at <= FRESH
    ]
    return told[-1] if told else None


def _statuses(facts: Facts, init: Fact) -> list[Fact]:
    publish_id = init.data["answered"].get("publish_id")
    return [
        one
        for one in facts.of("http", endpoint="status", code="ok")
        if publish_id and one.data["asked"].get("publish_id") == publish_id
    ]


def _same(one: Fact, other: Fact) -> bool:
    """Tell whether two exchanges are of one account, or of one token."""
    if one.about or other.about:
        return one.about == other.about
    return one.data.get("session") == other.data.get("session")


def _seen(creator: Fact | None) -> Visibility:
    if creator is None:
        return "unknown"
    return visibility(creator.data["answered"].get("privacy_level_options"))


def _settles(facts: Facts) -> str:
    codes = {one.code for one in attempts(facts)}
    if codes and codes <= set(OF_THE_TOKEN):
        return "a token that TikTok takes: see the topic `tok`, then try again"
    seen = {_seen(one) for one in facts.of("http", endpoint="creator_info", code="ok")}
    if seen == {"private"}:
        return (
            "`tiktok-bridge doctor --probe audit`, which asks for a level wider than"
            " SELF_ONLY and sends no bytes; that a private account takes SELF_ONLY"
            " proves nothing"
        )
    return (
        "`tiktok-bridge doctor --probe audit`, which asks for an init and sends no"
        " bytes; a public post that completes would confirm an audit"
    )
