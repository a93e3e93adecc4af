"""Walk through everything that an artefact says, encoding below encoding."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from tiktok_bridge_diagnostics.gate import containers, runs, search, text
from tiktok_bridge_diagnostics.gate.needles import bare, needles, unspaced

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from tiktok_bridge_diagnostics.gate.needles import Needles

Rule = Literal["whole", "part", "unreadable", "too-deep", "too-large", "too-slow"]

ENCODINGS: Final = (
    "plain",
    "percent",
    "escape",
    "entity",
    "quoted-printable",
    "utf-16",
    "base64",
    "hex",
    "joined",
    "bare",
    "zip",
    "tar",
    "gzip",
    "zlib",
    "deflate",
    "bzip2",
    "xz",
)
"""What the gate undoes, by the names that stand in `Hit.path`."""

_MOST_HITS: Final = 1000
_CONTROLS: Final = bytes([*range(9), 11, 12, *range(14, 27), *range(28, 32)])
_NAME: Final = re.compile(r"[\w.@ -]+(?:/[\w.@ -]+)*", re.ASCII)


class Hit(NamedTuple):
    """A leak, or what could not be looked into. It never holds the secret.

    Attributes:
        rule: `whole` or `part` (12 bytes or more) of a secret, or why the place could
            not be checked: `unreadable`, `too-deep`, `too-large`, `too-slow`.
        path: Where it is: the members of archives after `!`, encodings after `>`,
            such as `bundle.zip!cassettes/001.json>escape>base64`.
        secret: The number of the secret in the order in which they were given, or
            None where nothing could be checked.
    """

    rule: Rule
    path: str
    secret: int | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """How far the gate goes before it says that it cannot check.

    Attributes:
        depth: Encodings and containers on top of each other.
        member_bytes: What one member of a container may inflate to.
        decoded_bytes: All that may be decoded.
        seconds: How long it may take; a MiB takes about one.
        opaque: Whether data that is neither text nor a container is a hit.
        clock: Seconds of a clock that never goes back.
    """

    depth: int = 16
    member_bytes: int = 64 << 20
    decoded_bytes: int = 4 << 30
    seconds: float = 300
    opaque: bool = True
    clock: Callable[[], float] = time.monotonic


class _Layer(NamedTuple):
    data: bytes
    path: str
    depth: int
    is_member: bool


def scan(
    data: bytes,
    secrets: Iterable[str | bytes],
    *,
    name: str = "data",
    public: Iterable[str] = (),
    limits: Limits | None = None,
) -> list[Hit]:
    """Return where *data* shows one of *secrets*, once for each place.

    Args:
        data: The finished artefact, such as a zip archive or a report.
        secrets: What nobody may see; empty ones and those of fewer than 6 bytes are
            not searched.
        name: What the artefact is called in the paths.
        public: Text that is no secret even where a secret has it, beside `PUBLIC`.
        limits: How far to go.
    """
    walk = _Walk(needles(secrets, public), limits or Limits())
    return walk.through(data, name)


class _Walk:
    def __init__(self, wanted: Needles, limits: Limits) -> None:
        self._wanted = wanted
        self._limits = limits
        self._hits: dict[Hit, None] = {}
        self._seen: set[bytes] = set()
        self._runs: set[int] = set()
        self._left = limits.decoded_bytes
        self._until = limits.clock() + limits.seconds

    def through(self, data: bytes, name: str) -> list[Hit]:
        """Look through *data* and what it holds; the innermost first, one at a time."""
        pending = [iter([_Layer(data, name, 0, is_member=True)])]
        while pending and len(self._hits) < _MOST_HITS:
            layer = next(pending[-1], None)
            if layer is None:
                pending.pop()
            elif self._is_over(layer):
                break
            elif self._is_new(layer):
                pending.append(self._look(layer))
        return list(self._hits)

    def _is_over(self, layer: _Layer) -> bool:
        """Tell whether a limit ends the search at *layer*."""
        if self._limits.clock() > self._until:
            self._hit("too-slow", layer.path)
        elif self._left < 0:
            self._hit("too-large", layer.path)
        else:
            return False
        return True

    def _is_new(self, layer: _Layer) -> bool:
        """Tell whether *layer* is to be looked through, which none is twice."""
        mark = blake2b(layer.data, digest_size=16).digest()
        if mark in self._seen:
            return False
        self._seen.add(mark)
        if layer.depth > self._limits.depth:
            self._hit("too-deep", layer.path)
            return False
        return True

    def _look(self, layer: _Layer) -> Iterator[_Layer]:
        """Search *layer*, then yield what it holds."""
        told = self._search(layer.data, layer.path)
        is_open = yield from self._open(layer)
        if layer.is_member and not is_open and not _is_text(layer.data):
            yield from self._noise(layer)
        yield from self._decoded(layer, told)

    def _open(self, layer: _Layer) -> Generator[_Layer, None, bool]:
        """Yield what the containers in *layer* hold; tell whether it is one."""
        is_open = False
        for number, one in enumerate(
            containers.members(layer.data, self._limits.member_bytes)
        ):
            label = self._label(one.name, number) if one.name else f">{one.kind}"
            if one.fault and layer.is_member:  # else it may be no container at all
                self._hit(_FAULTS[one.fault], layer.path + label)
            is_sure = layer.is_member and one.kind != "zlib"
            yield self._inner(one.data, layer, label, is_member=is_sure)
            is_open = True
        return is_open and containers.begins(layer.data)

    def _noise(self, layer: _Layer) -> Iterator[_Layer]:
        """Yield what *layer* deflates to; if it does not, it is a hit."""
        raw = containers.deflated(layer.data, self._limits.member_bytes)
        if raw:
            yield self._inner(raw.data, layer, ">deflate", is_member=True)
        elif self._limits.opaque:
            self._hit("unreadable", layer.path)

    def _decoded(self, layer: _Layer, told: set[int]) -> list[_Layer]:
        """Search what *layer* says in other words, and return what these hold."""
        joined = text.joined(layer.data)
        plain, letters = unspaced(joined), bare(joined)
        told = told | self._search(plain, f"{layer.path}>joined", told)
        self._search(letters, f"{layer.path}>bare", told)
        inner = [
            self._inner(said, layer, f">{name}")
            for name, said in text.rewritten(layer.data)
        ]
        for name, found in runs.decoded(layer.data, self._runs):
            inner += self._of_runs(name, found, layer)
            if found.opaque and self._limits.opaque:
                self._hit("unreadable", f"{layer.path}>{name}")
        for name, found in runs.decoded(plain, self._runs):
            inner += self._of_runs(name, found, layer)
        inner += self._of_runs("hex", runs.digits(letters, self._runs), layer)
        return inner

    def _of_runs(
        self, name: str, found: runs.Decoded, layer: _Layer
    ) -> Iterator[_Layer]:
        self._search(b"\n".join(found.all), f"{layer.path}>{name}")
        if found.telling:
            yield self._inner(b"\n".join(found.telling), layer, f">{name}")
        for one in found.telling:
            if containers.begins(one):
                is_sure = one[:1] != b"x"  # zlib has two bytes to know it by
                yield self._inner(one, layer, f">{name}", is_member=is_sure)

    def _inner(
        self, data: bytes, layer: _Layer, label: str, *, is_member: bool = False
    ) -> _Layer:
        self._left -= len(data)
        return _Layer(data, layer.path + label, layer.depth + 1, is_member)

    def _search(
        self, data: bytes, path: str, told: AbstractSet[int] = frozenset()
    ) -> set[int]:
        """Remember and return which secrets are in *data*, but for those *told*."""
        found = search.find(data, self._wanted)
        for number in found.keys() - told:
            self._hit("whole" if found[number] else "part", path, number)
        return set(found)

    def _hit(self, rule: Rule, path: str, secret: int | None = None) -> None:
        self._hits[Hit(rule, path, secret)] = None

    def _label(self, name: str, number: int) -> str:
        """Return *name* for a path, or its number where it may be or hold a secret."""
        if len(name) <= _LONGEST and _NAME.fullmatch(name):
            within = _Walk(self._wanted, self._limits).through(name.encode(), "")
            if not within:
                return f"!{name}"
        return f"!#{number}"


_LONGEST: Final = 120
_FAULTS: Final[dict[str, Rule]] = {"unreadable": "unreadable", "too-large": "too-large"}


def _is_text(data: bytes) -> bool:
    if data.count(0) * 3 >= len(data) > 0:
        return any(_decodes(data, code) for code in ("utf-16-le", "utf-16-be"))
    return _decodes(data, "utf-8")


def _decodes(data: bytes, code: str) -> bool:
    try:
        said = data.decode(code).encode()
    except UnicodeError:
        return False
    return len(said.translate(None, _CONTROLS)) == len(said)
