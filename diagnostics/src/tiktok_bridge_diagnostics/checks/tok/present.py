"""tok.present: every account has a token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.say import failed, passed, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Fact, Facts, Finding


def _judge(facts: Facts) -> Iterator[Finding]:
    """Somebody has logged in, for each account that a post waits for.

    A post of an account without a token waits for ever.
    """
    store = facts.last("tokens")
    if store is None:
        return
    if not store.data["is_readable"]:
        yield unknown(
            "unreadable",
            "the token store cannot be read",
            store,
            settles_it="the repair of the store, which other checks look at",
        )
        return
    for one in facts.of("token"):
        if one.data["status"] == "none":
            yield _missing(one, "a post waits for an account without a token")
        else:
            yield passed("present", "there is a record", one, about=one.about)
    if not facts.of("token"):
        yield _missing(store, "there is no token of any account")


def _missing(one: Fact, says: str) -> Finding:
    name = one.about or "ACCOUNT"
    return failed(
        "missing",
        says,
        one,
        who="creator",
        fix=Remedy("Let the creator log in.", f"tiktok-bridge auth login {name}"),
        about=one.about,
    )


PRESENT = Check(
    "tok.present",
    "Every account has a token",
    _judge,
    needs=("cfg.schema", "plug.load", "plug.health", "store.mode", "store.symlink"),
    reads=("tokens",),
)
