"""Check that what a plugin opens tells how it is."""
# ruff: noqa: D102, S101 - a test's name is its sentence, and assert is its tool

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tiktok_bridge.errors import BridgeError
from tiktok_bridge.testing.faults import UNDEFINED, BreakIt, error_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tiktok_bridge.hookspecs import Checkable

    Snapshot = Callable[[], object]


class HealthContract:
    """Check `health`.

    Define `checkable`: what a hook has opened, on a medium that can be used, and
    `snapshot`: a function that returns what is on that medium. Define `break_it` if
    you can: a function that returns a block in which nobody can use the medium.
    """

    @pytest.fixture
    def break_it(self) -> BreakIt:
        pytest.skip(UNDEFINED)

    def test_a_few_words_are_told_on_one_line(self, checkable: Checkable) -> None:
        words = checkable.health()

        assert words.strip() == words != ""
        assert words.isprintable()

    def test_nothing_is_written(self, checkable: Checkable, snapshot: Snapshot) -> None:
        before = snapshot()
        for _ in range(2):
            checkable.health()

        assert snapshot() == before

    def test_a_broken_medium_is_told_and_a_mended_one(
        self, checkable: Checkable, break_it: BreakIt
    ) -> None:
        with break_it():
            error = error_of(checkable.health)

        assert isinstance(error, BridgeError)
        assert str(error).isprintable()
        assert checkable.health()
