"""Execute one cell: let the fault happen, judge the run, and go on without it."""

from __future__ import annotations

import json
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests import s3
from tests.chaos.matrix import (
    answers,
    certificates,
    disks,
    ends,
    network,
    plugins,
    servers,
    stores,
    tokens,
    uploads,
    webhooks,
)
from tests.chaos.matrix.world import World, write_large
from tiktok_bridge.models import State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.chaos.matrix.table import Cell
    from tests.chaos.matrix.world import Output

MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a folder of our own in it
"""Where Linux keeps files in memory."""

OUTCOMES: Final = {
    State.PUBLISHED: "published",
    State.IN_INBOX: "in inbox",
    State.FAILED: "failed",
    State.UNKNOWN: "unknown",
}
"""What a post's state is called in the matrix; every other is `unfinished`."""

SAID: Final = {
    "retry": "posts retry one",
    "settle": "posts settle one",
    "login": "auth login acme",
}
"""The command with which each way to go on begins."""

FAULTS: Final = (
    answers.FAULTS
    | network.FAULTS
    | uploads.FAULTS
    | tokens.FAULTS
    | disks.FAULTS
    | stores.FAULTS
    | plugins.FAULTS
    | servers.FAULTS
    | ends.FAULTS
    | webhooks.FAULTS
)
"""Every fault, by the name of its row."""


@dataclass(frozen=True)
class Ground:
    """What all cells share: a folder, certificates, and a video of three chunks."""

    folder: Path
    certificates: Path
    video: Path
    stack: ExitStack

    @cached_property
    def s3(self) -> s3.Server:
        """A server that speaks S3, started when a cell first needs it."""
        return self.stack.enter_context(s3.running())

    @classmethod
    @contextmanager
    def laid(cls) -> Iterator[Ground]:
        """Make it once for a run of tests; in memory, so that no disk is waited for."""
        memory = MEMORY if MEMORY.is_dir() else None
        with (
            TemporaryDirectory(prefix="matrix-", dir=memory) as name,
            ExitStack() as stack,
        ):
            folder = Path(name)
            video = write_large(folder / "large.mp4")
            yield cls(folder, certificates.write(folder), video, stack)


def check(cell: Cell, ground: Ground) -> None:
    """Fail unless *cell* is as the matrix says."""
    stage = cell.explains or cell.stage
    with _world(cell.row, stage, ground) as world:
        run = world.publish()
        world.calm()
        if cell.explains:
            _check_doctor(cell, world)
            return
        wrong = [*_judge(cell, world, run), *_promises(world)]
        if not wrong:
            _go_on(cell, world, run)
            wrong = [*_end(world), *_promises(world)]
        assert not wrong, _told(world, run, wrong)


@contextmanager
def _world(row: str, stage: str, ground: Ground) -> Iterator[World]:
    with (
        pytest.MonkeyPatch.context() as patch,
        TemporaryDirectory(dir=ground.folder) as folder,
    ):
        world = World(Path(folder), FAULTS[row], stage, patch, lambda: ground.s3)
        world.open(ground.video, ground.certificates)
        try:
            yield world
        finally:
            world.close()


def _judge(cell: Cell, world: World, run: Output) -> Iterator[str]:
    """Yield what of the first run is not as *cell* says."""
    entry = world.entry()
    outcome = OUTCOMES.get(entry.state, "unfinished") if entry else "nothing"
    if outcome != cell.outcome or run.status not in cell.exits:
        yield f"it is {outcome}, exit {run.status}"
    if len(world.sent) > cell.requests:
        yield f"{len(world.sent)} requests: {world.sent}"
    code = entry.failure.code if entry and entry.failure else ""
    if cell.says and cell.says not in "\n".join([code, run.text, *world.history()]):
        yield f"nothing says {cell.says}"


def _promises(world: World) -> Iterator[str]:
    """Yield each promise that no fault may break, and that was broken."""
    if len(world.studio.arrived()) > 1:
        yield "it was posted twice"
    if others := [level for level in world.line.levels if level != world.privacy]:
        yield f"a request asks for {others}"
    if world.line.shown:
        yield "the content of another file was sent"
    if world.internet.overheard:
        yield "an impostor was told something"
    shown = "\n".join([*world.said, *world.history(), _events(world)])
    yield from (f"{n} is shown" for n, one in world.secrets().items() if one in shown)
    if "Traceback" in shown and not world.fault.process:  # Python's own, as it ends
        yield "a traceback"


def _events(world: World) -> str:
    file = world.state / "events.jsonl"
    return file.read_text() if file.exists() else ""


def _go_on(cell: Cell, world: World, run: Output) -> None:
    """Do, one after the other, what a run said that a person should do."""
    for way in cell.then:
        if way in SAID:
            said = " ".join(run.text.split())  # as it is, without its lines
            assert SAID[way] in said, f"nobody says {way}: {run.text}"
        if way == "login":
            world.log_in_again()
        entry = world.entry()
        if way == "settle":
            world.clock.sleep(60)  # who looks at once may look too early
            verdict = "published" if world.studio.arrived() else "retry"
            world.run("posts", "settle", "one", "--as", verdict)
        elif entry and entry.state == State.FAILED:
            world.run("posts", "retry", "one")
        run = world.publish()


def _end(world: World) -> Iterator[str]:
    """Yield what is wrong after the last run, without the fault."""
    entry = world.entry()
    state = entry.state if entry else None
    if state not in (State.PUBLISHED, State.IN_INBOX):
        yield f"without the fault it is {state}"
    arrived = [one.get("sha256") for one in world.studio.arrived()]
    if len(arrived) != 1:
        yield f"{len(arrived)} posts arrived"
    elif not world.fault.pulled and arrived[0] not in world.videos():
        yield "what arrived is no video that was there"


def _check_doctor(cell: Cell, world: World) -> None:
    """Let the doctor explain what the ledger keeps of the run."""
    notes = world.folder / "notes.txt"
    notes.write_text("\n".join([*world.history(), _failure(world)]))
    output = world.run("doctor", "explain", "--format", "json", str(notes))
    begin, end = output.text.index("{"), output.text.rindex("}") + 1
    named = _names(json.loads(output.text[begin:end]))
    if cell.code == "nothing":
        assert (output.status, named) == (2, []), notes.read_text()
    else:
        assert cell.code in named, f"{named}: {notes.read_text()}"


def _failure(world: World) -> str:
    entry = world.entry()
    return entry.failure.message if entry and entry.failure else ""


def _names(report: dict[str, Any]) -> list[str]:
    codes = [str(one["code"]) for one in report["explanations"]]
    return codes + [f"http_{one['status']}" for one in report["statuses"]]


def _told(world: World, run: Output, wrong: list[str]) -> str:
    return "\n".join(["", *wrong, "", *world.history(), "", run.text])
