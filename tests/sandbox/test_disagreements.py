"""Every known contradiction about TikTok has a row in the README, and a switch."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from tiktok_bridge_sandbox.switches import Switches

README = Path(__file__).parents[2] / "plugins" / "sandbox" / "README.md"
ROWS = [f"C{n}" for n in range(1, 25)] + [f"9.{n}" for n in range(1, 10)]


def table() -> dict[str, str]:
    """Return the last cell of every row of the table."""
    section = README.read_text().partition("### Where sources disagree")[2]
    rows = re.findall(r"^\| ([C9][\d.]+) \| .+ \| (.+) \|$", section, re.MULTILINE)
    assert len(rows) == len(dict(rows)), "a row stands twice"
    return dict(rows)


def test_the_table_has_every_row_and_no_other() -> None:
    assert list(table()) == ROWS


@pytest.mark.parametrize("row", ROWS)
def test_a_row_names_switches_that_exist_or_says_why_there_is_none(row: str) -> None:
    cell = table()[row]
    named = set(re.findall(r"`(\w+)`", cell))

    assert named
    assert named <= {field.name for field in fields(Switches)}
    if not cell.startswith("`"):
        assert cell.startswith("no switch: ")
        assert row == "9.9"
