"""store.symlink: tokens, keys and the ledger are where their paths say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Certainty, Check, Remedy
from tiktok_bridge_diagnostics.outcomes import failed, passed, warned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Fact, Facts, Finding

NAME = Remedy("Write the place that the link leads to into bridge.yaml.")
LOOK = Remedy("Find out who made them, and remove them.", "ls -la state/tokens")


def _judge(facts: Facts) -> Iterator[Finding]:
    """No symbolic link stands for the token folder or the key ring.

    A link can be turned elsewhere while a token is written, so we follow none, and
    refuse one. Nor is there anything in the token folder but files that have no other
    name elsewhere: through another name somebody else could keep what is replaced.
    """
    kept, records = facts.of("kept"), facts.of("records")
    refused = [one for one in kept if one.about != "ledger" and _is_wrong(one)]
    turned = [one for one in records if one.data.get("links")]
    strange = [one for one in records if one.data["not_files"] and one not in turned]
    linked = [one for one in records if one.data["linked"]]
    below = [one for one in kept if one.data["is_below_link"]]
    if refused:
        roles = ", ".join(one.about for one in refused)
        yield failed(
            "link", f"a link, or nothing that fits: {roles}", NAME, *refused, about=""
        )
    if turned:
        says = "a symbolic link stands for a file of the token folder"
        yield failed("link", says, LOOK, *turned, about="")
    if strange:
        says = "something other than a file lies in the token folder"
        yield warned("strange-entry", says, LOOK, *strange, about="")
    if linked:
        says = "files of the token folder have another name elsewhere"
        probable = Certainty.PROBABLE
        yield warned("linked", says, LOOK, *linked, certainty=probable, about="")
    if below:
        says = (
            "the folder above is a symbolic link, which somebody could turn elsewhere"
        )
        yield warned("below-link", says, NAME, *below, about="")
    if kept and not (refused or turned or strange or linked or below):
        yield passed("no-link", "everything is where its path says", *kept, about="")


def _is_wrong(one: Fact) -> bool:
    return str(one.data["type"]) != ("folder" if one.about == "tokens" else "file")


SYMLINK = Check(
    "store.symlink",
    "No link stands for the tokens or the keys",
    _judge,
    needs=("cfg.schema",),
    reads=("store",),
)
