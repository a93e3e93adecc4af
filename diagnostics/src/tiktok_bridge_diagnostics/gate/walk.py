"""Walk through everything that an artefact says, encoding below encoding."""

from __future__ import annotations

import re
import time
from collections import deque
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from tiktok_bridge_diagnostics.gate import containers, runs, search, text
from tiktok_bridge_diagnostics.gate.needles import bare, needles, unspaced

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from collections.abc import Set as AbstractSet

    from tiktok_bridge_diagnostics.gate.needles import Needles

Rule = Literal["whole", "part", "unreadable", "too-deep", "too-large", "too-slow"]

ENCODINGS: Final = (
    "plain",
    "percent",
    "escape",
    "entity",
    "quoted-printable",
    "paired-quotes",
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
        self._layers: deque[_Layer] = deque()
        self._seen: set[bytes] = set()
        self._runs: set[int] = set()
        self._left = limits.decoded_bytes
        self._until = limits.clock() + limits.seconds

    def through(self, data: bytes, name: str) -> list[Hit]:
        self._layers.append(_Layer(data, name, 0, is_member=True))
        while self._layers:
            layer = self._layers.pop()
            if self._is_refused(layer):
                continue
            if self._limits.clock() > self._until:
                self._hit("too-slow", layer.path)
                break
            if self._left < 0:
                self._hit("too-large", layer.path)
                break
            if len(self._hits) >= _MOST_HITS:
                break
            self._look(layer)
        return list(self._hits)

    def _is_refused(self, layer: _Layer) -> bool:
        """Tell whether there is nothing to look for in *layer*, or no way to."""
        mark = blake2b(layer.data, digest_size=16).digest()
        if mark in self._seen:
            return True
        self._seen.add(mark)
        if layer.depth > self._limits.depth:
            self._hit("too-deep", layer.path)
            return True
        return False

    def _look(self, layer: _Layer) -> None:
        plain = self._search(layer.data, layer.path)
        is_container = self._open(layer)
        if layer.is_member and not is_container and self._is_opaque(layer):
            self._hit("unreadable", layer.path)
        joined = text.joined(layer.data)
        plain |= self._search(unspaced(joined), f"{layer.path}>joined", plain)
        self._search(bare(joined), f"{layer.path}>bare", plain)
        for name, said in text.rewritten(layer.data):
            self._add(said, layer, f">{name}")
        self._decode(runs.decoded(layer.data, self._runs), layer, is_run=True)
        self._decode(runs.decoded(unspaced(joined), self._runs), layer)
        self._decode(runs.digits(bare(joined), self._runs), layer)

    def _open(self, layer: _Layer) -> bool:
        """Add what the containers in *layer* hold; tell whether it begins as one."""
        is_open = False
        for number, one in enumerate(
            containers.members(layer.data, self._limits.member_bytes)
        ):
            label = self._label(one.name, number) if one.name else f">{one.kind}"
            if one.fault and layer.is_member:  # else it may be no container at all
                self._hit(_FAULTS[one.fault], layer.path + label)
            is_sure = layer.is_member and one.kind != "zlib"
            self._add(one.data, layer, label, is_member=is_sure)
            is_open = True
        return is_open and containers.begins(layer.data)

    def _is_opaque(self, layer: _Layer) -> bool:
        if _is_text(layer.data):
            return False
        raw = containers.deflated(layer.data, self._limits.member_bytes)
        if raw:
            self._add(raw.data, layer, ">deflate", is_member=True)
        return self._limits.opaque and not raw

    def _decode(
        self,
        kinds: Iterable[tuple[str, runs.Decoded]],
        layer: _Layer,
        *,
        is_run: bool = False,
    ) -> None:
        """Search what runs hold; *is_run* if they stand in the layer as they are."""
        for name, found in kinds:
            path = f"{layer.path}>{name}"
            self._search(b"\n".join(found.all), path)
            if found.telling:
                self._add(b"\n".join(found.telling), layer, f">{name}")
            for one in found.telling:
                if containers.begins(one):
                    is_sure = one[:1] != b"x"  # zlib has two bytes to know it by
                    self._add(one, layer, f">{name}", is_member=is_sure)
            if found.opaque and is_run and self._limits.opaque:
                self._hit("unreadable", path)

    def _add(
        self, data: bytes, layer: _Layer, label: str, *, is_member: bool = False
    ) -> None:
        self._left -= len(data)
        path = layer.path + label
        self._layers.append(_Layer(data, path, layer.depth + 1, is_member))

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
