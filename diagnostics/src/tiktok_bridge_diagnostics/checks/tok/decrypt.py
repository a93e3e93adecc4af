"""tok.decrypt: every token record opens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.say import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding

WRONG: Final = {
    "no-key": (
        "the key ring does not hold the key of its record",
        "Restore the key ring from a backup, or let the creator log in again.",
    ),
    "damaged": (
        "its record is damaged, or was sealed for another account, app or key",
        "Restore the record (or the client key) as it was, or let the creator log in.",
    ),
    "unreadable": (
        "its record or the key ring cannot be read",
        "Restore the key ring, or let the creator log in again.",
    ),
}


def _judge(facts: Facts) -> Iterator[Finding]:
    """The key ring holds the key of each record, and the record opens with it.

    A record is bound to its account and app: a copy under another name, one of
    another client key, or one that was changed does not open.
    """
    for one in facts.of("token"):
        status = one.data["status"]
        if status == "ok":
            yield passed("opens", "its record opens", one, about=one.about)
        elif status in WRONG:
            says, text = WRONG[status]
            command = f"tiktok-bridge auth login {one.about}"
            yield failed(
                status,
                says,
                one,
                who="operator",
                fix=Remedy(text, command),
                about=one.about,
            )


DECRYPT = Check(
    "tok.decrypt",
    "Every token record opens",
    _judge,
    needs=("tok.present", "key.present"),
    reads=("tokens",),
)
