"""env.versions: no package is older than what is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.outcomes import passed, warned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding


def _judge(facts: Facts) -> Iterator[Finding]:
    """Every package is at least as new as we ask for, or as is free of known faults.

    pip keeps an old package where something else asks for it, and says so only once.
    Packages that are not installed are not looked at.
    """
    found = facts.of("package")
    old = [fact for fact in found if fact.data["is_too_old"]]
    for fact in old:
        name, floor = fact.about, fact.data["floor"]
        says = f"{name} {fact.data['version']} is older than {floor}"
        remedy = Remedy("Install a newer one.", f"pip install -U '{name}>={floor}'")
        yield warned("too-old", says, remedy, fact)
    if found and not old:
        about_all = f"{len(found)} packages, none too old"
        yield passed("new-enough", about_all, *found, about="")


VERSIONS = Check(
    "env.versions", "No package is too old", _judge, reads=("environment",)
)
