"""media.open: the videos can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.say import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding


def _judge(facts: Facts) -> Iterator[Finding]:
    """A video that is to be uploaded is there, and this machine may read it.

    What is wrong with the content says media.format.
    """
    for draft in facts.of("draft", media="video", is_pulled=False):
        size = draft.data["size_bytes"]
        if size:
            yield passed("read", f"{size:,} bytes", draft, about=draft.about)
            continue
        told = draft.data["wrong"].get("video", ())
        yield failed(
            "empty" if size == 0 else "unreadable",
            "; ".join(str(message) for message, _ in told) or "it cannot be read",
            draft,
            who="operator",
            fix=Remedy("Put the video where the post says, readable by you."),
            about=draft.about,
        )


OPEN = Check("media.open", "The videos can be read", _judge, reads=("drafts",))
