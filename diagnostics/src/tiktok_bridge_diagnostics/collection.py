"""Run collectors side by side, each until its time is over."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from tiktok_bridge import BridgeError, Client, Fact, Inspection, Transport
from tiktok_bridge.findings import DEFAULT_EFFECTS
from tiktok_bridge_diagnostics import derive
from tiktok_bridge_diagnostics.recorder import Recorder, Tape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    import httpx

    from tiktok_bridge import Collector, Host, Settings
    from tiktok_bridge_diagnostics.exchange import Exchange

TIMEOUT: Final = 4.0
"""Seconds without progress after which a request of the doctor is given up."""

IN_ALL: Final = 12.0
"""Seconds that the collectors have together."""


@dataclass
class Room:
    """What one collector works with; see `tiktok_bridge.Visit`."""

    config: Path
    settings: Settings | None
    host: Host
    inspection: Inspection | None
    environ: Mapping[str, str]
    now: float
    tape: Tape
    transport: httpx.BaseTransport
    timeout: float = TIMEOUT
    _clients: dict[str, Client] = field(default_factory=dict)

    def client(self, about: str = "") -> Client:
        """See `Visit.client`."""
        if self.settings is None:
            raise BridgeError("without a configuration nobody can be asked")
        if about not in self._clients:
            self._clients[about] = Client(
                self.settings.app,
                base_url=self.settings.base_url,
                upload_hosts=self.settings.upload_hosts,
                transport=Recorder(self.transport, self.tape, about, self.timeout),
                redaction=self.host.redaction,
            )
        return self._clients[about]


@dataclass
class Collection:
    """What was gathered.

    Attributes:
        facts: Those of this machine, and how each collector ended (`collected`).
        tapes: The exchanges, by collector; `all_facts` derives the facts of these.
    """

    facts: list[Fact] = field(default_factory=list)
    tapes: dict[str, list[Exchange]] = field(default_factory=dict)

    @property
    def all_facts(self) -> list[Fact]:
        """The facts of this machine and those of the exchanges."""
        seen = [one for tape in self.tapes.values() for one in derive.facts(tape)]
        return [*self.facts, *seen]


class Rounds:
    """One round of collectors over an installation.

    Args:
        config: Its `bridge.yaml`.
        settings: What that says, None if it cannot be read.
        host: The plugins.
        environ: The environment.
        redact: Takes the secrets out of an exchange.
        transport: Sends the requests; see `Client`.
        now: The time.
    """

    def __init__(  # noqa: PLR0913 - a round needs all of it
        self,
        config: Path,
        settings: Settings | None,
        host: Host,
        environ: Mapping[str, str],
        redact: Callable[[Exchange], Exchange],
        *,
        transport: httpx.BaseTransport | None = None,
        now: float | None = None,
    ) -> None:
        self._config = config
        self._settings = settings
        self._host = host
        self._environ = environ
        self._redact = redact
        self._transport = transport or Transport()
        self.now = time.time() if now is None else now
        self.collection = Collection()
        self._turn = threading.Lock()

    def run(self, collectors: Iterable[Collector], in_all: float = IN_ALL) -> None:
        """Run *collectors*, and keep what they gather even if they do not end."""
        works = [_Work(one, self._room(one)) for one in collectors]
        for work in works:
            work.start()
        end = time.monotonic() + in_all
        is_interrupted = True
        try:
            for work in works:
                work.join(max(0.0, min(work.ends_at, end) - time.monotonic()))
            is_interrupted = False
        finally:
            for work in works:
                self._keep(work, is_interrupted=is_interrupted)

    def close(self) -> None:
        """Close what was opened."""
        if self._inspection is not None:
            self._inspection.close()
        self._transport.close()

    def _room(self, collector: Collector) -> Room:
        """Return what *collector* works with.

        What changes something is waited for: to hang up on a renewal loses a token.
        """
        is_default = collector.effect in DEFAULT_EFFECTS
        return Room(
            self._config,
            self._settings,
            self._host,
            self._inspection,
            self._environ,
            self.now,
            Tape(collector.name, self._redact),
            self._transport,
            timeout=TIMEOUT if is_default else collector.seconds,
        )

    @cached_property
    def _inspection(self) -> Inspection | None:
        if self._settings is None:
            return None
        client = Client(
            self._settings.app,
            transport=self._transport,
            redaction=self._host.redaction,
        )
        return Inspection(self._settings, self._host, client)

    def _keep(self, work: _Work, *, is_interrupted: bool) -> None:
        facts, tape, outcome = work.gathered(is_interrupted=is_interrupted)
        name = work.collector.name
        numbered = [
            replace(fact, id=f"{name}.{number}", at=fact.at or self.now)
            for number, fact in enumerate(facts, 1)
        ]
        says = self._host.redaction.text(outcome.pop("says"))
        ended = Fact("collected", name, outcome | {"says": says}, f"{name}.0", self.now)
        self.collection.facts += [*numbered, ended]
        if tape:
            self.collection.tapes[name] = tape


class _Work(threading.Thread):
    """One collector at work; a thread that is given up dies with the process."""

    def __init__(self, collector: Collector, room: Room) -> None:
        super().__init__(name=f"doctor-{collector.name}", daemon=True)
        self.collector = collector
        self.ends_at = time.monotonic() + collector.seconds
        self._room = room
        self._facts: list[Fact] = []
        self._failure: BaseException | None = None
        self._is_done = False

    def run(self) -> None:
        try:
            for fact in self.collector.collect(self._room):
                self._facts.append(fact)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - it may be a stranger's
            self._failure = error
        else:
            self._is_done = True

    def gathered(
        self, *, is_interrupted: bool = False
    ) -> tuple[list[Fact], list[Exchange], dict[str, str]]:
        """Return what there is so far, and how it ended."""
        facts, tape = list(self._facts), list(self._room.tape.exchanges)
        if self._is_done:
            return facts, tape, {"status": "ok", "says": ""}
        if self._failure is None:
            late = f"given up after {self.collector.seconds:g} s"
            late = "interrupted by hand" if is_interrupted else late
            return facts, tape, {"status": "late", "says": late}
        return facts, tape, {"status": "crashed", "says": _said(self._failure)}


def _said(error: BaseException) -> str:
    if isinstance(error, BridgeError):
        return error.message
    return f"{type(error).__name__}: {error}"
