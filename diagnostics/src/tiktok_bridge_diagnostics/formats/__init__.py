"""Write a report for people, for machines and for other people's tools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge_diagnostics.formats import junit, markdown, sarif, structured

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tiktok_bridge import Check
    from tiktok_bridge_diagnostics.report import Report

    Render = Callable[[Report, Mapping[str, Check]], str]

RENDER: Final[dict[str, Render]] = {
    "json": structured.render,
    "junit": junit.render,
    "sarif": sarif.render,
    "md": markdown.render,
}
"""How a report is written in each format but text, which has choices of its own."""
