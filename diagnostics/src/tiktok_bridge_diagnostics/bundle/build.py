"""Build a bundle of redacted evidence that proves itself."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

from tiktok_bridge import Facts
from tiktok_bridge_diagnostics import archive, registry, report
from tiktok_bridge_diagnostics.bundle import manifest, ticket, verdict
from tiktok_bridge_diagnostics.bundle.case import Case, pretty
from tiktok_bridge_diagnostics.formats import RENDER

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tiktok_bridge import Check, Fact, Finding
    from tiktok_bridge_diagnostics.doctor import Examination
    from tiktok_bridge_diagnostics.exchange import Exchange

Audience = Literal["tiktok", "public"]
"""For whom: TikTok's support keeps log ids and publish ids, anybody else gets none."""

README: Final = """\
This is a bundle of `tiktok-bridge doctor bundle`: redacted evidence of one
installation, and the verdict that it gives.

TICKET.md            what is wrong, for TikTok's support
verdict/             every finding, in several formats
findings.jsonl       the same, one on each line
facts.jsonl          what was seen on the machine
cassettes/           what was asked of TikTok and what it answered, for VCR, in JSON
env/                 versions
redaction/           what was replaced; words in ⟪ ⟫ stand for something else
errors/              what could not be gathered, and why

Nothing needs to be unpacked:

    tiktok-bridge doctor verify FILE    is every file as it was written?
    tiktok-bridge doctor replay FILE    judge the evidence again, offline
    tiktok-bridge doctor diff FILE FILE what changed between two bundles?

Unpacked, `sha256sum -c SHA256SUMS` checks the files as well.
"""


FORMATS: Final = {
    "report.json": "json",
    "report.junit.xml": "junit",
    "report.md": "md",
    "report.sarif": "sarif",
}
"""How the report stands in a bundle."""


class Redacting(Protocol):
    """Takes out of evidence what nobody else should read."""

    def exchange(self, exchange: Exchange) -> Exchange:
        """Return *exchange* without secrets and names."""

    def fact(self, fact: Fact) -> Fact:
        """Return *fact* without secrets and names."""

    def report(self) -> Mapping[str, Any]:
        """Return what was replaced, by place and by rule, and which text was kept."""

    def learn(self, facts: Iterable[Fact]) -> None:
        """Remember what *facts* are about: names of accounts, posts and hosts."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle in memory.

    Attributes:
        data: The archive.
        root: SHA-256 of all that is in it.
        differing: The checks that say something else of the redacted evidence than of
            what was seen; none if the bundle replays.
    """

    data: bytes
    root: str
    differing: tuple[str, ...]


def build(
    examined: Examination,
    redactor: Redacting,
    environment: Mapping[str, Any],
    *,
    profile: Audience = "tiktok",
    secrets: int = 0,
) -> Bundle:
    """Return the bundle of what was *examined*; the same each time.

    It is judged by our own checks, as whoever gets it will do; findings of plugins'
    checks are listed beside.

    Args:
        examined: What was gathered, and what it means.
        redactor: Has to be that of the installation, so that names stay equal.
        environment: What `environment.files` returns.
        profile: For whom the bundle is; written down, the redactor has to know.
        secrets: How many the gate will look for; written down.

    Raises:
        BundleError: There is more evidence than a bundle holds.
    """
    own = registry.all_checks(None)
    live = report.make(_seen(examined), own)
    evidence = _redacted(examined, redactor).to_files()
    case = Case.from_files(evidence)  # as whoever gets it will read it
    replayed = case.judge(own)
    differing = verdict.differing(verdict.rows(live), verdict.rows(replayed))
    others = case.judge(examined.checks).findings if examined.checks != own else ()
    steps = _steps(examined, profile)
    told = ticket.write(
        replayed, case.all_facts, own, steps, _versions(environment), doubtful=differing
    )
    files = {
        **evidence,
        **_others(environment, redactor, case),
        "README.txt": README.encode(),
        "TICKET.md": told.encode(),
        **{
            f"verdict/{name}": RENDER[output](replayed, own).encode()
            for name, output in FORMATS.items()
        },
        "findings.jsonl": _findings(replayed, others, examined.checks, own),
    }
    said = {
        "by": {"tiktok-bridge-diagnostics": _versions(environment)[_US]},
        "profile": profile,
        "verdict_digest": replayed.digest,
        "replay": {"verified": not differing, "differing": list(differing)},
        "not_replayed": sorted(examined.checks.keys() - own.keys()),
        "leak_scan": {"secrets": secrets, "hits": 0},
    }
    sealed = manifest.seal(files, said)
    root = str(manifest.read(sealed)["root_sha256"])
    return Bundle(archive.write(sealed), root, differing)


_US: Final = "tiktok-bridge-diagnostics"


def _seen(examined: Examination) -> Facts:
    return Facts(examined.collection.all_facts, examined.report.at)


def _redacted(examined: Examination, redactor: Redacting) -> Case:
    tapes = examined.collection.tapes
    redactor.learn(examined.collection.facts)
    return Case(
        tuple(redactor.fact(one) for one in examined.collection.facts),
        tuple(redactor.exchange(one) for by in sorted(tapes) for one in tapes[by]),
        examined.report.at,
    )


def _others(
    environment: Mapping[str, Any], redactor: Redacting, case: Case
) -> dict[str, bytes]:
    """Return the files of which nothing of the verdict depends."""
    ended = [one for one in case.facts if one.kind == "collected"]
    lost = {one.about: dict(one.data) for one in ended if one.data["status"] != "ok"}
    config = next((one.data for one in case.facts if one.kind == "config"), None)
    files = {f"env/{name}.json": pretty(value) for name, value in environment.items()}
    if config is not None:
        files["env/config.json"] = pretty(config)
    return files | {
        "redaction/report.json": pretty(redactor.report()),
        "errors/collectors.json": pretty(lost),
    }


def _findings(
    replayed: report.Report,
    others: Iterable[Finding],
    theirs: Mapping[str, Check],
    own: Mapping[str, Check],
) -> bytes:
    """Return every finding as a line; those of plugins' checks are not replayed."""
    values = [
        (report.finding_value(one, own[one.check]), True) for one in replayed.findings
    ]
    values += [
        (report.finding_value(one, theirs[one.check]), False)
        for one in others
        if one.check not in own
    ]
    lines = [
        json.dumps({**value, "replayed": is_own}, ensure_ascii=False, sort_keys=True)
        for value, is_own in values
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def _versions(environment: Mapping[str, Any]) -> dict[str, str]:
    packages = environment["packages"]
    platform = environment["platform"]
    ours = {name: packages[name] for name in packages if name.startswith("tiktok-")}
    python = f"{platform['python']} on {platform['system']} {platform['machine']}"
    return {_US: "unknown", **ours, "Python": python}


def _steps(examined: Examination, profile: Audience) -> list[str]:
    ended = [one for one in examined.collection.facts if one.kind == "collected"]
    lost = [one for one in ended if one.data["status"] != "ok"]
    made = sum(map(len, examined.collection.tapes.values()))
    kept = "log ids and publish ids are as TikTok gave them"
    return [
        (
            f"`tiktok-bridge doctor bundle` examined the installation: {len(ended)}"
            f" collectors, {made} requests, {len(examined.checks)} checks."
        ),
        *(
            [f"{len(lost)} collectors did not end; see errors/collectors.json."]
            * bool(lost)
        ),
        "Secrets and names were replaced; equal ones stay equal, and "
        + (kept if profile == "tiktok" else "so were log ids and publish ids")
        + ".",
        "`tiktok-bridge doctor replay FILE` gives the same verdict from this bundle.",
    ]
