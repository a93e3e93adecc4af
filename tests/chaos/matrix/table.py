"""Read the matrix: what each fault leads to at each stage of a journey."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from _pytest.mark import ParameterSet

STAGES: Final = (
    "token",
    "creator_info",
    "init",
    "chunk first",
    "chunk middle",
    "chunk last",
    "status",
    "webhook",
    "doctor",
    "bundle",
)
"""The columns: where on its way a post meets the fault, and what is said of it."""

EXITS: Final = {
    "published": 0,
    "in inbox": 0,
    "failed": 1,
    "unfinished": 4,
    "unknown": 4,
    "nothing": 2,
}
"""The outcomes, and the exit status that each has unless the cell says another."""

WAYS: Final = ("publish", "retry", "settle", "login")
"""What a person does once the fault is over; each ends with another publish."""

SHORTEST_REASON: Final = 15
"""Signs of a reason in words."""

EXPECTATION: Final = re.compile(
    r"(?P<outcome>published|in inbox|failed|unfinished|unknown|nothing)"
    r"(, exit (?P<exit>-?\d+( or -?\d+)*))?"
    r", (?P<requests>\d+) requests?"
    r"(, says (?P<says>[^;]+))?"
    r"(; then (?P<then>[a-z ]+))?"
    r"(; defect: (?P<defect>.+))?"
)
EXPLAINED: Final = re.compile(r"(?P<stage>[a-z_ ]+): (?P<code>\w+)")


@dataclass(frozen=True)
class Cell:
    """One fault at one stage: what is expected, or why nothing is.

    Attributes:
        reason: Why the cell is not executed; the other fields are empty then.
        outcome: Where the post stands after the run; `nothing` was accepted at all.
        exits: Exit status of `publish`, or several where it is a race.
        requests: Most requests of that run.
        says: What the run, or the post's history, must name.
        then: What a person does once the fault is over, one after the other; see
            `WAYS`. The run before must have said so, but for `publish`.
        defect: Why the cell is not so yet; empty if it is.
        explains: For the doctor: the stage whose run is explained.
        code: For the doctor: the code that it names, or `nothing`.
    """

    row: str
    stage: str
    reason: str = ""
    outcome: str = ""
    exits: tuple[int, ...] = ()
    requests: int = 0
    says: str = ""
    then: tuple[str, ...] = ("publish",)
    defect: str = ""
    explains: str = ""
    code: str = ""

    def __str__(self) -> str:
        return f"{self.row}-{self.stage}"


class TableError(ValueError):
    """Name a cell that is missing, or that says nothing."""


def read(*paths: Path) -> dict[str, dict[str, Cell]]:
    """Return the rows of *paths*, each with a cell for every stage."""
    rows: dict[str, dict[str, Cell]] = {}
    for path in paths or sorted(Path(__file__).parent.glob("*.toml")):
        for row, written in tomllib.loads(path.read_text("utf-8")).items():
            if row in rows:
                raise TableError(f"{row} stands twice")
            rows[row] = read_row(row, written)
    return rows


def read_row(row: str, written: dict[str, Any]) -> dict[str, Cell]:
    """Return the cells of *row*; a key names one stage, or several with commas."""
    cells: dict[str, Cell] = {}
    for key, text in written.items():
        for stage in key.split(", "):
            if stage not in STAGES or stage in cells:
                raise TableError(f"{row}: {stage} is no stage, or stands twice")
            cells[stage] = read_cell(row, stage, text)
    if missing := [stage for stage in STAGES if stage not in cells]:
        raise TableError(f"{row}: nobody says what happens at {', '.join(missing)}")
    return {stage: cells[stage] for stage in STAGES}


def read_cell(row: str, stage: str, text: str) -> Cell:
    """Return one cell; see the head of `answers.toml` for how it is written."""
    if text.startswith("n/a"):
        reason = text.removeprefix("n/a").removeprefix(": ")
        if len(reason) < SHORTEST_REASON:
            raise TableError(f"{row}, {stage}: n/a without a reason in words")
        return Cell(row, stage, reason=reason)
    pattern = EXPLAINED if stage == "doctor" else EXPECTATION
    found = pattern.fullmatch(text)
    if not found:
        raise TableError(f"{row}, {stage}: {text!r} says nothing that can be checked")
    if stage == "doctor":
        return Cell(row, stage, explains=found["stage"], code=found["code"])
    then = tuple((found["then"] or "publish").split())
    if unknown := set(then) - set(WAYS):
        raise TableError(f"{row}, {stage}: nobody can {unknown}")
    exits = found["exit"] or str(EXITS[found["outcome"]])
    return Cell(
        row,
        stage,
        outcome=found["outcome"],
        exits=tuple(map(int, exits.split(" or "))),
        requests=int(found["requests"]),
        says=found["says"] or "",
        then=then,
        defect=found["defect"] or "",
    )


def executed(rows: dict[str, dict[str, Cell]]) -> list[Cell]:
    """Return the cells that a run is made for."""
    return [c for cells in rows.values() for c in cells.values() if not c.reason]


def parameters(cells: list[Cell]) -> list[ParameterSet]:
    """Return *cells* for pytest, those with a known defect as such."""
    return [
        pytest.param(
            cell,
            id=str(cell),
            marks=[pytest.mark.xfail(strict=True, reason=cell.defect)]
            if cell.defect
            else [],
        )
        for cell in cells
    ]


def sample(cells: list[Cell]) -> list[Cell]:
    """Return one cell of every row that is as it should be, each at another stage."""
    rows: dict[str, list[Cell]] = {}
    for cell in cells:
        if not cell.defect:
            rows.setdefault(cell.row, []).append(cell)
    return [row[number % len(row)] for number, row in enumerate(rows.values())]
