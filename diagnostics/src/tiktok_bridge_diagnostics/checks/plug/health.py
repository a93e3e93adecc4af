"""plug.health: what bridge.yaml names can be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Certainty, Check, Finding, Remedy, Status
from tiktok_bridge_diagnostics.outcomes import failed, passed, warned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts


def _judge(facts: Facts) -> Iterator[Finding]:
    """The token store and every notifier can be used, as their plugins say themselves.

    Each is asked for 5 seconds at most, and writes nothing. Without the token store
    nothing works; events that cannot be delivered wait in the outbox.
    """
    is_explained = bool(facts.of("plugin", is_broken=True, is_needed=True))
    for fact in facts.of("health"):
        if is_explained and not fact.data["plugin"]:
            continue  # plug.load names the plugin that would have opened it
        place, words = fact.data["place"], fact.data["words"]
        if fact.data["status"] == "ok":
            yield passed("healthy", f"{place}: {words}", fact)
        elif fact.data["status"] == "unknown":
            yield Finding(
                Status.SKIPPED,
                "does-not-tell",
                f"{place}: {words}",
                fact.about,
                certainty=Certainty.NONE,
                evidence=(fact,),
            )
        else:
            text = fact.data["hint"] or f"Repair what `{place}` names in bridge.yaml."
            judged = failed if place == "tokens" or not fact.data["plugin"] else warned
            remedy = Remedy(text, "tiktok-bridge plugins")
            yield judged("failed", f"{place}: {words}", remedy, fact)


HEALTH = Check(
    "plug.health",
    "The token store and the notifiers can be used",
    _judge,
    needs=(
        "cfg.schema",
        "plug.load",
        "plug.redis",
        "plug.s3",
        "env.readonly",
        "store.mode",
        "store.symlink",
    ),
    effect="S1",
    reads=("health",),
)
