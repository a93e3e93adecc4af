"""cfg.media_root: videos can be read from their folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.outcomes import failed, passed, warned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding

NAME = Remedy("Make the folder, or name another one at `media_root` in bridge.yaml.")
MOVE = Remedy("Move the videos into `media_root`, or name a folder that holds them.")


def _judge(facts: Facts) -> Iterator[Finding]:
    """`media_root` is a folder that can be read, and no link in it leads out of it.

    A video outside of it is never read, so that a posts file cannot publish what it was
    not given; a symbolic link is followed before that is decided. Videos that have a
    URL need no folder.
    """
    for fact in facts.of("media_root"):
        data = fact.data
        if not data["is_there"]:
            says = "the folder is missing; only videos with a URL can be posted"
            yield warned("missing", says, NAME, fact)
        elif not data["is_folder"] or not data["is_readable"]:
            what = "cannot be read" if data["is_folder"] else "is no folder"
            yield failed("unusable", f"it {what}", NAME, fact)
        elif data["links_outside"]:
            says = f"{data['links_outside']} links lead out of it; posts that name them"
            yield warned("leads-outside", f"{says} are refused", MOVE, fact)
        elif data["broken_links"]:
            says = f"{data['broken_links']} links lead nowhere"
            yield warned("broken-links", says, MOVE, fact)
        elif data["is_complete"]:
            yield passed("inside", "it can be read, and nothing leads out of it", fact)
        else:
            yield passed("large", "it can be read; not all of it was looked at", fact)


MEDIA_ROOT = Check(
    "cfg.media_root",
    "Videos can be read from their folder",
    _judge,
    needs=("cfg.schema",),
    reads=("media_root",),
)
