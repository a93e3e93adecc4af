"""Pack a bundle, verify it, judge it again, and compare it with another."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import click

from tiktok_bridge import BridgeError, ConfigError, Settings
from tiktok_bridge_diagnostics.archive import BundleError, read
from tiktok_bridge_diagnostics.bundle.timeline import utc
from tiktok_bridge_diagnostics.printable import printable, shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import httpx

    from tiktok_bridge import Collector, Host, Rule
    from tiktok_bridge_diagnostics.bundle.build import Audience, Bundle
    from tiktok_bridge_diagnostics.diff import Change
    from tiktok_bridge_diagnostics.doctor import Examination
    from tiktok_bridge_diagnostics.gate import Hit
    from tiktok_bridge_diagnostics.redact.exchanges import Redactor
    from tiktok_bridge_diagnostics.replay import Replay

INTERRUPTED: Final = 130
WITHHELD: Final = 6
OTHER_VERDICT: Final = 7


def bundle(  # noqa: PLR0913 - where, what and for whom
    config: Path,
    host: Host,
    output: Path,
    profile: Audience,
    *,
    rules: Iterable[Rule] = (),
    also: Iterable[Collector] = (),
    transport: httpx.BaseTransport | None = None,
) -> int:
    """Examine the installation at *config*, and write what was found to *output*.

    Args:
        config: Its `bridge.yaml`.
        host: The plugins.
        output: The bundle; one that is there is replaced.
        profile: For whom it is.
        rules: What the site wants otherwise.
        also: Collectors that somebody consented to; see `examine`.
        transport: Sends the requests; see `Client`.

    Returns:
        0, or 130 if it was interrupted and the bundle has what was gathered until
        then, or 6 if it was withheld because a secret is in it.
    """
    from tiktok_bridge_diagnostics.bundle.save import save  # noqa: PLC0415
    from tiktok_bridge_diagnostics.doctor import examine  # noqa: PLC0415
    from tiktok_bridge_diagnostics.redact.exchanges import Redactor  # noqa: PLC0415

    redactor = Redactor.of(config)
    examined = examine(
        config,
        host,
        rules=rules,
        also=also,
        transport=transport,
        redactor=redactor,
        may_be_partial=True,
    )
    packed, secrets = pack(examined, config, host, profile, redactor)
    if hits := scanned(packed.data, secrets, output.name):
        _withhold(hits, list(secrets.values()))
        return WITHHELD
    save(output, packed.data)
    _tell(packed, output)
    if examined.is_partial:
        click.echo("interrupted: it has what was gathered until then", err=True)
        return INTERRUPTED
    return 0


def require_place(output: Path) -> None:
    """Make sure that a bundle could be written to *output*, before anybody is asked.

    Raises:
        ConfigError: It could not.
    """
    folder = output.absolute().parent
    if output.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        raise ConfigError(
            f"{output} cannot be written",
            hint="name a file in a folder that you may write to",
        )


def pack(
    examined: Examination,
    config: Path,
    host: Host,
    profile: Audience,
    redactor: Redactor,
) -> tuple[Bundle, dict[str | bytes, str]]:
    """Return the bundle of what was *examined*, and the secrets to look for in it."""
    from tiktok_bridge_diagnostics.bundle import (  # noqa: PLC0415
        build,
        environment,
        known,
    )

    secrets = known.secrets(host, _settings(config), os.environ)
    made = build.build(
        examined,
        redactor.to(profile),
        environment.files(),
        profile=profile,
        secrets=len(secrets),
    )
    return made, secrets


def scanned(data: bytes, secrets: Mapping[str | bytes, str], name: str) -> list[Hit]:
    """Return where the archive *data* shows one of *secrets*; see the gate."""
    from tiktok_bridge_diagnostics import gate  # noqa: PLC0415 - only here

    return gate.scan(data, secrets, name=name)


def verify(path: Path) -> int:
    """Say whether the bundle *path* is as it was made.

    Returns:
        0 if it is, 1 if it is not.
    """
    from tiktok_bridge_diagnostics.bundle import manifest  # noqa: PLC0415
    from tiktok_bridge_diagnostics.replay import load  # noqa: PLC0415

    try:
        files = read(load(path))
        wrong = manifest.faults(files)
        told = manifest.read(files)
    except BundleError as error:
        wrong = [error.message]
    for one in wrong:
        click.echo(f"{shortened(str(path))}: {one}", err=True)
    if wrong:
        click.echo("  → ask for the bundle as it was made", err=True)
        return 1
    click.echo(f"{path}: every file is as it was written ({len(files)} files)")
    click.echo(f"root    {told['root_sha256']}")
    click.echo(f"verdict {shortened(str(told.get('verdict_digest')))}")
    click.echo("Nobody has signed it: compare the root with who made it.")
    return 0


def replay(path: Path, output: str, *, strict: bool = False) -> int:
    """Judge the evidence in *path* again, and print what it says.

    Returns:
        7 if a bundle gives another verdict than it names, else that of the report.
    """
    from tiktok_bridge_diagnostics.formats import printing  # noqa: PLC0415
    from tiktok_bridge_diagnostics.replay import replay as judge  # noqa: PLC0415

    judged = judge(path)
    printing.echo(judged.report, judged.checks, output)
    if output == "text":
        _print(judged)
    if judged.is_same:
        return judged.report.exit_status(strict=strict)
    said = ", ".join(judged.differing) or "none, though the digest is another"
    click.echo(f"another verdict than when it was packed: {shortened(said)}", err=True)
    click.echo(f"  → it was packed by {shortened(judged.made_by) or '?'}", err=True)
    return OTHER_VERDICT


def diff(one: Path, other: Path) -> int:
    """Print what changed between two bundles or reports; the order is that of time."""
    from tiktok_bridge_diagnostics import diff as differences  # noqa: PLC0415

    told = differences.compare(differences.read(one), differences.read(other))
    click.echo(f"from {utc(told.before.at)} to {utc(told.after.at)}")
    audit = told.before.audit
    click.echo(
        f"audit     still {audit[0]} ({audit[1]})" if not told.audit else "audit"
    )
    _changed([told.audit] if told.audit else [])
    click.echo(f"findings  {len(told.findings)} changed")
    _changed(told.findings)
    if told.before.facts is None or told.after.facts is None:
        click.echo("facts     not compared: a report has none; compare two bundles")
        return 0
    click.echo(f"facts     {len(told.facts)} changed, the most telling first")
    _changed(told.facts)
    return 0


def _settings(config: Path) -> Settings | None:
    try:
        return Settings.from_file(config)
    except BridgeError:
        return None


def _withhold(hits: list[Hit], names: list[str]) -> None:
    click.echo("error: no bundle was written, because a secret is in it", err=True)
    for hit in hits[:20]:
        what = names[hit.secret] if hit.secret is not None else "nobody knows what"
        click.echo(f"  {hit.rule:10} {printable(hit.path)}  {what}", err=True)
    click.echo(
        "  → this is a bug of the redaction: please report these lines", err=True
    )


def _tell(packed: Bundle, output: Path) -> None:
    click.echo(f"{output}: {len(packed.data)} bytes, root {packed.root}")
    if packed.differing:
        click.echo(
            "warning: redacted, it gives another verdict: "
            + ", ".join(packed.differing),
            err=True,
        )


def _print(judged: Replay) -> None:
    same = "no digest to compare it with" if judged.expected is None else "as packed"
    said = same if judged.is_same else "another than when it was packed"
    click.echo(f"digest    {judged.report.digest} ({said})")
    if judged.not_replayed:
        names = ", ".join(judged.not_replayed)
        click.echo(f"plugins   not asked: {shortened(names)}")
    if judged.unproven:
        names = ", ".join(judged.unproven)
        click.echo(
            f"doubtful  the redaction changed what these say: {shortened(names)}"
        )


def _changed(changes: list[Change] | tuple[Change, ...]) -> None:
    for one in changes:
        before, after = (shortened(side) or "-" for side in (one.before, one.after))
        click.echo(f"          {shortened(one.what)}: {before} → {after}")
