"""Write a report as JSON; see `schemas/doctor-report.schema.json`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tiktok_bridge_diagnostics.report import to_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tiktok_bridge import Check
    from tiktok_bridge_diagnostics.report import Report


def render(report: Report, checks: Mapping[str, Check]) -> str:
    """Return *report* as JSON."""
    return json.dumps(to_value(report, checks), indent=2, ensure_ascii=False) + "\n"
