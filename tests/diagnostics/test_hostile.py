"""Whatever is given to the doctor as a bundle: words, a status, and nothing else.

As a program it judges all of it in little memory, and says what became of each.
"""

from __future__ import annotations

import contextlib
import functools
import io
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.diagnostics import evidence
from tests.diagnostics.hostile import BUNDLES, DOCUMENTS, MEMORY
from tiktok_bridge import cli
from tiktok_bridge_diagnostics import archive, cassette
from tiktok_bridge_diagnostics.bundle import manifest

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
REFUSED = 2
COMMANDS = {"bundle": "verify", "odd": "diff"}
"""What else some of them are given to; `replay` gets all."""

JUDGED = (0, 2, 3, 5, 7)
"""What `replay` may end with; a traceback ends with 1."""


@functools.cache
def sound() -> dict[str, bytes]:
    examined = evidence.examination(evidence.unaudited())
    return archive.read(evidence.bundle(examined).data)


def bundle_with(name: str, data: bytes) -> bytes:
    """Return a sound bundle in which one file is *data*, sealed like any other."""
    files = sound()
    said = manifest.read(files)
    own = {
        one: files[one] for one in files if one not in ("MANIFEST.json", "SHA256SUMS")
    }
    rest = {one: said[one] for one in said if one not in ("files", "root_sha256")}
    return archive.write(manifest.seal(own | {name: data}, rest))


def fact(kind: str, data: object, **said: object) -> bytes:
    line = {"id": "x.1", "kind": kind, "about": "", "at": evidence.NOW, "data": data}
    return json.dumps(line | said).encode() + b"\n"


def told(**changes: Any) -> bytes:  # noqa: ANN401 - fields of an interaction
    """Return a cassette of one refusal with *changes*, by their path."""
    value = json.loads(cassette.to_json(evidence.unaudited()))
    one = value["interactions"][-1]
    for where, change in changes.items():
        *path, last = where.split("__")
        inner = one
        for name in path:
            inner = inner[name]
        inner[last] = change
    return json.dumps(value).encode()


def answered(text: str) -> bytes:
    return told(response__body={"string": text})


def structure(size: int) -> bytes:
    """Return a cassette whose answer is a list of lists, and hides its brackets."""
    body = "[" + "[]," * size + "[]]"
    hidden = "".join(f"\\u{ord(sign):04x}" for sign in body)
    return answered("HERE").replace(b"HERE", hidden.encode())


CASSETTE = "cassettes/001-probe.json"
ODD: dict[str, tuple[str, Callable[[], bytes]]] = {
    "an attempt that offers a number": (
        "facts.jsonl",
        lambda: fact("attempt", {"options": 3}),
    ),
    "a collector without an end": ("facts.jsonl", lambda: fact("collected", {})),
    "a configuration of lists": (
        "facts.jsonl",
        lambda: fact("config", {"is_there": [], "environment": [[]]}),
    ),
    "a configuration of nothing": ("facts.jsonl", lambda: fact("config", {})),
    "an http fact": ("facts.jsonl", lambda: fact("http", {"endpoint": "video_init"})),
    "a time of 300 digits": ("facts.jsonl", lambda: fact("config", {}, at=1e300)),
    "a name that obeys terminals": (
        "facts.jsonl",
        lambda: fact("config", {"is_there": False}, about="\x1b]0;x\x07\x9b2J\u202e"),
    ),
    "many facts": (
        "facts.jsonl",
        lambda: b"".join(fact("k", {}, id=f"x.{n}") for n in range(60_000)),
    ),
    "very many facts": ("facts.jsonl", lambda: b"{}\n" * 2_000_000),
    "a clock beyond time": ("replay/clock.json", lambda: b'{"now": 1e300}'),
    "a clock before time": ("replay/clock.json", lambda: b'{"now": -1e300}'),
    "an address that is none": (CASSETTE, lambda: told(request__uri="http://[")),
    "an address of controls": (
        CASSETTE,
        lambda: told(request__uri="http://h/\x1b[2J\u202e"),
    ),
    "a status of text": (CASSETTE, lambda: told(response__status={"code": "x"})),
    "a negative status": (CASSETTE, lambda: told(response__status={"code": -1})),
    "headers that are none": (CASSETTE, lambda: told(response__headers=[1])),
    "headers of numbers": (CASSETTE, lambda: told(response__headers={"date": [1]})),
    "a date of a million years": (
        CASSETTE,
        lambda: told(response__headers={"date": ["Tue, 14 Nov 999999 22:00:00 GMT"]}),
    ),
    "a body of 2 MiB": (CASSETTE, lambda: answered("x" * (2 << 20))),
    "a body of open lists": (CASSETTE, lambda: answered("[" * 100_000)),
    "a body of digits": (CASSETTE, lambda: answered("1" * 1_000_000)),
    "a body of hidden brackets": (CASSETTE, lambda: structure(300_000)),
    "an error that is a list": (CASSETTE, lambda: answered('{"error": [[]]}')),
    "a code that is a list": (CASSETTE, lambda: answered('{"error": {"code": []}}')),
    "options that are objects": (
        CASSETTE,
        lambda: cassette.to_json(
            [evidence.creator([{}]), evidence.init()]  # type: ignore[list-item] # odd
        ).encode(),
    ),
    "options that are a number": (
        CASSETTE,
        lambda: cassette.to_json(
            [evidence.creator(3), evidence.init()]  # type: ignore[arg-type] # odd
        ).encode(),
    ),
    "a message that obeys terminals": (
        CASSETTE,
        lambda: answered('{"error": {"code": "\\u001b[2J", "log_id": "\\u001b]0;x"}}'),
    ),
    "a report that is none": ("verdict/report.json", lambda: b"[]"),
    "a report of lists": (
        "verdict/report.json",
        lambda: b'{"audit": [], "findings": 1}',
    ),
}
"""Bundles that are sealed as ours are, with evidence that no doctor gathers."""


