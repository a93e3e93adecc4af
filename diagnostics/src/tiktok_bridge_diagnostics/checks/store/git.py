"""store.git: git takes neither tokens nor keys nor the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.outcomes import passed, warned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding

UNTRACK = Remedy(
    "Take them out of git and ignore the folder. Who has the repository has them still:"
    " rotate the keys, and let the creators log in again.",
    "git rm -r --cached state && echo /state/ >> .gitignore",
)
IGNORE = Remedy("Let git ignore the folder.", "echo /state/ >> .gitignore")


def _judge(facts: Facts) -> Iterator[Finding]:
    """Git tracks neither tokens nor keys nor the ledger, nor would `git add` take them.

    What was once committed stays in the history, and is in every clone.
    """
    found = [one for one in facts.of("git") if one.about != "config"]
    tracked = [one for one in found if one.data["is_tracked"]]
    open_to = [
        one
        for one in found
        if one.data["is_tracked"] is False and one.data["is_ignored"] is False
    ]
    if tracked:
        roles = ", ".join(one.about for one in tracked)
        yield warned("tracked", f"git tracks: {roles}", UNTRACK, *tracked, about="")
    if open_to:
        roles = ", ".join(one.about for one in open_to)
        yield warned(
            "not-ignored", f"git would take: {roles}", IGNORE, *open_to, about=""
        )
    known = [one for one in found if one.data["is_tracked"] is not None]
    if found and len(known) == len(found) and not tracked and not open_to:
        yield passed("outside", "git does not take them", *found, about="")


GIT = Check(
    "store.git",
    "Git takes neither tokens nor keys nor the ledger",
    _judge,
    needs=("cfg.schema",),
    reads=("git",),
)
