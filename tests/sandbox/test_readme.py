"""The README and the code say the same."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from tiktok_bridge_sandbox.faults import KINDS
from tiktok_bridge_sandbox.scenarios import SCENARIOS
from tiktok_bridge_sandbox.switches import Switches
from tiktok_bridge_sandbox.urls import CONTROLS, ENDPOINTS

README = Path(__file__).parents[2] / "plugins" / "sandbox" / "README.md"


@pytest.mark.parametrize(
    "word",
    [
        *SCENARIOS,
        *(field.name for field in fields(Switches)),
        *KINDS,
        *ENDPOINTS,
        *CONTROLS,
        "tiktok_sandbox",
    ],
)
def test_the_readme_names_everything_a_user_can_name(word: str) -> None:
    assert f"`{word}" in README.read_text() or f"{word}`" in README.read_text()
