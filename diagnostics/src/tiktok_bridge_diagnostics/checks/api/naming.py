"""api.naming: which of the names that TikTok uses were seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check
from tiktok_bridge_diagnostics.behaviour import NAMING, seen, told
from tiktok_bridge_diagnostics.say import passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding


def _judge(facts: Facts) -> Iterator[Finding]:
    """TikTok's pages and answers have several names for some things; all are read.

    The key of the log id, the code of a bad argument, and the name and the shape of
    public post ids. It only says which of them TikTok uses here.
    """
    found = {name: of for name, of in seen(facts).items() if name in NAMING}
    if found:
        evidence = {
            variants[0]: None for of in found.values() for variants in of.values()
        }
        yield passed("seen", told(found), *evidence)


NAMES = Check("api.naming", "Every name that TikTok uses is read", _judge, effect="S2")
