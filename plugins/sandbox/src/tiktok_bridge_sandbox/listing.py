"""The listing of scenarios."""

from __future__ import annotations

import json
import textwrap
from dataclasses import asdict
from typing import TYPE_CHECKING

from tiktok_bridge_sandbox.scenarios import SCENARIOS
from tiktok_bridge_sandbox.switches import Switches

if TYPE_CHECKING:
    from tiktok_bridge_sandbox.scenarios import Scenario


def as_text() -> str:
    """Return a paragraph per scenario: the situation, and what it proves."""
    return "\n\n".join(
        f"{name}\n{_indented(scenario.summary)}\n{_indented(scenario.proves)}"
        for name, scenario in SCENARIOS.items()
    )


def _indented(text: str) -> str:
    return textwrap.fill(text, 79, initial_indent="  ", subsequent_indent="  ")


def as_json() -> str:
    """Return the whole table, with the switches that differ from the default."""
    listed = [_described(name, scenario) for name, scenario in SCENARIOS.items()]
    return json.dumps({"scenarios": listed}, indent=2)


def _described(name: str, scenario: Scenario) -> dict[str, object]:
    usual = asdict(Switches())
    return {
        "scenario": name,
        "summary": scenario.summary,
        "proves": scenario.proves,
        "accounts": [
            {"account": account.name, "visibility": account.visibility}
            for account in scenario.accounts
        ],
        "switches": {
            switch: value
            for switch, value in asdict(scenario.switches).items()
            if value != usual[switch]
        },
        "faults": dict(scenario.faults),
    }
