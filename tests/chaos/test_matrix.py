"""What each fault leads to at each stage of a post's way: the matrix, executed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.chaos.matrix import table
from tests.chaos.matrix.cell import Ground, check

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    with Ground.laid() as ground:
        yield ground


@pytest.mark.parametrize("cell", table.parameters(table.executed(table.read())))
def test_a_fault_ends_as_the_matrix_says(cell: table.Cell, ground: Ground) -> None:
    check(cell, ground)
