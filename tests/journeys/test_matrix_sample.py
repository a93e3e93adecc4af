"""The matrix of faults has a cell for everything, and a sample of it is executed here.

`make chaos` executes the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.chaos.matrix import servers, table
from tests.chaos.matrix.cell import FAULTS, Ground, check
from tests.chaos.matrix.table import STAGES, TableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROWS = table.read()
CELLS = table.executed(ROWS)

NEAR = [cell for cell in CELLS if cell.row not in servers.FAULTS]
"""Those that start no other server; test_redis_faults.py and test_s3_faults.py do."""

FEWEST = 740
"""Cells that are executed, so that none is quietly left out."""

WHOLE = dict.fromkeys(STAGES, "n/a: nothing happens there")


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    with Ground.laid() as ground:
        yield ground


def test_every_fault_has_a_row_and_every_row_that_is_executed_a_fault() -> None:
    assert FAULTS.keys() == {cell.row for cell in CELLS}


def test_enough_cells_are_executed() -> None:
    assert len(CELLS) >= FEWEST


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_about_which_nobody_says_anything_is_no_row(stage: str) -> None:
    written = {name: text for name, text in WHOLE.items() if name != stage}

    with pytest.raises(TableError, match=f"what happens at {stage}"):
        table.read_row("a fault", written)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "n/a",
        "n/a: ",
        "n/a: no reason",
        "published",
        "fine, 3 requests",
        "published, many requests",
        "published, 3 requests; then pray",
    ],
)
def test_a_cell_that_cannot_be_checked_is_none(text: str) -> None:
    with pytest.raises(TableError):
        table.read_cell("a fault", "init", text)


def test_a_stage_is_named_once_and_is_one() -> None:
    reason = WHOLE["init"]
    for key in ("status, init", "status, status", "somewhere"):
        with pytest.raises(TableError, match="is no stage, or stands twice"):
            table.read_row("a fault", {"init": reason, key: reason})


def test_a_row_stands_once(tmp_path: Path) -> None:
    file = tmp_path / "rows.toml"
    rows = "".join(f'"{stage}" = "{text}"\n' for stage, text in WHOLE.items())
    file.write_text(f'["a fault"]\n{rows}')

    assert set(table.read(file)) == {"a fault"}
    with pytest.raises(TableError, match="stands twice"):
        table.read(file, file)


@pytest.mark.parametrize("cell", table.parameters(table.sample(NEAR)[::3]))
def test_a_sample_of_the_matrix_holds(cell: table.Cell, ground: Ground) -> None:
    check(cell, ground)
