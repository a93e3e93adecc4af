"""Keep httpcore from logging what goes to TikTok and what comes back.

At DEBUG it logs every header of an answer, and errors that quote the peer: whoever
repeats what it was sent would put a token into the log.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

LOGGERS: Final = ("connection", "http11", "http2", "proxy", "socks")

_is_kept: ContextVar[bool] = ContextVar("tiktok_bridge_silence", default=False)


@contextmanager
def kept() -> Iterator[None]:
    """Let httpcore log nothing of what this thread does in the meantime."""
    for name in LOGGERS:  # adding a filter that is there already does nothing
        logging.getLogger(f"httpcore.{name}").addFilter(_is_wanted)
    token = _is_kept.set(True)
    try:
        yield
    finally:
        _is_kept.reset(token)


def _is_wanted(_: logging.LogRecord) -> bool:
    return not _is_kept.get()
