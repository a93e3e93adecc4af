"""Remember the secrets of the credentials that were met; it imports next to nothing."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from botocore.credentials import Credentials

VARIABLES: Final = ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
SHORTEST: Final = 8  #: characters of a value that is looked for

_met: set[str] = set()


def remember(credentials: Credentials | None) -> None:
    """Remember what *credentials* of a profile hold; nobody is asked for them.

    Those of a role are fetched when a request needs them, and end by themselves.
    """
    values = vars(credentials) if credentials else {}
    for name in ("secret_key", "token", "_secret_key", "_token"):
        _met.add(values.get(name) or "")


def known() -> list[str]:
    """Return what no output may contain."""
    found = _met | {os.environ.get(name, "") for name in VARIABLES}
    return sorted(value for value in found if len(value) >= SHORTEST)
