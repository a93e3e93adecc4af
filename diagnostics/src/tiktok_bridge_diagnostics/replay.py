"""Judge the evidence of a bundle, or a cassette, again: offline, by our own checks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tiktok_bridge import ConfigError
from tiktok_bridge_diagnostics import archive, isolation, registry, safe_json
from tiktok_bridge_diagnostics.archive import BundleError, limits
from tiktok_bridge_diagnostics.bundle import manifest, verdict
from tiktok_bridge_diagnostics.bundle.case import Case

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tiktok_bridge import Check
    from tiktok_bridge_diagnostics.report import Report

REPORT: Final = "verdict/report.json"


@dataclass(frozen=True, slots=True)
class Replay:
    """What the evidence says now, and what it said when it was packed.

    Attributes:
        case: The evidence.
        report: What our checks say of it.
        checks: Our checks.
        expected: The digest that the bundle names; None for a cassette.
        differing: The checks that say something else now; `audit` may be among them.
        not_replayed: The checks of plugins, which were not asked.
        unproven: The checks that said something else before the redaction.
        made_by: The version of the doctor that packed it; empty for a cassette.
    """

    case: Case
    report: Report
    checks: Mapping[str, Check]
    expected: str | None = None
    differing: tuple[str, ...] = ()
    not_replayed: tuple[str, ...] = ()
    unproven: tuple[str, ...] = ()
    made_by: str = ""

    @property
    def is_same(self) -> bool:
        """Whether it gives the verdict that the bundle names."""
        return self.expected in (None, self.report.digest)


def replay(path: Path) -> Replay:
    """Judge the evidence in the file *path*, in memory.

    Raises:
        BundleError: It is no bundle that a doctor made, and no cassette in JSON.
        ConfigError: It cannot be read.
    """
    data = load(path)
    checks = registry.all_checks(None)
    with isolation.alone():
        return _bundle(data, checks) if is_zip(data) else _cassette(data, path, checks)


def load(path: Path) -> bytes:
    """Return what the file *path* holds, if it is not too much.

    Raises:
        BundleError: It is more than a bundle may have.
        ConfigError: It cannot be read.
    """
    try:
        if not path.is_file():
            raise ConfigError(f"{path} is no file", hint="name a bundle or a cassette")
        with path.open("rb") as file:
            data = file.read(limits.MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from None
    if len(data) > limits.MAX_BYTES:
        raise BundleError(f"more than {limits.MAX_BYTES >> 20} MiB")
    return data


def is_zip(data: bytes) -> bool:
    """Tell whether *data* is meant to be a bundle, and not a cassette."""
    return not data.lstrip().startswith((b"{", b"["))


def opened(data: bytes) -> tuple[dict[str, bytes], dict[str, Any]]:
    """Return the files of a bundle and its manifest, if nothing was changed.

    Raises:
        BundleError: It is none, or something was changed.
    """
    files = archive.read(data)
    told = manifest.read(files)
    if wrong := manifest.faults(files):
        raise BundleError(
            f"it was changed since it was made: {wrong[0]}",
            hint="`tiktok-bridge doctor verify` names everything that was changed",
        )
    return files, told


def _bundle(data: bytes, checks: Mapping[str, Check]) -> Replay:
    files, told = opened(data)
    case = Case.from_files(files)
    report = case.judge(checks)
    expected = str(told.get("verdict_digest"))
    return Replay(
        case,
        report,
        checks,
        expected,
        _differing(files, report) if report.digest != expected else (),
        tuple(map(str, _list(told.get("not_replayed")))),
        tuple(map(str, _list(_dict(told.get("replay")).get("differing")))),
        str(_dict(told.get("by")).get("tiktok-bridge-diagnostics", "")),
    )


def _differing(files: Mapping[str, bytes], report: Report) -> tuple[str, ...]:
    """Return the checks that say something else than the report in the bundle."""
    value = safe_json.loads(files.get(REPORT, b"{}"), name=REPORT)
    try:
        before = verdict.rows_of_value(value)
    except (KeyError, TypeError, AttributeError):
        raise BundleError(f"{REPORT}: no report") from None
    return verdict.differing(before, verdict.rows(report))


def _cassette(data: bytes, path: Path, checks: Mapping[str, Check]) -> Replay:
    case = Case.from_cassette(data, path.name)
    return Replay(case, case.judge(checks), checks)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
