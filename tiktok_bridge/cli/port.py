"""Take the port to which a browser will come back."""

from __future__ import annotations

import errno
import socket
from typing import Final
from urllib.parse import urlsplit

from tiktok_bridge.config.redirect import with_port
from tiktok_bridge.errors import BusyError, ConfigError

ATTEMPTS: Final = 10
"""How often to look for a port that is free on both loopback addresses."""


def can_listen(redirect_uri: str) -> bool:
    """Tell whether a redirect to *redirect_uri* can reach this program.

    TikTok takes http on loopback alone; https needs a certificate, and perhaps a host
    elsewhere.
    """
    return urlsplit(with_port(redirect_uri, 0)).scheme == "http"


def listen(host: str, port: int) -> list[socket.socket]:
    """Return sockets that listen where a browser looks for *host*."""
    for attempt in range(ATTEMPTS):
        first = _bind("127.0.0.1", port)
        if host != "localhost":
            return [first]
        try:
            # A browser may ask ::1 first: nobody else may listen there.
            return [first, _bind("::1", first.getsockname()[1])]
        except BusyError:
            first.close()
            if port or attempt == ATTEMPTS - 1:
                raise
        except OSError:  # this machine has no IPv6
            return [first]
    raise AssertionError("the last attempt has raised")


def _bind(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        return socket.create_server((address, port), family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise BusyError(
                f"port {port} of {address}, where TikTok sends the person, is taken by"
                " another program",
                hint="end that program (perhaps another login), use --paste, or"
                " register http://127.0.0.1:*/callback/ and write it as"
                " app.redirect_uri: then each login takes a free port",
            ) from None
        if error.errno in (errno.EACCES, errno.EPERM):
            raise ConfigError(
                f"port {port} of app.redirect_uri may not be used by this user",
                hint="register a port above 1023, or use --paste",
            ) from None
        raise
