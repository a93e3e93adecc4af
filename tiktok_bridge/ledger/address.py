"""Read the URL of a ledger, and name it without its password."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError

from tiktok_bridge.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

SQLITE: Final = "sqlite+pysqlite"
POSTGRES: Final = "postgresql+psycopg"

DRIVERS: Final[Mapping[str, str]] = {
    "sqlite": SQLITE,
    SQLITE: SQLITE,
    "postgres": POSTGRES,
    "postgresql": POSTGRES,
    POSTGRES: POSTGRES,
}
"""What may stand before `://`, and the driver that it means."""

SHOWN: Final = frozenset({"host", "port"})
"""Parameters of a URL that say where the server is; any other may be a secret."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a ledger is.

    Attributes:
        url: With everything in it, the password too.
        name: What a message may call it.
    """

    url: sa.URL = field(repr=False)
    name: str

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file of this machine."""
        return self.url.drivername == SQLITE


def read(text: str) -> Address:
    """Return what the URL *text* means.

    Raises:
        ConfigError: It is no URL, or one of a database that cannot be a ledger.
    """
    scheme = text.partition(":")[0]
    try:
        url = sa.make_url(text)
    except (ArgumentError, ValueError):
        # the parser's own words repeat a part of the URL, which may be the password
        raise ConfigError(f"ledger: {scheme}:… is no database URL", hint=HINT) from None
    if url.drivername not in DRIVERS:
        raise ConfigError(
            f"ledger: {scheme}:… is neither SQLite nor PostgreSQL", hint=HINT
        )
    if "@" in (url.host or ""):
        raise ConfigError(f"ledger: {scheme}:… has more than one @", hint=HINT)
    url = url.set(drivername=DRIVERS[url.drivername])
    if url.drivername == SQLITE:
        _require_file(url)
    shown = {name: value for name, value in url.query.items() if name in SHOWN}
    name = url.set(drivername=scheme, query=shown)
    return Address(url, name.render_as_string(hide_password=True))


def _require_file(url: sa.URL) -> None:
    if not url.database or ":memory:" in url.database or "mode" in url.query:
        raise ConfigError("ledger: a ledger in memory forgets what was published")


HINT: Final = (
    "write sqlite:///PATH or postgresql+psycopg://USER:PASSWORD@HOST/DATABASE; in a"
    " password @ is %40, : is %3A, / is %2F and % is %25"
)
