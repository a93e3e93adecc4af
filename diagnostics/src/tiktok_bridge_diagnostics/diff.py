"""Tell what changed from one report, or bundle, to another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tiktok_bridge_diagnostics import registry, report, safe_json
from tiktok_bridge_diagnostics.archive import BundleError
from tiktok_bridge_diagnostics.bundle.case import Case
from tiktok_bridge_diagnostics.bundle.timeline import utc
from tiktok_bridge_diagnostics.replay import is_zip, load, opened

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tiktok_bridge import Fact, Facts

VOLATILE: Final = (
    "seconds",
    "_left",
    "age",
    "_ms",
    "latency",
    "free",
    "now",
    "offset",
    "error",
    "pid",
    "bytes_per_second",
)
"""How names of data end that is another in each run and explains nothing."""

EXPLAINING: Final = (
    "client_key",
    "environment",
    "scope",
    "expires_at",
    "sequence",
    "version",
    "behaviour",
)
"""What names of data hold that often explain another verdict; told first."""

MOST: Final = 100
"""Changes of facts that are told."""

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two.

    Attributes:
        at: When it was judged, in seconds since the epoch.
        audit: What it says of the audit.
        findings: What it found, by check and what that is about.
        facts: What it rests on; None for a report alone.
    """

    at: float
    audit: tuple[str, str]
    findings: Mapping[Key, str]
    facts: Facts | None


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is not what it was.

    Attributes:
        what: Which thing.
        before: What it was, empty if it was not there.
        after: What it is, likewise.
    """

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Difference:
    """All that changed.

    Attributes:
        before: The older of the two.
        after: The newer.
        audit: What changed of the audit, or None.
        findings: Which findings came, went or say something else.
        facts: Which facts did, the most telling first.
    """

    before: Side
    after: Side
    audit: Change | None
    findings: tuple[Change, ...]
    facts: tuple[Change, ...]


def read(path: Path) -> Side:
    """Return what the bundle or the report in *path* says; both by today's checks.

    Raises:
        BundleError: It is neither.
        ConfigError: It cannot be read.
    """
    data = load(path)
    if not is_zip(data):
        return _of_value(safe_json.loads(data, name=path.name), None)
    files, _ = opened(data)
    case = Case.from_files(files)
    checks = registry.all_checks(None)
    return _of_value(report.to_value(case.judge(checks), checks), case.all_facts)


def compare(one: Side, other: Side) -> Difference:
    """Return what changed from the older to the newer of the two."""
    before, after = sorted((one, other), key=lambda side: side.at)
    told = [": ".join(side.audit) for side in (before, after)]
    audit = None if told[0] == told[1] else Change("audit", told[0], told[1])
    facts: list[Change] = []
    if before.facts and after.facts:
        values = [dict(_values(side)) for side in (before.facts, after.facts)]
        facts = sorted(_changes(*values), key=_weight)[:MOST]
    findings = tuple(_changes(before.findings, after.findings))
    return Difference(before, after, audit, findings, tuple(facts))


def _of_value(value: Any, facts: Facts | None) -> Side:  # noqa: ANN401 - parsed JSON
    try:
        audit = value["audit"]
        told = (str(audit["status"]), str(audit["certainty"]))
        found: dict[Key, str] = {}
        for one in value["findings"]:
            key = str(one["check"]), str(one["about"])
            words = f"{one['status']} ({one['reason']}, {one['certainty']})"
            found[key] = "; ".join(filter(None, (found.get(key), words)))
        return Side(float(value["at"]), told, found, facts)
    except (KeyError, TypeError, ValueError):
        raise BundleError("it is neither a bundle nor a report in JSON") from None


def _changes(before: Mapping[Key, str], after: Mapping[Key, str]) -> Iterator[Change]:
    for key in sorted(before.keys() | after.keys()):
        was, is_now = before.get(key, ""), after.get(key, "")
        if was != is_now:
            yield Change(" ".join(filter(None, key)), was, is_now)


def _values(facts: Facts) -> Iterator[tuple[Key, str]]:
    """Yield what may be another next time, of the newest fact of each thing."""
    for one in facts:
        newest = facts.last(one.kind, one.about)
        if one.kind == "http":
            if isinstance(key := one.data["asked"].get("client_key"), str):
                yield ("app.client_key", ""), key
            yield (f"answer of {one.data['endpoint']}", one.about), _last(facts, one)
        elif one is newest and one.kind != "collected":
            for name, value in one.data.items():
                if not name.endswith(VOLATILE):
                    yield (f"{one.kind}.{name}", one.about), _said(name, value)


def _last(facts: Facts, one: Fact) -> str:
    told = facts.last("http", one.about, endpoint=one.data["endpoint"])
    data = (told or one).data
    return str(data["code"] or data["status"] or data["broke"])


def _said(name: str, value: object) -> str:
    if name.endswith("_at") and isinstance(value, int | float):
        return utc(value)
    if isinstance(value, Iterable) and not isinstance(value, str | dict):
        return ", ".join(sorted(map(str, value)))
    return str(value)


def _weight(change: Change) -> tuple[bool, str]:
    return not any(word in change.what for word in EXPLAINING), change.what
