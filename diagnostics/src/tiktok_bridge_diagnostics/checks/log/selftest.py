"""log.selftest: no log handler shows a secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.outcomes import failed, passed, warned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Fact, Facts, Finding


def _judge(facts: Facts) -> Iterator[Finding]:
    """A secret that is logged does not come through any log handler of this process.

    A canary is sent, plain and encoded, in a message and in an error, through the
    filters, the formatter and the redaction of each handler; nothing is written. On the
    command line there is one handler, with redaction. A program that uses the library
    puts it on its own handlers.
    """
    found = facts.of("handler")
    leaking = [one for one in found if one.data["leaks"] and one.data["is_covered"]]
    open_ones = [
        one for one in found if one.data["leaks"] and not one.data["is_covered"]
    ]
    if leaking:
        says = f"a canary came through the redaction of {_names(leaking)}"
        remedy = Remedy("Remove what the formatter of that handler adds of its own.")
        yield failed("leaks", says, remedy, *leaking, about="")
    if open_ones:
        says = f"no redaction is on {_names(open_ones)}"
        remedy = Remedy("Call `bridge.redaction.put_on(handler)` for each handler.")
        yield warned("not-covered", says, remedy, *open_ones, about="")
    if found and not leaking and not open_ones:
        yield passed("hidden", "no handler lets a canary through", *found, about="")


def _names(found: list[Fact]) -> str:
    return ", ".join(dict.fromkeys(one.about for one in found))


SELFTEST = Check(
    "log.selftest", "No log handler shows a secret", _judge, reads=("logging",)
)
