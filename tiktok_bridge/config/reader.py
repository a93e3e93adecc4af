"""Read YAML strictly, and remember on which line each key stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final, NoReturn

import yaml

from tiktok_bridge.errors import InvalidInput
from tiktok_bridge.models import Place, Problem

if TYPE_CHECKING:
    from pathlib import Path

MAX_DEPTH: Final = 32
"""Deepest nesting that is read; our files need five levels."""

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_INTEGER = re.compile(r"[-+]?[0-9]{1,18}\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]{1,18}|[0-9]{1,18}\.[0-9]{0,18})\Z")
_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:\Z|[Tt ])")
_WORDS: Final = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
"""The words of YAML 1.2's core schema: `NO` and `on` stay text."""

_PROPERTIES: Final = {
    "&": "an anchor (&) is not allowed in this file",
    "*": "an alias (*) is not allowed in this file",
    "!": "a tag (!) is not allowed in this file",
}
_QUOTE: Final = "correct it; text that only looks like something else goes in quotes"
_WRITE_OUT: Final = "write the value out; put it in quotes if it is text"


Event = Any  # of PyYAML; the marks of its C parser are typed as optional
Lines = dict[int, dict[str | int, int]]


@dataclass(frozen=True, slots=True)
class Document:
    """A file as values, with a way back to the line of each.

    Attributes:
        path: The file.
        value: What it says.
        lines: By the `id` of each container, the line (from 0) of each of its keys.
    """

    path: Path
    value: Any
    lines: Lines

    def place(self, *keys: str | int) -> Place:
        """Point at the value under *keys*; at its nearest parent when it is absent."""
        value, line = self.value, 0
        for key in keys:
            if key not in self.lines.get(id(value), {}):
                break
            line = self.lines[id(value)][key]
            value = value[key]
        return Place(str(self.path), line + 1, spell(keys))

    def problem(
        self, keys: tuple[str | int, ...], message: str, *, hint: str | None = None
    ) -> Problem:
        """Build the problem with the value under *keys*."""
        return Problem(self.place(*keys), message, hint)


def spell(keys: tuple[str | int, ...]) -> str:
    """Write a path as people do: `posts[1].allow.duet`."""
    parts = (f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys)
    return "".join(parts).removeprefix(".")


def read(path: Path, *, max_bytes: int) -> Document:
    """Read *path* as one YAML document of at most *max_bytes*.

    Raises:
        InvalidInput: The file is missing, too large, no UTF-8, no YAML, or uses what
            we leave out: tags, anchors, duplicate keys. The message has the line.
    """
    text = _text(path, max_bytes)
    builder = _Builder(path)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        raise _not_yaml(path, text, error, builder.where()) from None
    except (yaml.YAMLError, ValueError) as error:
        raise _wrong(path, None, f"is not YAML that can be read: {error}") from None
    if not builder.root:
        raise _wrong(path, 1, "the file is empty")
    return Document(path, builder.root[0], builder.lines)


def _text(path: Path, max_bytes: int) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(max_bytes + 1)
    except OSError as error:
        raise _wrong(
            path,
            None,
            (error.strerror or "cannot be read").lower(),
            hint="give the path of an existing file; `tiktok-bridge init` writes one",
        ) from None
    if len(raw) > max_bytes:
        raise _wrong(path, None, f"larger than {max_bytes} bytes, the most we read")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _wrong(path, line, "is not UTF-8; save the file as UTF-8") from None


def _not_yaml(
    path: Path, text: str, error: yaml.MarkedYAMLError, key: str
) -> InvalidInput:
    mark = error.problem_mark or error.context_mark
    line = mark.line if mark else 0
    lines = text.splitlines()
    written = lines[line] if line < len(lines) else ""
    message, hint = error.problem or error.context or "is not YAML", _QUOTE
    if "\t" in written[: len(written) - len(written.lstrip())]:
        message = "a tab indents this line"
        hint = "YAML is indented with spaces; replace the tab"
    elif mark and written[mark.column : mark.column + 1] == "*":
        message, hint = _PROPERTIES["*"], _WRITE_OUT
    return _wrong(path, line + 1, message, hint=hint, key=key)


