"""Serve S3 over HTTP by moto, with conditional writes that are atomic.

Usage: s3_server.py; it prints its port. moto looks at a condition and then writes,
and serves each request by a thread of its own, so two could pass at once.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class OneWriter:
    """Pass requests on, those that write one after the other."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self._app = app
        self._writing = threading.Lock()

    def __call__(
        self, environ: dict[str, Any], start: Callable[..., Any]
    ) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] not in ("PUT", "DELETE"):
            return self._app(environ, start)
        with self._writing:
            return self._app(environ, start)


def main() -> None:
    """Serve until somebody ends the process."""
    app = OneWriter(DomainDispatcherApplication(create_backend_app))
    server = make_server(
        "127.0.0.1", 0, app, threaded=True, request_handler=MotoRequestHandler
    )
    print(server.server_port, flush=True)  # noqa: T201 - for who started it
    server.serve_forever()


if __name__ == "__main__":
    main()
