"""ver.behaviour: TikTok behaves in one way where its pages leave it open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.behaviour import NAMING, seen, told
from tiktok_bridge_diagnostics.say import passed, warned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding


def _judge(facts: Facts) -> Iterator[Finding]:
    """What TikTok's pages leave open did not change among the answers that are here.

    The statuses of bans and of unaudited apps, the life of tokens, and whether a status
    names a level. `tiktok-bridge doctor diff` compares two runs likewise.
    """
    found = {name: of for name, of in seen(facts).items() if name not in NAMING}
    if not found:
        return
    firsts = {variants[0]: None for of in found.values() for variants in of.values()}
    if all(len(of) == 1 for of in found.values()):
        yield passed("steady", told(found), *firsts)
        return
    changed = {name: of for name, of in found.items() if len(of) > 1}
    yield warned(
        "changed",
        f"seen both ways: {told(changed)}",
        *[variants[0] for of in changed.values() for variants in of.values()],
        who="developer",
        fix=Remedy("Read TikTok's changelog, and look for a newer release."),
    )


BEHAVIOUR = Check("ver.behaviour", "TikTok behaves in one way", _judge, effect="S2")
