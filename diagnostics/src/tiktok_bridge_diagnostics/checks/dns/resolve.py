"""dns.resolve: the names of TikTok's hosts resolve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge import Certainty, Check, Remedy
from tiktok_bridge_diagnostics.answers import is_tiktok, probes
from tiktok_bridge_diagnostics.say import failed, passed, warned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Fact, Facts, Finding

REPAIR: Final = Remedy(
    "Correct the resolver of this machine or the host in `api.base_url`, and leave the"
    " captive portal if there is one."
)

WORDS: Final = {
    "not-found": "the name does not exist",
    "failed": "the resolver failed",
    "timeout": "the resolver did not answer in time",
}


def _judge(facts: Facts) -> Iterator[Finding]:
    """Every host has an address, and TikTok's have public ones.

    A private address for a host of TikTok comes from a resolver that answers for
    itself: a captive portal, a filter, or a line in the hosts file. Behind a proxy it
    is the proxy that resolves.
    """
    for fact in facts.of("address"):
        if fact.data.get("via_proxy"):
            continue
        is_api = fact.data["role"] == "api"
        about = "" if is_api else fact.about
        status = fact.data["status"]
        if status == "ok" and not _is_private(fact):
            yield passed("resolves", _said(fact), fact, about=about)
        elif status == "ok" and is_api and any(map(is_tiktok, probes(facts))):
            yield passed("private-and-answers", _said(fact), fact, about=about)
        else:
            yield (failed if is_api else warned)(
                "private-address" if status == "ok" else status,
                _said(fact),
                fact,
                who="operator",
                fix=REPAIR,
                about=about,
                certainty=Certainty.PROBABLE if status == "ok" else Certainty.CONFIRMED,
            )


def _is_private(fact: Fact) -> bool:
    data = fact.data
    return not (data["is_loopback"] or data["is_literal"]) and data["private"] > 0


def _said(fact: Fact) -> str:
    data = fact.data
    where = f"{data['role']} host {fact.about}"
    if data["status"] != "ok":
        return f"{where}: {WORDS.get(data['status'], data['status'])}"
    if data["is_literal"]:
        return f"{where}: an address, no name"
    return f"{where}: {data['public']} public and {data['private']} other address(es)"


RESOLVE = Check(
    "dns.resolve",
    "The names of TikTok's hosts resolve",
    _judge,
    needs=("cfg.schema",),
    effect="S1",
    reads=("network",),
)
