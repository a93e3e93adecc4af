"""Examine an installation: gather facts, judge them, report."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tiktok_bridge import BridgeError, Fact, Facts, Settings
from tiktok_bridge import host as hosts
from tiktok_bridge.findings import DEFAULT_EFFECTS
from tiktok_bridge_diagnostics import registry, report
from tiktok_bridge_diagnostics.collection import Collection, Rounds
from tiktok_bridge_diagnostics.redact.exchanges import Redactor

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import httpx

    from tiktok_bridge import Check, Collector, Host, Rule


@dataclass(frozen=True, slots=True)
class Examination:
    """What was gathered and what it means.

    Attributes:
        collection: The facts and the tapes.
        checks: Every check that was known.
        report: What they say.
        is_partial: Whether somebody interrupted the gathering.
    """

    collection: Collection
    checks: Mapping[str, Check]
    report: report.Report
    is_partial: bool = False


def examine(  # noqa: PLR0913 - each has a default that is right for most
    config: Path,
    host: Host | None = None,
    *,
    only: Iterable[str] = (),
    skip: Iterable[str] = (),
    rules: Iterable[Rule] = (),
    transport: httpx.BaseTransport | None = None,
    environ: Mapping[str, str] | None = None,
    also: Iterable[Collector] = (),
    redactor: Redactor | None = None,
    may_be_partial: bool = False,
) -> Examination:
    """Examine the installation at *config*; nothing anywhere is changed.

    Except by *also*: collectors that somebody consented to. They run after the others,
    and are waited for. If it *may_be_partial*, an interrupt ends the gathering, and
    what there is counts. What TikTok says is redacted by *redactor*; unless one is
    given, by one of this run alone, if the installation has no key yet.

    Raises:
        ConfigError: *only*, *skip* or a rule names no check.
    """
    host = host or hosts.load()
    environ = os.environ if environ is None else environ
    checks = registry.all_checks(host)
    wanted = registry.chosen(checks, only, skip)
    rules = tuple(rules)
    registry.require_known(checks, rules)
    rounds = Rounds(
        config,
        _settings(config, environ),
        host,
        environ,
        (redactor or Redactor.of(config, make=False)).exchange,
        transport=transport,
    )
    is_whole = _gather(rounds, registry.all_collectors(host), also)
    if not (is_whole or may_be_partial):
        raise KeyboardInterrupt
    rounds.collection.facts += _rules(rules, rounds.now)
    facts = Facts(rounds.collection.all_facts, time.time())
    judged = report.make(facts, checks, wanted)
    return Examination(rounds.collection, checks, judged, not is_whole)


def _gather(
    rounds: Rounds, collectors: Iterable[Collector], also: Iterable[Collector]
) -> bool:
    """Run *collectors* that change nothing, then *also*; False if interrupted."""
    try:
        rounds.run(one for one in collectors if one.effect in DEFAULT_EFFECTS)
        for one in also:
            rounds.run([one], in_all=one.seconds)
    except KeyboardInterrupt:
        return False
    finally:
        rounds.close()
    return True


def _rules(rules: Iterable[Rule], now: float) -> list[Fact]:
    """Return *rules* as facts: who judges a bundle judges it by the same ones."""
    return [
        Fact(
            "rule",
            rule.check,
            {"because": rule.because, "with": dict(rule.with_)},
            f"rules.{number}",
            now,
        )
        for number, rule in enumerate(rules, 1)
    ]


def _settings(config: Path, environ: Mapping[str, str]) -> Settings | None:
    try:
        return Settings.from_file(config, environ)
    except BridgeError:
        return None  # the collector `config` says why
