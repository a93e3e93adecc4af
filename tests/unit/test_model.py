"""Whatever happens in whatever order: posted once, never lost, as it was written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.chaos import mutants
from tests.chaos.model import prepare, run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.chaos.mutants import Mutant

IS_THOROUGH = settings().max_examples > 100
RUNS, STEPS = (750, 50) if IS_THOROUGH else (30, 30)
QUICK = [
    mutants.call_it_published_early,
    mutants.forget_a_new_token,
    mutants.take_any_content,
]


@pytest.fixture(autouse=True)
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(tmp_path, monkeypatch)


def test_whatever_happens_a_post_is_posted_once_and_comes_to_its_end() -> None:
    run(RUNS, STEPS)


@pytest.mark.parametrize("mutant", QUICK)
def test_control_a_broken_engine_is_found(
    mutant: Mutant, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutant(monkeypatch)

    with pytest.raises(AssertionError):
        run(RUNS, STEPS, shrink=False)
