"""plug.load: every plugin could be loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.outcomes import failed, passed, warned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding


def _judge(facts: Facts) -> Iterator[Finding]:
    """Every installed plugin could be imported, and its hooks are those of the core.

    A plugin that is broken adds nothing; the rest works without it. It is an error
    where `bridge.yaml` names something that it would open. Two plugins that open one
    scheme hide each other.
    """
    for fact in facts.of("plugin"):
        name = fact.about
        remedy = Remedy(
            "Install the version that belongs to this release, or remove it.",
            "tiktok-bridge plugins",
        )
        if fact.data["is_broken"]:
            judged = failed if fact.data["is_needed"] else warned
            yield judged("broken", str(fact.data["error"]), remedy, fact)
        elif fact.data["shares"]:
            others = ", ".join(fact.data["shares"])
            says = f"{name} opens a scheme that {others} opens as well"
            remedy = Remedy("Remove all but one of them.", "tiktok-bridge plugins")
            yield warned("same-scheme", says, remedy, fact)
        else:
            yield passed("loaded", "it is loaded", fact)


LOAD = Check("plug.load", "Every plugin is loaded", _judge, reads=("plugins",))
