"""env.python: the interpreter is one that is supported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.outcomes import failed, passed, warned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding

OLDEST: Final = [3, 11]
"""The oldest Python that is supported."""


def _judge(facts: Facts) -> Iterator[Finding]:
    """Python is 3.11 or newer, reads and writes UTF-8, and knows time zones.

    Captions, paths and posts files are UTF-8; with another encoding they are read
    wrongly or not at all. A slim container often has no time zone database.
    """
    for fact in facts.of("python"):
        version = ".".join(str(one) for one in fact.data["version"])
        if fact.data["version"][:2] < OLDEST:
            remedy = Remedy("Install Python 3.11 or newer.")
            yield failed("too-old", f"Python {version} is too old", remedy, fact)
        elif not fact.data["is_utf8"]:
            remedy = Remedy("Switch Python's UTF-8 mode on.", "export PYTHONUTF8=1")
            says = f"Python {version} does not use UTF-8 for files"
            yield failed("no-utf8", says, remedy, fact)
        elif not fact.data["has_time_zones"]:
            remedy = Remedy("Install the time zones.", "pip install tzdata")
            says = f"Python {version} has no time zone database"
            yield warned("no-time-zones", says, remedy, fact)
        else:
            yield passed("supported", f"Python {version}, with UTF-8", fact)


PYTHON = Check("env.python", "Python is supported", _judge, reads=("environment",))
