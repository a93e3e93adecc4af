"""What the tests of the contracts share."""

from __future__ import annotations

import resource
import threading
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tiktok_bridge import BridgeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

pytest.register_assert_rewrite("tiktok_bridge.testing")

RACES = range(1_000, 50_000)
"""How often to try at least, and at most until it has gone both ways."""


@pytest.fixture
def while_swapping() -> Callable[..., Counter[object]]:
    """Return a function that tries something while a path is swapped for a link.

    It counts the results; an error counts as its class.
    """
    return _while_swapping


def _while_swapping(
    path: Path, outside: Path, attempt: Callable[[], object]
) -> Counter[object]:
    stop = threading.Event()
    thread = threading.Thread(target=_swap_until, args=(stop, path, outside))
    thread.start()
    try:
        return _results_of(attempt)
    finally:
        stop.set()
        thread.join()


def _swap_until(stop: threading.Event, path: Path, outside: Path) -> None:
    aside, link = path.with_name("aside"), path.with_name("link")
    while not stop.is_set():
        link.symlink_to(outside)
        path.rename(aside)
        link.rename(path)
        path.unlink()
        aside.rename(path)


def _results_of(attempt: Callable[[], object]) -> Counter[object]:
    results: Counter[object] = Counter()
    while results.total() < RACES.start or (
        results.total() < RACES.stop and len(results.keys() - {None}) == 1
    ):
        try:
            results[attempt()] += 1
        except BridgeError as error:
            results[type(error)] += 1
    return results


@contextmanager
def taken_away(folder: Path) -> Iterator[None]:
    """Put a file in the place of *folder* during the block."""
    aside = folder.with_name(f"{folder.name}-aside")
    folder.rename(aside)
    folder.touch()
    try:
        yield
    finally:
        folder.unlink()
        aside.rename(folder)


@pytest.fixture
def take_away() -> Callable[[Path], AbstractContextManager[None]]:
    """Return a block during which a folder is none."""
    return taken_away


@pytest.fixture
def files_in() -> Callable[[Path], object]:
    """Return a function that tells everything that is below a folder."""
    return lambda folder: sorted(
        (str(path), path.stat().st_mtime_ns, path.stat().st_size)
        for path in (folder, *folder.rglob("*"))
    )


@pytest.fixture
def file_size_limit() -> Callable[[int], AbstractContextManager[None]]:
    """Return a block in which no file grows beyond a size, as on a full disk."""
    return _file_size_limit


@contextmanager
def _file_size_limit(size_bytes: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
