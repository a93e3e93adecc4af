"""Gather what the log handlers of this process would show."""

from __future__ import annotations

import base64
import io
import logging
import logging.handlers
import os
import secrets
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from tiktok_bridge import Collector, Fact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Redaction, Visit

TALKERS: Final = {
    "boto3": logging.DEBUG,
    "botocore": logging.DEBUG,
    "httpcore": logging.DEBUG,
    "httpx": logging.INFO,
    "redis": logging.DEBUG,
    "urllib3": logging.DEBUG,
    "vcr": logging.DEBUG,
}
"""Libraries that log addresses, headers or bodies, and from which level."""

WINDOW: Final = 12
"""Characters of a canary in a row that are a leak."""


def _collect(_: Visit) -> Iterator[Fact]:
    """Yield facts of kind `handler`, `talker` and `log_file`.

    `handler`, about the class of each handler: `is_covered` (a redaction was put on
    it), `leaks` (a canary that it knows came through its filters,
    its formatter and its redaction). `talker`, about each library that is loaded:
    `is_talking` (its level lets addresses or bodies through), `reaches_open` (to a
    handler without redaction). `log_file`, about its number: `mode`, `is_exposed`,
    `is_mine`, `rotates`.
    """
    handlers = _handlers()
    canary = f"canary-{secrets.token_urlsafe(24)}"
    for handler in handlers:
        data = {"is_covered": _redaction(handler) is not None}
        data["leaks"] = _leaks(handler, canary)
        yield Fact("handler", type(handler).__name__, data)
    for name, level in TALKERS.items():
        if name in logging.root.manager.loggerDict:
            yield Fact("talker", name, _talk(logging.getLogger(name), level))
    for number, path in enumerate(log_files(), 1):
        yield Fact("log_file", str(number), _file(path))


def log_files() -> list[Path]:
    """Return the files that the handlers of this process write to, that are there."""
    found = [one for one in _handlers() if isinstance(one, logging.FileHandler)]
    return sorted({Path(one.baseFilename) for one in found if _is_file(one)})


def _is_file(handler: logging.FileHandler) -> bool:
    return Path(handler.baseFilename).is_file()


def _handlers() -> list[logging.Handler]:
    """Return every handler once, those of the root first."""
    known = logging.root.manager.loggerDict
    loggers = [known[name] for name in sorted(known)]
    every = [one for one in loggers if isinstance(one, logging.Logger)]
    found = [handler for one in (logging.root, *every) for handler in one.handlers]
    return [one for one in dict.fromkeys(found) if not _is_null(one)]


def _is_null(handler: logging.Handler) -> bool:
    return isinstance(handler, logging.NullHandler)


def _redaction(handler: logging.Handler) -> Redaction | None:
    """Return what `Redaction.put_on` has put on *handler*."""
    found: Redaction | None = getattr(handler.emit, "redaction", None)
    return found


def _leaks(handler: logging.Handler, canary: str) -> bool:
    """Send a record with *canary* through all that *handler* does but write it.

    A handler beside it has the same filters, formatter and redaction, so that nothing
    appears in the log itself.
    """
    shown = io.StringIO()
    beside = logging.StreamHandler(shown)
    beside.setFormatter(handler.formatter)
    beside.filters = list(handler.filters)
    if worn := _redaction(handler):
        worn.add(canary)
        worn.put_on(beside)
    forms = (canary, quote(canary), base64.b64encode(canary.encode()).decode())
    for form in forms:
        error = ValueError(f"refused: {form}")
        trace = (ValueError, error, None)
        text = "a canary: %s"
        record = logging.LogRecord(
            "tiktok_bridge", logging.ERROR, __file__, 1, text, (form,), trace
        )
        beside.handle(record)
    windows = {form[at : at + WINDOW] for form in forms for at in range(len(form) - 11)}
    return any(window in shown.getvalue() for window in windows)


def _talk(logger: logging.Logger, level: int) -> dict[str, Any]:
    is_talking = logger.isEnabledFor(level)
    open_ones: list[logging.Handler] = []
    here: logging.Logger | None = logger
    while here is not None:
        open_ones += [
            one
            for one in here.handlers
            if one.level <= level and not _is_null(one) and _redaction(one) is None
        ]
        here = here.parent if here.propagate else None
    return {"is_talking": is_talking, "reaches_open": bool(open_ones)}


def _file(path: Path) -> dict[str, Any]:
    status = path.stat()
    kinds = (logging.handlers.BaseRotatingHandler, logging.handlers.WatchedFileHandler)
    rotates = any(
        isinstance(one, kinds) and Path(one.baseFilename) == path
        for one in _handlers()
        if isinstance(one, logging.FileHandler)
    )
    return {
        "mode": stat.S_IMODE(status.st_mode),
        "is_exposed": bool(status.st_mode & 0o077),
        "is_mine": status.st_uid == os.geteuid(),
        "rotates": rotates,
    }


LOGGING = Collector("logging", _collect)
