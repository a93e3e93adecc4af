"""Read `doctor.yaml`: what a site wants its doctor to do otherwise."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tiktok_bridge.config import reader, schema
from tiktok_bridge.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_BYTES: Final = 1024 * 1024
"""Largest `doctor.yaml` that is read, in bytes."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a site about one check, or about a topic.

    Attributes:
        check: The id of the check, or its topic.
        because: Why it is skipped; None if it is not.
        with_: What it is to use instead of its own numbers, by name.
        place: Where it stands, as `doctor.yaml:7`.
    """

    check: str
    because: str | None
    with_: Mapping[str, Any] = field(default_factory=dict)
    place: str = ""


def read_rules(path: str | Path) -> list[Rule]:
    """Return the rules of the file at *path*; see `schemas/doctor.schema.json`.

    Raises:
        ConfigError: It is not YAML as we read it.
        InvalidInput: It is, and says something that cannot be; all of it is told.
    """
    document = reader.read(Path(path), max_bytes=MAX_BYTES)
    if problems := schema.check(document, "doctor"):
        raise InvalidInput(*problems)
    found = []
    for index, one in enumerate(document.value["rules"]):
        line = document.place("rules", index).line or 0
        name = one.get("use") or one["skip"]
        because = one["because"] if "skip" in one else None
        place = f"{Path(path).name}:{line}"
        found.append(Rule(name, because, one.get("with", {}), place))
    return found
