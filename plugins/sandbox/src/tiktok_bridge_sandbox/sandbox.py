"""The running sandbox: one backend at a time, replaced by a reset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge_sandbox import endpoints
from tiktok_bridge_sandbox.clock import Clock
from tiktok_bridge_sandbox.errors import UsageError
from tiktok_bridge_sandbox.models import Backend
from tiktok_bridge_sandbox.scenarios import SCENARIOS
from tiktok_bridge_sandbox.switches import change

if TYPE_CHECKING:
    from collections.abc import Mapping


class Sandbox:
    """Holds what a reset replaces."""

    clock: Clock
    backend: Backend
    contract_violations: list[str]
    """Answers of the sandbox that broke their schema; no reset forgets them."""

    def __init__(
        self, scenario: str = "audited", switches: Mapping[str, object] | None = None
    ) -> None:
        self.contract_violations = []
        self.reset(scenario, switches or {})

    def reset(self, name: str, switches: Mapping[str, object]) -> None:
        """Forget everything and start in scenario *name*, changed by *switches*.

        Raises:
            UsageError: There is no such scenario or switch.
        """
        if name not in SCENARIOS:
            raise UsageError(f"a scenario is one of {list(SCENARIOS)}")
        scenario = SCENARIOS[name]
        changed = change(scenario.switches, switches)
        if hasattr(self, "backend"):
            self.backend.close()
        self.clock = Clock()
        self.backend = Backend(name, scenario, changed, self.clock, endpoints.NAMES)
        self.backend.contract_violations = self.contract_violations
