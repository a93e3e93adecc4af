"""Every broken engine is found by the state machine in at most 200 runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.chaos.model import prepare, run
from tests.chaos.mutants import MUTANTS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.chaos.mutants import Mutant

RUNS, STEPS = 200, 30


@pytest.mark.parametrize("mutant", MUTANTS)
def test_control_a_broken_engine_is_found(
    mutant: Mutant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(tmp_path, monkeypatch)
    mutant(monkeypatch)

    with pytest.raises(AssertionError):
        run(RUNS, STEPS, shrink=False)
