"""log.mode: log files are private, and do not grow for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.outcomes import passed, warned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding


def _judge(facts: Facts) -> Iterator[Finding]:
    """The log files of this process are for their owner alone, and are rotated.

    A log has accounts, captions and times in it. Whether something outside of the
    process rotates a file cannot be seen. On the command line there is none.
    """
    for fact in facts.of("log_file"):
        if fact.data["is_exposed"]:
            says = f"others may read it (mode {fact.data['mode']:04o})"
            remedy = Remedy("Close the file for others.", "chmod 600 FILE")
            yield warned("exposed", says, remedy, fact)
        elif not fact.data["rotates"]:
            says = "no handler rotates it"
            remedy = Remedy(
                "Use a RotatingFileHandler, or logrotate with a WatchedFileHandler."
            )
            yield warned("not-rotated", says, remedy, fact)
        else:
            yield passed("private", "it is private and rotated", fact)


MODE = Check("log.mode", "Log files are private", _judge, reads=("logging",))
