"""Turn a `file:` URL or a bare path into an absolute path."""

from __future__ import annotations

import os
import re
from urllib.parse import unquote

from tiktok_bridge import ConfigError

SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
AUTHORITY = re.compile(r"//([^/]*)")


def path_of(url: str) -> str | None:
    """Return the absolute path that *url* names, None for another scheme.

    Only a `file:` URL is percent-decoded; a bare path is taken as it is written.

    Raises:
        ConfigError: *url* names no path on this machine.
    """
    scheme = SCHEME.match(url)
    if scheme is None:
        return _absolute(url, url)
    if scheme[1].lower() != "file":
        return None
    return _absolute(_decoded(url, url[scheme.end() :]), url)


def _decoded(url: str, rest: str) -> str:
    if authority := AUTHORITY.match(rest):
        if authority[1].lower() not in {"", "localhost"}:
            raise ConfigError(
                f"{url!a} names the host {authority[1]!a}",
                hint="write file:///path, with three slashes, or file:path",
            )
        rest = rest[authority.end() :]
    if not {"?", "#"}.isdisjoint(rest):
        raise ConfigError(
            f"{url!a} has a ? or a #, which mean something else in a URL",
            hint="write %3F for a question mark and %23 for a number sign",
        )
    return unquote(rest, errors="surrogateescape")


def _absolute(path: str, url: str) -> str:
    if not path or "\0" in path or _is_unencodable(path):
        raise ConfigError(f"{url!a} is no path", hint="write file:///path/to/it")
    return os.path.abspath(path)  # noqa: PTH100 - unlike Path, it drops the "..", too


def _is_unencodable(path: str) -> bool:
    try:
        os.fsencode(path)
    except UnicodeEncodeError:
        return True
    return False
