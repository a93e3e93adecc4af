"""Define what the doctor knows of a machine and what it makes of it: values only.

A collector gathers facts and does all the I/O; a check is a pure function of facts that
yields findings. Plugins bring both: see `register_collectors` and `register_checks`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from tiktok_bridge.config.settings import Settings
    from tiktok_bridge.host import Host
    from tiktok_bridge.inspection import Inspection
    from tiktok_bridge.tiktok.client import Client


class Status(StrEnum):
    """How a check came out."""

    PASS = "pass"  # noqa: S105 - an outcome, not a password
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"
    BLOCKED = "blocked"
    SKIPPED = "skipped"
    CRASHED = "crashed"


class Certainty(StrEnum):
    """How sure a finding is; see docs/explanation.md."""

    CONFIRMED = "confirmed"
    PROBABLE = "probable"
    CONTRADICTED = "contradicted"
    NONE = "none"


WhoActs = Literal["developer", "creator", "operator", "tiktok", "wait"]

Effect = Literal["S0", "S1", "S2", "S3", "S4", "S5"]
"""What it takes to know something: S0 this machine alone, S1 the network without
credentials, S2 questions with credentials, S3 a renewed token, S4 an init without
bytes, S5 a post. A run makes S0 to S2 unless somebody consents to more."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that was seen.

    Attributes:
        kind: What sort of thing, such as `token`; says which keys `data` has.
        about: The account, post, plugin or host that it is about; empty for the
            installation as a whole.
        data: What was seen, as JSON; holds no secret.
        id: By whom it was collected and as which one, such as `tokens.2`; given
            by whoever runs the collector, as is `at`.
        at: When, in seconds since the epoch.
    """

    kind: str
    about: str
    data: Mapping[str, Any]
    id: str = ""
    at: float = 0.0

    def __hash__(self) -> int:
        return hash((self.kind, self.about, self.id, self.at))


class Facts:
    """Everything that was seen, in no order that matters.

    Args:
        facts: What was collected.
        now: When it is judged, in seconds since the epoch.
    """

    def __init__(self, facts: Iterable[Fact], now: float) -> None:
        self._facts = sorted(facts, key=lambda fact: (fact.kind, fact.about, fact.id))
        self.now = now

    def __iter__(self) -> Iterator[Fact]:
        return iter(self._facts)

    def __len__(self) -> int:
        return len(self._facts)

    def of(self, kind: str, about: str | None = None, **data: object) -> list[Fact]:
        """Return the facts of *kind* that hold *data*, oldest first.

        Those *about* one thing, or about anything when it is None.
        """
        found = (
            fact
            for fact in self._facts
            if fact.kind == kind
            and (about is None or fact.about == about)
            and all(fact.data.get(name) == value for name, value in data.items())
        )
        return sorted(found, key=lambda fact: fact.at)

    def number(self, check: str, name: str, default: float) -> float:
        """Return what the site wants *check* to use as *name*, or *default*."""
        for fact in self.of("rule", check):
            if name in fact.data["with"]:
                return float(fact.data["with"][name])
        return default

    def last(self, kind: str, about: str | None = None, **data: object) -> Fact | None:
        """Return the newest fact of *kind*, None if there is none; see `of`."""
        found = self.of(kind, about, **data)
        return found[-1] if found else None


@dataclass(frozen=True, slots=True)
class Remedy:
    """What to do.

    Attributes:
        text: The next action, as an imperative sentence.
        command: What to type, if a command does it.
        docs: The page that says so, if there is one.
    """

    text: str
    command: str | None = None
    docs: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check makes of the facts.

    Attributes:
        status: How it came out.
        reason: Why, as a kebab-case word that never changes.
        says: Why, in words.
        about: The account, post, plugin or host that it is about, as in the facts.
        certainty: How sure it is.
        evidence: The facts that it rests on.
        who_acts: Who has to do something.
        remedy: What to do.
        settles_it: What would make it certain, if it is not.
        check: Which check found it; given by whoever runs the check.
        blocked_by: The check whose failure keeps this one from knowing.
    """

    status: Status
    reason: str
    says: str
    about: str = ""
    certainty: Certainty = Certainty.CONFIRMED
    evidence: tuple[Fact, ...] = field(default=(), repr=False)
    who_acts: WhoActs | None = None
    remedy: Remedy | None = None
    settles_it: str | None = None
    check: str = ""
    blocked_by: str | None = None

    @property
    def log_ids(self) -> tuple[str, ...]:
        """TikTok's log ids in the evidence, which its support asks for."""
        found = (fact.data.get("log_id") for fact in self.evidence)
        return tuple(dict.fromkeys(one for one in found if isinstance(one, str)))


@dataclass(frozen=True, slots=True)
class Check:
    """A question that facts answer.

    Attributes:
        id: Its topic and name, such as `tok.scopes_stored`; stable for ever.
        title: What is true when it passes, as a short sentence.
        judge: Yields what the facts say: nothing where they say nothing, never a pass
            without a fact.
        needs: Checks whose failure explains the failure of this one.
        effect: What its facts take.
        reads: The collectors that its facts come from.
        docs: The page with the rule that it checks.
        numbers: What a site may give it otherwise; see `Facts.number`.
    """

    id: str
    title: str
    judge: Callable[[Facts], Iterable[Finding]]
    needs: tuple[str, ...] = ()
    effect: Effect = "S0"
    reads: tuple[str, ...] = ()
    docs: str | None = None
    numbers: tuple[str, ...] = ()

    @property
    def explanation(self) -> str:
        """What the check is for, at length."""
        return (self.judge.__doc__ or self.title).strip()


class Visit(Protocol):
    """What a collector may use; everything is read, nothing is changed.

    Attributes:
        config: The `bridge.yaml` that was asked for, there or not.
        settings: What it says, None if it cannot be read.
        host: The plugins.
        inspection: Its tokens and its ledger, None without settings.
        environ: The environment.
        now: The time, in seconds since the epoch.
    """

    config: Path
    settings: Settings | None
    host: Host
    inspection: Inspection | None
    environ: Mapping[str, str]
    now: float

    def client(self, about: str = "") -> Client:
        """Return a client whose exchanges are recorded as being *about* an account."""


@dataclass(frozen=True, slots=True)
class Collector:
    """A way to gather facts.

    Attributes:
        name: What its facts are numbered by, such as `tokens`.
        collect: Does the I/O and yields facts. An exception is a finding, and what was
            yielded before it counts.
        effect: What it does beyond this machine.
        seconds: After how long it is given up.
    """

    name: str
    collect: Callable[[Visit], Iterable[Fact]]
    effect: Effect = "S0"
    seconds: float = 5.0


DEFAULT_EFFECTS: Final[tuple[Effect, ...]] = ("S0", "S1", "S2")
"""What a run does without anybody's consent."""
