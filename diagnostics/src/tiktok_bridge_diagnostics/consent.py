"""Let somebody consent to what changes something, by the name of the account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Ask = Callable[[str], str]


def account(known: Sequence[str], wanted: str | None, consented: str | None) -> str:
    """Return the account that is to be tried: the one that was named, or the only one.

    Args:
        known: Every account that has a token.
        wanted: What `--account` named, if anything.
        consented: What `--consent` named, if anything.

    Raises:
        ConfigError: It is not known, or nobody said which of several.
    """
    named = wanted or consented or (known[0] if len(known) == 1 else None)
    if named is None or named not in known:
        what = f"there is no account {named!r}." if named else "which account is meant?"
        raise ConfigError(
            f"{what} With a token are: {', '.join(known) or 'none'}; nothing was sent",
            hint="name one with --account",
        )
    return named


def require(account: str, what: str, consented: str | None, ask: Ask | None) -> None:
    """Return if somebody consented to *what* for *account*.

    Args:
        account: Whom it is about.
        what: What will be done, as a sentence.
        consented: The name that `--consent` gave, if any.
        ask: Shows a text on a terminal and returns what is typed; None without one.

    Raises:
        ConfigError: Nobody did; nothing was sent.
    """
    typed = consented
    if typed is None and ask is not None:
        typed = ask(f"{what}\nType the account's name to go on").strip()
    if typed is None:
        raise ConfigError(
            f"{what} Nobody consented to that; nothing was sent",
            hint=f"run it on a terminal, or add --consent {account}",
        )
    if typed != account:
        raise ConfigError(
            f"the consent is for {typed!r} and not for {account!r}; nothing was sent",
            hint=f"type {account}, or give --consent {account}",
        )
