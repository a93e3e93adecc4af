"""creator.privacy_choice: planned levels are offered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.planned import offers
from tiktok_bridge_diagnostics.say import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding


def _judge(facts: Facts) -> Iterator[Finding]:
    """The level that each planned post asks for is among those of its creator.

    Nobody lowers a level by himself: a person chooses, from what is offered now.
    """
    for plan, one in offers(facts):
        offered = one.data["answered"].get("privacy_level_options")
        if plan.data["mode"] != "direct" or not isinstance(offered, list):
            continue
        asked = plan.data["privacy"]
        if asked in offered:
            yield passed("offered", "it is offered", plan, one, about=plan.about)
            continue
        yield failed(
            "not-offered",
            f"it asks for {asked}; offered are {', '.join(map(str, offered))}",
            plan,
            one,
            who="operator",
            fix=Remedy("Ask whoever posts, and write one of the offered levels."),
            about=plan.about,
        )


PRIVACY_CHOICE = Check(
    "creator.privacy_choice",
    "Planned levels are offered",
    _judge,
    needs=("creator.info",),
    effect="S2",
    reads=("plans", "creator"),
    docs="https://developers.tiktok.com/doc/content-posting-api-reference-query-creator-info",
)
