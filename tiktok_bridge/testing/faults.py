"""Try something that may fail or hang, and say what came of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Final

import pytest

BreakIt = Callable[[], AbstractContextManager[object]]
"""What `break_it` is: during its block nobody can use the medium."""

PATIENCE: Final = 60.0
"""Seconds after which an operation hangs."""

UNDEFINED: Final = "define the fixture `break_it` to check what a broken medium does"


def error_of(act: Callable[[], object]) -> BaseException | None:
    """Return what *act* raises, None if nothing; a test fails if it does not end."""
    ends: SimpleQueue[BaseException | None] = SimpleQueue()
    Thread(target=lambda: ends.put(_raised(act)), daemon=True).start()
    try:
        return ends.get(timeout=PATIENCE)
    except Empty:
        pytest.fail(f"it did not end within {PATIENCE:g} s")


def _raised(act: Callable[[], object]) -> BaseException | None:
    try:
        act()
    except BaseException as error:  # noqa: BLE001 - the test says which it may be
        return error
    return None