def _wrong(
    path: Path,
    line: int | None,
    message: str,
    *,
    hint: str | None = None,
    key: str = "",
) -> InvalidInput:
    return InvalidInput(Problem(Place(str(path), line, key), message, hint))


class _Builder:
    """Build values from parser events, without recursion, one container at a time."""

    def __init__(self, path: Path) -> None:
        self.root: list[Any] = []
        self.lines: Lines = {}
        self._path = path
        self._stack: list[Any] = [self.root]
        self._keys: list[str | None] = [None]
        self._trail: list[str | int] = []  # the key of each open container but the root

    def take(self, event: Event) -> None:
        """Take the next event of the parser."""
        if isinstance(event, yaml.NodeEvent):
            self._check_properties(event)
            self._take_node(event)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            self._stack.pop()
            self._keys.pop()
            del self._trail[max(len(self._stack) - 2, 0) :]
        elif isinstance(event, yaml.DocumentStartEvent) and self.root:
            self._refuse(event, "a second document starts here; a file holds one")

    def _take_node(self, event: Event) -> None:
        parent = self._stack[-1]
        if type(parent) is dict and self._keys[-1] is None:
            self._take_key(parent, event)
            return
        if isinstance(event, yaml.ScalarEvent):
            if "\0" in event.value:
                self._refuse(event, "holds a NUL, which is no text")
            self._add(parent, event, event.value if event.style else _scalar(event))
            return
        value: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
        if len(self._stack) > MAX_DEPTH:
            self._refuse(event, f"nested deeper than {MAX_DEPTH} levels")
        here = self._here()
        self._add(parent, event, value)
        self.lines[id(value)] = {}
        self._trail += here
        self._stack.append(value)
        self._keys.append(None)

    def _take_key(self, parent: dict[str, Any], event: Event) -> None:
        if not isinstance(event, yaml.ScalarEvent):
            self._refuse(event, "a key must be a plain word")
        key, lines = event.value, self.lines[id(parent)]
        line: int = event.start_mark.line  # type: ignore[union-attr] # always set
        self._keys[-1] = key
        if key in parent:
            first = lines[key] + 1
            self._refuse(event, f"the key `{key}` stands twice (first on line {first})")
        lines[key] = line

    def _add(self, parent: Any, event: Event, value: object) -> None:  # noqa: ANN401 - a list or a dict
        if type(parent) is dict:
            parent[self._keys[-1]] = value
            self._keys[-1] = None
            return
        if parent is not self.root:
            self.lines[id(parent)][len(parent)] = event.start_mark.line
        parent.append(value)

    def _check_properties(self, event: Event) -> None:
        if isinstance(event, yaml.AliasEvent):
            self._refuse(event, _PROPERTIES["*"], hint=_WRITE_OUT)
        if event.anchor is not None:
            self._refuse(event, _PROPERTIES["&"], hint=_WRITE_OUT)
        if event.tag is not None:
            self._refuse(event, _PROPERTIES["!"], hint=_WRITE_OUT)

    def where(self) -> str:
        """Spell the path of what is being built."""
        return spell((*self._trail, *self._here()))

    def _here(self) -> list[str | int]:
        """Return the key or the index of what comes next in the open container."""
        container, key = self._stack[-1], self._keys[-1]
        if container is self.root:
            return []
        if isinstance(container, list):
            return [len(container)]
        return [] if key is None else [key]

    def _refuse(
        self, event: Event, message: str, *, hint: str | None = None
    ) -> NoReturn:
        line = event.start_mark.line + 1
        raise _wrong(self._path, line, message, hint=hint, key=self.where())


def _scalar(event: Event) -> str | int | float | bool | None:
    text: str = event.value
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "0123456789+-.":
        return text
    if _INTEGER.match(text):
        return int(text)
    if _FLOAT.match(text):
        return float(text)
    if written := _DATE.match(text):
        _check_date(event, written)
    return text


def _check_date(event: Event, written: re.Match[str]) -> None:
    try:
        date(*map(int, written.groups()))
    except ValueError:
        raise yaml.MarkedYAMLError(
            problem=f"{event.value} looks like a date, and there is no such day",
            problem_mark=event.start_mark,
        ) from None
