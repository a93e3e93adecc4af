"""Read the URL of a Redis server, and refuse what is not understood.

A message of this module never repeats a part of the URL that could be a password.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from tiktok_bridge import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tiktok_bridge import BridgeError

    Reader = Callable[[str], Any]
    Options = Mapping[str, tuple[Reader, Any]]

SCHEMES: Final = ("redis", "rediss", "redis+sentinel", "rediss+sentinel", "unix")

PORT: Final = 6379
SENTINEL_PORT: Final = 26379

URL: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(?://([^/?]*)([^?]*)(?:\?(.*))?)?")
HOST: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?")

OPTIONS: Final = "the README of tiktok-bridge-redis has a table of all options"
ESCAPES: Final = "write %40 for @, %3A for :, %2F for /, %3F for ? and %23 for #"
"""What to do about a URL whose options, or whose other parts, are wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a server is, who asks, and what the URL wants of it.

    Attributes:
        hosts: Host and port of the server, or of each Sentinel; empty for a socket.
        socket: Path of the server's socket, otherwise empty.
        service: What the Sentinels call the server, otherwise empty.
        options: What the query says, and the defaults of what it does not say.
    """

    is_tls: bool
    hosts: tuple[tuple[str, int], ...]
    socket: str
    service: str
    database: int
    user: str | None
    password: Secret | None
    options: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What messages call the server: the URL without user, password and query."""
        if self.socket:
            return f"unix://{self.socket}"
        scheme = ("rediss" if self.is_tls else "redis") + "+sentinel" * bool(
            self.service
        )
        hosts = ",".join(f"{host}:{port}" for host, port in self.hosts)
        service = f"/{self.service}" if self.service else ""
        return f"{scheme}://{hosts}{service}/{self.database}"


def _text(value: str) -> str:
    if not value:
        raise ValueError("is empty")
    return value


def _key(value: str) -> bytes:
    return _text(value).encode("utf-8", "surrogateescape")


def _path(value: str) -> str:
    if not value.startswith("/") or "\0" in value:
        raise ValueError("is no absolute path")
    return value


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise ValueError("is no number of seconds")
    return seconds


def _count(value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", value):
        raise ValueError("is no number")
    return int(value)


def _length(value: str) -> int:
    if not _count(value):
        raise ValueError("is 0, and nothing would be kept")
    return _count(value)


def _secret(value: str) -> Secret:
    return Secret(_text(value))


SERVER: Final[Options] = {
    "timeout": (_seconds, 5.0),
    "password_file": (_path, None),
    "ssl_ca_certs": (_path, None),
    "ssl_certfile": (_path, None),
    "ssl_keyfile": (_path, None),
    "sentinel_username": (_text, None),
    "sentinel_password": (_secret, None),
    "db": (_count, None),
}
"""Options of every URL: how each is read, and its default."""

TOKENS: Final[Options] = {
    "prefix": (_text, "tiktok-bridge"),
    "lease": (_seconds, 240.0),
    "wait": (_count, None),
}
"""Options of a token store. While it holds a lock, tiktok-bridge asks TikTok one thing
between two saves, which takes at most 195 s (15 to connect, 60 to send, 120 to answer);
the lease is longer than that and a save that has to wait for the server."""

MEDIA: Final[Options] = {"key": (_key, None)}
"""Options of media."""

EVENTS: Final[Options] = {
    "stream": (_key, None),
    "channel": (_key, None),
    "maxlen": (_length, 10_000),
    "wait": (_count, None),
}
"""Options of a notifier."""

ONE_OF: Final = {"key": MEDIA, "stream or channel": EVENTS}
"""What a URL has to name exactly one of."""


def read_url(url: str, options: Options, kind: type[BridgeError]) -> Address | None:
    """Return what *url* says, None for a scheme that is not ours.

    Args:
        url: A URL of the configuration.
        options: Those that what is opened takes, beside those of every server.
        kind: What a URL that is wrong is raised as.
    """
    found = URL.match(url)
    scheme = found[1].lower() if found else ""
    if scheme not in SCHEMES:
        return None
    try:
        return _address(url, scheme, options)
    except ValueError as error:
        message, *hints = error.args
    raise kind(f"a {scheme}: URL {message}", hint=hints[0] if hints else OPTIONS)


def _address(url: str, scheme: str, options: Options) -> Address:
    found = URL.fullmatch(url)
    if found is None or found[2] is None:
        raise ValueError(f"has to begin with {scheme}://", ESCAPES)
    path, query = found[3], found[4] or ""
    if not {"@", "#"}.isdisjoint(path + query):
        raise ValueError("has an @ or a # behind its host", ESCAPES)
    login, _, place = found[2].rpartition("@")
    user, has_password, password = login.partition(":")
    values = _options(query, {**SERVER, **options})
    _require_one_of(values, options)
    hosts, socket, service, database = _place(scheme, place, path, values["db"])
    return Address(
        is_tls=scheme.startswith("rediss"),
        hosts=hosts,
        socket=socket,
        service=service,
        database=database,
        user=unquote(user) or None,
        password=Secret(unquote(password)) if has_password and password else None,
        options=values,
    )


def _options(query: str, known: Options) -> dict[str, Any]:
    values: dict[str, Any] = {name: default for name, (_, default) in known.items()}
    seen = set()
    for part in filter(None, query.split("&")):
        name, _, value = part.partition("=")
        if name not in known:
            raise ValueError(f"takes only these options: {', '.join(sorted(known))}")
        if name in seen:
            raise ValueError(f"has {name} twice")
        seen.add(name)
        try:
            values[name] = known[name][0](unquote(value, errors="surrogateescape"))
        except ValueError as error:
            raise ValueError(f"has a {name} that {error}") from None
    return values


def _require_one_of(values: Mapping[str, Any], options: Options) -> None:
    for names, whose in ONE_OF.items():
        given = [name for name in names.split(" or ") if values.get(name)]
        if options is whose and len(given) != 1:
            raise ValueError(f"has to name one {names}: ?{names.split()[0]}=NAME")


def _place(
    scheme: str, place: str, path: str, db: int | None
) -> tuple[tuple[tuple[str, int], ...], str, str, int]:
    """Return the hosts, the socket, the service and the database."""
    if scheme == "unix":
        if place or path in ("", "/"):
            raise ValueError("has to name a socket: unix:///path", ESCAPES)
        return (), unquote(path), "", db or 0
    if scheme.endswith("+sentinel"):
        service, _, number = path.removeprefix("/").partition("/")
        hosts = tuple(_host(one, SENTINEL_PORT) for one in place.split(","))
        return hosts, "", unquote(_named(service)), _database(number, db)
    return (_host(place, PORT),), "", "", _database(path.removeprefix("/"), db)


def _named(service: str) -> str:
    if not service:
        raise ValueError(
            "has to name what the Sentinels watch: //HOST:PORT/NAME", ESCAPES
        )
    return service


def _host(text: str, port: int) -> tuple[str, int]:
    found = HOST.fullmatch(text)
    number = int(found[2] or port) if found else 0
    if found is None or not 0 < number < 1 << 16:
        raise ValueError("has no host, or more behind it than a port", ESCAPES)
    return found[1].strip("[]"), number


def _database(path: str, db: int | None) -> int:
    if not re.fullmatch(r"[0-9]{0,9}", path):
        raise ValueError("has a path that is no number of a database", ESCAPES)
    if path and db is not None:
        raise ValueError("names a database twice, in its path and by db")
    return int(path or db or 0)
