"""Hold what a verdict rests on, and read it from files again."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

from tiktok_bridge import ConfigError, Fact, Facts
from tiktok_bridge_diagnostics import cassette, derive, report, safe_json
from tiktok_bridge_diagnostics.archive import BundleError
from tiktok_bridge_diagnostics.printable import shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tiktok_bridge import Check
    from tiktok_bridge_diagnostics.exchange import Exchange

FACTS: Final = "facts.jsonl"
"""The facts of the machine, one on each line."""

CLOCK: Final = "replay/clock.json"
"""When it was judged."""

CASSETTES: Final = "cassettes/"
"""Where the exchanges are."""

MAX_EVIDENCE: Final = 8 << 20
"""Bytes of facts and cassettes together that are judged."""

MAX_VALUES: Final = 300_000
"""Values in them together; one takes some 200 bytes of memory."""

MAX_BODY: Final = 1 << 20
"""Signs of one body; the recorder keeps no more."""

_SIGNS: Final = re.compile(r"[^a-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Case:
    """What a verdict rests on.

    Attributes:
        facts: Those of the machine.
        exchanges: What was asked and answered; facts are derived of them.
        now: When it is judged, in seconds since the epoch.
    """

    facts: tuple[Fact, ...]
    exchanges: tuple[Exchange, ...]
    now: float

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> Self:
        """Return the case in the files of a bundle.

        Raises:
            BundleError: They hold none, or one beyond a limit.
        """
        names = sorted(name for name in files if name.startswith(CASSETTES))
        if missing := [name for name in (FACTS, CLOCK) if name not in files]:
            raise BundleError(f"no {missing[0]} is in it, so it is no bundle of ours")
        _check_size(files[name] for name in (FACTS, *names))
        lines = files[FACTS].splitlines()
        facts = tuple(_fact(line, number) for number, line in enumerate(lines, 1))
        exchanges: list[Exchange] = []
        for name in names:
            exchanges += _exchanges(files[name], name)
        ids = [*(one.id for one in facts), *(one.id for one in exchanges)]
        if len(set(ids)) != len(ids):
            raise BundleError("two facts or exchanges in it have the same id")
        return cls(facts, tuple(exchanges), _now(files[CLOCK]))

    @classmethod
    def from_cassette(cls, data: bytes, name: str) -> Self:
        """Return the case that a cassette alone makes, judged at its end.

        Raises:
            BundleError: It is none in JSON, or one beyond a limit.
        """
        _check_size([data])
        exchanges = tuple(_exchanges(data, name))
        facts = _derived(exchanges)
        return cls((), exchanges, max((one.at for one in facts), default=0.0))

    def to_files(self) -> dict[str, bytes]:
        """Return it as the files of a bundle, from which it can be read again."""
        lines = [_line(one) for one in sorted(self.facts, key=lambda one: one.id)]
        files = {FACTS: "".join(lines).encode(), CLOCK: pretty({"now": self.now})}
        for number, by in enumerate(sorted({one.by for one in self.exchanges}), 1):
            tape = sorted(
                (one for one in self.exchanges if one.by == by),
                key=lambda one: one.number,
            )
            name = f"{CASSETTES}{number:03}-{_SIGNS.sub('-', by.lower())[:60]}.json"
            files[name] = cassette.to_json(tape, by).encode()
        return files

    @property
    def all_facts(self) -> Facts:
        """The facts of the machine and those of the exchanges."""
        return Facts([*self.facts, *_derived(self.exchanges)], self.now)

    def judge(self, checks: Mapping[str, Check]) -> report.Report:
        """Return what *checks* say of it.

        Raises:
            BundleError: A fact is not at all what this version writes.
        """
        facts = self.all_facts
        try:
            return report.make(facts, checks)
        except Exception as error:  # noqa: BLE001 - evidence of a stranger may say anything
            raise BundleError(
                f"its facts are not what a doctor writes ({type(error).__name__})"
            ) from None


def pretty(value: object) -> bytes:
    """Return *value* as JSON for people, the same each time."""
    text = json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True)
    return f"{text}\n".encode()


def _derived(exchanges: Iterable[Exchange]) -> list[Fact]:
    try:
        return list(derive.facts(exchanges))
    except Exception as error:  # noqa: BLE001 - likewise
        raise BundleError(
            f"its exchanges are none of HTTP ({type(error).__name__})"
        ) from None


def _check_size(evidence: Iterable[bytes]) -> None:
    size = values = 0
    for data in evidence:
        size += len(data)
        values += sum(data.count(one) for one in (b",", b"[", b"{"))
    if size > MAX_EVIDENCE:
        raise BundleError(f"more than {MAX_EVIDENCE >> 20} MiB of evidence")
    if values > MAX_VALUES:
        raise BundleError(f"more than {MAX_VALUES} values of evidence")


def _line(fact: Fact) -> str:
    value = {
        "id": fact.id,
        "kind": fact.kind,
        "about": fact.about,
        "at": fact.at,
        "data": fact.data,
    }
    return json.dumps(value, ensure_ascii=False, sort_keys=True) + "\n"


def _fact(line: bytes, number: int) -> Fact:
    where = f"{FACTS} line {number}"
    value = safe_json.loads(line, name=where)
    try:
        words = [value[name] for name in ("kind", "about", "id")]
        data, at = value["data"], float(value["at"])
    except (KeyError, TypeError, ValueError):
        words, data, at = [], None, 0.0
    if not isinstance(data, dict) or not all(isinstance(one, str) for one in words):
        raise BundleError(f"{where}: no fact")
    kind, about, name = words
    if kind == "http":  # else one could be said that no exchange shows
        raise BundleError(f"{where}: an exchange that is in no cassette")
    return Fact(kind, about, data, name, at)


def _exchanges(data: bytes, name: str) -> list[Exchange]:
    value = safe_json.loads(data, name=name)
    try:
        found = cassette.from_value(value, shortened(name))
    except ConfigError as error:
        raise BundleError(error.message, hint=error.hint) from None
    for one in found:
        if max(len(one.asked), len(one.answered)) > MAX_BODY:
            raise BundleError(f"{shortened(name)}: a body of more than a MiB")
    return found


def _now(data: bytes) -> float:
    value: Any = safe_json.loads(data, name=CLOCK)
    now = value.get("now") if isinstance(value, dict) else None
    if not isinstance(now, int | float) or isinstance(now, bool):
        raise BundleError(f"{CLOCK}: no time")
    return float(now)
