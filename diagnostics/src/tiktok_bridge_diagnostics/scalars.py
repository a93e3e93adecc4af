"""Read what stands in a YAML file as it was written, before anybody reads it as values.

Nothing is expanded or built, so that no alias costs anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

LARGEST: Final = 1 << 20
"""Bytes that are read of a file, as of `bridge.yaml` everywhere."""

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RESOLVER: Final = yaml.resolver.Resolver()

Event = Any  # of PyYAML; the marks of its C parser are typed as optional


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value as it was written.

    Attributes:
        key: Where it stands, as in `notify[0].to`.
        line: On which line, from 1.
        text: What was written; it may be a secret.
        is_plain: Whether it was written without quotes.
    """

    key: str
    line: int
    text: str
    is_plain: bool

    @property
    def type(self) -> str:
        """What YAML 1.1 takes it for: `str`, `bool`, `int`, `float`, `timestamp`."""
        if not self.is_plain:
            return "str"
        plain = (True, False)
        tag = _RESOLVER.resolve(yaml.ScalarNode, self.text, plain)  # type: ignore[no-untyped-call] # as the library has it
        return str(tag).rpartition(":")[2]


def read(path: Path) -> list[Scalar]:
    """Return every value of the file at *path*; none of one that is no YAML."""
    try:
        with path.open("rb") as file:
            text = file.read(LARGEST).decode("utf-8-sig")
        return list(_walk(yaml.parse(text, Loader=_LOADER)))
    except (OSError, ValueError, yaml.YAMLError):
        return []


def _walk(events: Iterable[Event]) -> Iterator[Scalar]:
    """Yield the scalars; *trail* has None where a mapping waits for its next key."""
    trail: list[str | int | None] = []
    for event in events:
        if isinstance(event, yaml.ScalarEvent) and trail and trail[-1] is None:
            trail[-1] = event.value
        elif isinstance(event, yaml.ScalarEvent):
            line = event.start_mark.line + 1  # type: ignore[union-attr] # always set
            yield Scalar(_spelled(trail), line, event.value, not event.style)
            _go_on(trail)
        elif isinstance(event, yaml.MappingStartEvent):
            trail.append(None)
        elif isinstance(event, yaml.SequenceStartEvent):
            trail.append(0)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            trail.pop()
            _go_on(trail)
        elif isinstance(event, yaml.AliasEvent):
            _go_on(trail)


def _go_on(trail: list[str | int | None]) -> None:
    if trail:
        trail[-1] = trail[-1] + 1 if isinstance(trail[-1], int) else None


def _spelled(trail: list[str | int | None]) -> str:
    parts = (f"[{key}]" if isinstance(key, int) else f".{key}" for key in trail)
    return "".join(parts).removeprefix(".")
