"""ledger.integrity: the ledger can be read, and is sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.outcomes import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding

RESTORE = Remedy(
    "Stop publishing. Keep a copy of the file as it is, beside those that end in -wal"
    " and -shm. Restore it from your backup, or let `sqlite3 ledger.db .recover`"
    " write what can be saved to a new one. An older ledger does not know what was sent"
    " since: look at the accounts before you publish."
)
OPEN = Remedy("Do what the message says; until then nothing is published.")


def _judge(facts: Facts) -> Iterator[Finding]:
    """The ledger opens in this release's version, and SQLite finds no damage in it.

    It is what keeps a post from being sent twice, so nothing is published without it.
    It is opened to be read only; a ledger that was not made yet is no error.
    """
    for fact in facts.of("ledger_file", is_there=True):
        if fact.data["is_sound"] is False:
            says = f"SQLite finds damage in it ({fact.data['faults']} places or more)"
            yield failed("damaged", says, RESTORE, fact)
        elif not fact.data["opens"]:
            yield failed("does-not-open", fact.data["says"], OPEN, fact)
        elif fact.data["is_sound"]:
            yield passed("sound", "it opens, and SQLite finds it sound", fact)
        else:
            yield passed("opens", "it opens; it was not looked through", fact)


INTEGRITY = Check(
    "ledger.integrity",
    "The ledger is sound",
    _judge,
    needs=("cfg.schema",),
    effect="S1",
    reads=("ledger_file",),
)
