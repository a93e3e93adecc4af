"""Say whether what a URL names can be used, within a deadline."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from tiktok_bridge.errors import BridgeError

if TYPE_CHECKING:
    from collections.abc import Callable

    Answer = tuple["Status", str, str | None]

Status = Literal["ok", "failed", "unknown"]

DEADLINE: Final = 5.0
"""Seconds for which one plugin is asked."""

SILENT: Final = "it can be opened, and the plugin does not tell more"


@dataclass(frozen=True, slots=True)
class Health:
    """How it is with one URL of the configuration; without secrets.

    Attributes:
        name: Where the URL stands, as `tokens` or `notify[0].to`.
        plugin: The plugin that opened it, or None.
        url: The URL, without its password and its query.
        status: `unknown` where the plugin does not tell.
        words: What the plugin says, or what is wrong.
        hint: The next action, or None.
        seconds: How long it took.
    """

    name: str
    plugin: str | None
    url: str
    status: Status
    words: str
    hint: str | None
    seconds: float


def asked(
    ask: Callable[[], str | None],
    deadline: float,
    clock: Callable[[], float] = time.monotonic,
) -> tuple[Answer, float]:
    """Return what *ask* says or raises, and how many seconds that took.

    It runs in a thread of its own, which is left behind when it does not end in time.
    """
    from queue import Empty, SimpleQueue  # noqa: PLC0415 - slow to import

    answers: SimpleQueue[Answer] = SimpleQueue()
    began = clock()
    threading.Thread(
        target=lambda: answers.put(_answer(ask)), name="health", daemon=True
    ).start()
    try:
        answer = answers.get(timeout=deadline)
    except Empty:
        answer = "failed", f"no answer within {deadline:g} s", None
    return answer, clock() - began


def _answer(ask: Callable[[], str | None]) -> Answer:
    try:
        words = ask()
    except BridgeError as error:
        return "failed", str(error), error.hint
    except BaseException as error:  # noqa: BLE001 - it would end in the thread, unseen
        return "failed", f"{type(error).__name__}: {error}", None
    return ("unknown", SILENT, None) if words is None else ("ok", words, None)
