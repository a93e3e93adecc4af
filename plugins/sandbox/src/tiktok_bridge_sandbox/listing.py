"""The listing of scenarios."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from tiktok_bridge_sandbox.scenarios import SCENARIOS
from tiktok_bridge_sandbox.switches import Switches

if TYPE_CHECKING:
    from tiktok_bridge_sandbox.scenarios import Scenario


def as_text() -> str:
    """Return a paragraph per scenario."""
    return "\n".join(
        f"{name:<26} {scenario.summary}" for name, scenario in SCENARIOS.items()
    )


def as_json() -> str:
    """Return the whole table, with the switches that differ from the default."""
    listed = [_described(name, scenario) for name, scenario in SCENARIOS.items()]
    return json.dumps({"scenarios": listed}, indent=2)


def _described(name: str, scenario: Scenario) -> dict[str, object]:
    usual = asdict(Switches())
    return {
        "scenario": name,
        "summary": scenario.summary,
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
