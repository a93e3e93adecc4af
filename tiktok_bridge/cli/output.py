"""Keep secrets out of what the program prints by itself: its log and tracebacks."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from tiktok_bridge.redaction.redaction import Redaction

    Hook = Callable[
        [type[BaseException], BaseException | None, TracebackType | None], None
    ]


def begin_to_log(redaction: Redaction, *, verbose: bool) -> None:
    """Log on stderr: warnings, and with *verbose* everything that is done.

    Where somebody else has set up logging, it stays as it is.
    """
    import logging

    handler = logging.StreamHandler()
    redaction.put_on(handler)
    name = "%(levelname)s %(name)s" if verbose else "warning"
    style = f"{name}: %(message)s"
    level = logging.INFO if verbose else logging.WARNING
    logging.basicConfig(handlers=[handler], level=level, format=style)


def guard_tracebacks(redaction: Redaction) -> None:
    """Print the traceback of an error that nobody expected without its secrets."""
    show = _printer(redaction)
    sys.excepthook = show
    threading.excepthook = lambda error: show(
        error.exc_type, error.exc_value, error.exc_traceback
    )
    sys.unraisablehook = lambda error: show(
        error.exc_type, error.exc_value, error.exc_traceback
    )


def _printer(redaction: Redaction) -> Hook:
    def show(
        kind: type[BaseException],
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        import traceback

        lines = traceback.format_exception(kind, error, trace)
        sys.stderr.write(redaction.text("".join(lines)))

    return show
