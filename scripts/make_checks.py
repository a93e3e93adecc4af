"""Write docs/checks.md from the checks themselves; `--check` only compares."""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tiktok_bridge_diagnostics import registry
from tiktok_bridge_diagnostics.formats.topics import title

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Check

DOCUMENT = Path(__file__).parents[1] / "docs" / "checks.md"

HEAD = """# Checks

Every check of the [doctor](doctor.md), in the order in which a cause is looked for.
`scripts/make_checks.py` writes this page from the checks. The class says what it takes
to know: S0 this machine, S1 the network, S2 questions to TikTok with credentials; S3 to
S5 change something, and need consent.
"""


def document() -> str:
    """Return the page as it should be."""
    return HEAD + "".join(_lines())


def _lines() -> Iterator[str]:
    topic = ""
    for check in registry.all_checks().values():
        if (of := check.id.partition(".")[0]) != topic:
            topic = of
            yield f"\n## {title(topic)}\n"
        yield _entry(check)


def _entry(check: Check) -> str:
    needs = ", ".join(f"`{one}`" for one in check.needs)
    rows = [
        f"\n### {check.id}\n",
        f"{check.title}.\n",
        inspect.cleandoc(check.explanation) + "\n",
        f"Class {check.effect}."
        + f" A failure of {needs} explains its own." * bool(needs),
        f"\nSource: {check.docs}\n" if check.docs else "",
    ]
    return "\n".join(row for row in rows if row).rstrip() + "\n"


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(DOCUMENT.read_text(encoding="utf-8") != document())
    DOCUMENT.write_text(document(), encoding="utf-8")
