"""Give a log handler copies of its records that hold no secret.

A formatter can be replaced, is not asked by handlers that send the record itself, and
is passed by when logging reports that it failed. A filter changes the record for every
other handler. So the `emit` of the handler is wrapped: what it never gets, it cannot
show.
"""

from __future__ import annotations

import logging
from copy import copy
from typing import TYPE_CHECKING, Final

from tiktok_bridge.redaction import patterns
from tiktok_bridge.redaction.addresses import HIDDEN

if TYPE_CHECKING:
    from tiktok_bridge.redaction.redaction import Redaction

HARMLESS: Final = frozenset(
    {"name", "levelname", "pathname", "filename", "module", "funcName"}
)
"""Fields of a record that come from the code."""

PLAIN: Final = (bool, int, float, type(None))

DEPTH: Final = 8
"""How deep an extra is looked into; what lies below becomes text."""


class CleanEmit:
    """Stand in for the `emit` of one handler."""

    def __init__(self, handler: logging.Handler, redaction: Redaction) -> None:
        self._handler = handler
        self.emit = handler.emit
        self.redaction = redaction

    @classmethod
    def put_on(cls, handler: logging.Handler, redaction: Redaction) -> None:
        """Wrap *handler*, unless that was done."""
        worn = handler.emit
        while isinstance(worn, cls):
            if worn.redaction is redaction:
                return
            worn = worn.emit
        handler.emit = cls(handler, redaction)  # type: ignore[method-assign] # see above

    def __call__(self, record: logging.LogRecord) -> None:
        """Hand the handler a clean copy of *record*."""
        self.emit(_clean(record, self._handler.formatter, self.redaction))


def _clean(
    record: logging.LogRecord,
    formatter: logging.Formatter | None,
    redaction: Redaction,
) -> logging.LogRecord:
    cleaned = copy(record)
    cleaned.msg, cleaned.args = _message(record), ()
    if record.exc_info:
        format_exception = (formatter or logging.Formatter()).formatException
        cleaned.exc_text = format_exception(record.exc_info)
    cleaned.exc_info = None
    for name, value in vars(cleaned).items():
        if name not in HARMLESS:
            setattr(cleaned, name, _cleaned(value, redaction, name))
    return cleaned


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception as error:  # noqa: BLE001 - logging would print it, secrets and all
        return (
            f"{_text(record.msg)} {_text(record.args)} (cannot be formatted: {error})"
        )


def _cleaned(
    value: object, redaction: Redaction, name: object = "", depth: int = DEPTH
) -> object:
    """Return *value* without secrets; what is neither data nor text becomes text."""
    if isinstance(value, PLAIN):
        return value
    if depth and isinstance(value, dict):
        return {
            _cleaned(key, redaction): _cleaned(one, redaction, key, depth - 1)
            for key, one in value.items()
        }
    if depth and isinstance(value, list | tuple | set | frozenset):
        inner = [_cleaned(one, redaction, name, depth - 1) for one in value]
        return tuple(inner) if isinstance(value, tuple) else inner
    if value and isinstance(name, str) and patterns.is_secret(name):
        return HIDDEN
    return redaction.text(value if isinstance(value, str) else _text(value))


def _text(value: object) -> str:
    try:
        return str(value)
    except Exception as error:  # noqa: BLE001 - objects may do anything
        return f"a {type(value).__name__} whose text cannot be had: {error!r:.200}"