def in_evidence(where: str, make: Callable[[], bytes]) -> Callable[[], bytes]:
    return lambda: bundle_with(where, make())


ALL: dict[str, tuple[int | None, Callable[[], bytes]]] = {
    **{f"bundle: {name}": (REFUSED, make) for name, make in BUNDLES.items()},
    **{f"document: {name}": (REFUSED, make) for name, make in DOCUMENTS.items()},
    **{
        f"evidence: {name}": (REFUSED, in_evidence(CASSETTE, make))
        for name, make in DOCUMENTS.items()
    },
    **{
        f"odd: {name}": (None, in_evidence(where, make))
        for name, (where, make) in ODD.items()
    },
}
"""What `replay` has to end with, if it is refused for sure, and what it is given."""


def outcome(path: Path, command: str) -> dict[str, Any]:
    out, err = io.StringIO(), io.StringIO()
    begun = time.process_time()
    files = [str(path)] * (2 if command == "diff" else 1)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status: object = cli.run(["doctor", command, *files])
        except BaseException as error:  # noqa: BLE001 - told
            status = repr(error)
    return {
        "status": status,
        "seconds": time.process_time() - begun,
        "out": out.getvalue()[:5000],
        "err": err.getvalue()[:5000],
        "files": sorted(os.listdir(path.parent)),  # noqa: PTH208 - names alone
    }


def main(folder: Path) -> None:
    """Judge all of it in *folder*."""
    outcomes = {}
    path = folder / "given"
    cli.run(["doctor", "replay", str(folder)])  # imports what it needs
    for name, (_, make) in ALL.items():
        try:
            data = make()
        except archive.BundleError:
            continue  # no archive holds it
        path.write_bytes(data)
        del data
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit = pages * resource.getpagesize() + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))
        for command in ("replay", COMMANDS.get(name.partition(":")[0])):
            if command is None:
                continue
            outcomes[f"{command} {name}"] = outcome(path, command)
        free = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        resource.setrlimit(resource.RLIMIT_AS, free)
    json.dump(outcomes, sys.stdout)


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What became of each, in a process that has 200 MiB for it."""
    folder = tmp_path_factory.mktemp("hostile")
    program = [sys.executable, "-m", "tests.diagnostics.test_hostile", str(folder)]
    said = subprocess.run(  # noqa: S603 - our own
        program, cwd=ROOT, capture_output=True, check=True, timeout=300
    )
    read: dict[str, dict[str, Any]] = json.loads(said.stdout)
    return read


def test_there_are_many_of_them(outcomes: dict[str, dict[str, Any]]) -> None:
    given = {name.partition(" ")[2] for name in outcomes}

    assert len([one for one in given if one.startswith("bundle: ")]) >= 60
    assert len([one for one in given if one.startswith("odd: ")]) >= 25
    assert len([one for one in given if one.startswith("evidence: ")]) >= 30


def test_all_end_soon_in_words_and_leave_nothing(
    outcomes: dict[str, dict[str, Any]],
) -> None:
    wrong = {
        name: one
        for name, one in outcomes.items()
        if not isinstance(one["status"], int)
        or one["seconds"] >= 2
        or one["files"] != ["given"]
        or not all(line.isprintable() for line in one["out"].splitlines())
        or not all(line.isprintable() for line in one["err"].splitlines())
        or "Traceback" in one["err"]
    }

    assert wrong == {}


def test_a_damaged_bundle_is_not_verified(outcomes: dict[str, dict[str, Any]]) -> None:
    statuses = {outcomes[f"verify bundle: {name}"]["status"] for name in BUNDLES}

    assert statuses == {1}


def test_what_no_doctor_wrote_is_refused_or_judged(
    outcomes: dict[str, dict[str, Any]],
) -> None:
    wrong = {
        name: outcomes[f"replay {name}"]
        for name, (expected, _) in ALL.items()
        if f"replay {name}" in outcomes
        and outcomes[f"replay {name}"]["status"]
        not in ((expected,) if expected else JUDGED)
    }

    assert wrong == {}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
