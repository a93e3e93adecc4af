"""env.readonly: what has to be written can be written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.outcomes import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding

WORDS = {
    "EACCES": "this user may not write there",
    "EPERM": "this user may not write there",
    "EROFS": "the file system is read-only",
    "ENOSPC": "the disk is full",
    "EDQUOT": "the quota of this user is used up",
}


def _judge(facts: Facts) -> Iterator[Finding]:
    """The folders of the tokens, of the ledger and of temporary files can be written.

    A file is made there, brought to disk, renamed and removed, which is what keeping a
    token takes. Of a folder that is still to be made, only the permission is looked at.
    """
    for fact in facts.of("folder"):
        code = fact.data["errno"]
        if fact.data["is_written"]:
            yield passed("writable", f"the folder of {fact.about} can be written", fact)
        else:
            why = WORDS.get(code, "it cannot be written")
            remedy = Remedy(
                "Make room there."
                if code in ("ENOSPC", "EDQUOT")
                else "Let this user write there, or name another place in bridge.yaml."
            )
            says = f"the folder of {fact.about}: {why} ({code})"
            yield failed("not-writable", says, remedy, fact)


READONLY = Check(
    "env.readonly",
    "The folders of state can be written",
    _judge,
    reads=("environment",),
)
