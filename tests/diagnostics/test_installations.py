"""The doctor examines whole installations, each with one thing wrong."""

from __future__ import annotations

import copy
import os
import shutil
import sqlite3
import subprocess
import time
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import pytest

from tests.journeys.conftest import Studio
from tiktok_bridge import BridgeError, Facts, Settings, Status, host
from tiktok_bridge_diagnostics import doctor, registry, report
from tiktok_bridge_diagnostics.collection import Rounds
from tiktok_bridge_sandbox.handle import TikTokSandbox
from tiktok_bridge_sandbox.threads import running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tiktok_bridge_diagnostics.report import Report

OURS = ("env", "plug", "cfg", "key", "store", "ledger", "log")


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """An installation that is logged in, beside a sandbox of this module."""
    with running() as base_url:
        folder = tmp_path_factory.mktemp("original") / "studio"
        original = Studio(folder, TikTokSandbox(base_url))
        original.log_in("acme")
        yield original


@pytest.fixture
def studio(tmp_path: Path, original: Studio) -> Studio:
    """A copy of it, for one test."""
    studio = copy.copy(original)
    studio.folder = tmp_path / "studio"
    shutil.copytree(original.folder, studio.folder)
    return studio


def examined(studio: Studio) -> Report:
    """Do as the doctor, by the collectors that our checks read and no others."""
    config, loaded = studio.folder / "bridge.yaml", host.load()
    checks = registry.all_checks(loaded)
    wanted = registry.chosen(checks, OURS, ())
    read = {name for one in wanted for name in checks[one].reads}
    settings = None
    with suppress(BridgeError):
        settings = Settings.from_file(config)
    rounds = Rounds(config, settings, loaded, os.environ, lambda exchange: exchange)
    try:
        rounds.run(one for one in registry.all_collectors(loaded) if one.name in read)
    finally:
        rounds.close()
    facts = Facts(rounds.collection.all_facts, time.time())
    return report.make(facts, checks, wanted)


def wrong(report: Report) -> list[str]:
    """Return what failed or warns, as check and reason; pytest's own handlers apart."""
    return [
        f"{one.check} {one.reason}"
        for one in report.findings
        if one.status in (Status.FAIL, Status.WARN, Status.CRASHED)
        and one.check != "log.selftest"
    ]


def passed(report: Report) -> set[str]:
    return {one.check for one in report.findings if one.status == Status.PASS}


def snapshot(folder: Path) -> list[tuple[str, int, int]]:
    every = [(path, path.stat()) for path in sorted(folder.rglob("*"))]
    # SQLite makes both for whoever reads a ledger, and looks after them
    others = (".db-shm", ".db-wal", ".key")  # the last one is the doctor's own
    every = [one for one in every if one[0].suffix not in others]
    return [(str(path), one.st_size, one.st_mode) for path, one in every]


def test_a_sound_installation_is_found_sound_and_left_as_it_is(studio: Studio) -> None:
    assert studio.publish() == 0
    before = snapshot(studio.folder)

    found = doctor.examine(studio.folder / "bridge.yaml", only=OURS).report

    assert wrong(found) == []
    assert len(passed(found)) >= 28
    assert snapshot(studio.folder) == before


def mode(path: str, bits: int) -> Callable[[Studio], None]:
    return lambda studio: (studio.folder / path).chmod(bits)


def text(old: str, new: str) -> Callable[[Studio], None]:
    return lambda studio: studio.configure(old, new)


def without(path: str) -> Callable[[Studio], None]:
    return lambda studio: (studio.folder / path).unlink()


def linked(path: str) -> Callable[[Studio], None]:
    def link(studio: Studio) -> None:
        place = studio.folder / path
        place.rename(place.with_name("elsewhere"))
        place.symlink_to("elsewhere")

    return link


def written(path: str, content: bytes = b"x") -> Callable[[Studio], None]:
    def write(studio: Studio) -> None:
        place = studio.folder / path
        place.write_bytes(content)
        place.chmod(0o600)

    return write


def another_ring(studio: Studio) -> None:
    without("state/keys.json")(studio)
    assert (
        studio.run("keys", "new", "--to", str(studio.folder / "state/keys.json")) == 0
    )


def rotated(studio: Studio) -> None:
    assert studio.run("keys", "rotate") == 0


def aged(studio: Studio) -> None:
    os.utime(studio.folder / "state/keys.json", (10**9, 10**9))


def escaping(studio: Studio) -> None:
    (studio.folder / "media/out.mp4").symlink_to("/etc/passwd")


def hard_linked(studio: Studio) -> None:
    record = next((studio.folder / "state/tokens").glob("*.record"))
    (studio.folder / "copy").hardlink_to(record)


def torn(studio: Studio) -> None:
    ledger = studio.folder / "state/ledger.db"
    ledger.write_bytes(b"SQLite format 3\0" + b"\xff" * 4096)
    ledger.chmod(0o600)


def tracked(studio: Studio) -> None:
    git = shutil.which("git") or pytest.skip("there is no git")
    for words in (("init", "-q"), ("add", "-f", "state/keys.json")):
        subprocess.run([git, *words], cwd=studio.folder, check=True)  # noqa: S603 - fixed
    (studio.folder / ".gitignore").write_text("*.lock\n")


def unknown(studio: Studio) -> None:
    assert studio.publish() == 0
    with closing(sqlite3.connect(studio.folder / "state/ledger.db")) as ledger:
        ledger.execute("UPDATE ledger_posts SET state = 'UNKNOWN'")
        ledger.commit()


CASES: dict[str, tuple[Callable[[Studio], None], list[str]]] = {
    "open token folder": (mode("state/tokens", 0o755), ["store.mode exposed"]),
    "open key ring": (mode("state/keys.json", 0o644), ["store.mode exposed"]),
    "linked token folder": (linked("state/tokens"), ["store.symlink link"]),
    "linked key ring": (linked("state/keys.json"), ["store.symlink link"]),
    "linked state folder": (linked("state"), ["store.symlink below-link"]),
    "hard link": (hard_linked, ["store.symlink linked"]),
    "lost key ring": (without("state/keys.json"), ["key.present no-ring"]),
    "damaged key ring": (written("state/keys.json"), ["key.present no-ring"]),
    "another key ring": (another_ring, ["key.present missing"]),
    "rotated": (rotated, ["key.old_versions older-key"]),
    "old key ring": (aged, ["key.age old"]),
    "copy of the keys": (written("state/keys.json.bak"), ["store.leftovers left"]),
    "damaged record": (written("state/tokens/a.1.damaged"), ["store.leftovers left"]),
    "torn ledger": (torn, ["ledger.integrity damaged"]),
    "empty ledger": (
        written("state/ledger.db", b""),
        ["ledger.integrity does-not-open"],
    ),
    "unknown post": (unknown, ["ledger.unknown unknown"]),
    "media elsewhere": (escaping, ["cfg.media_root leads-outside"]),
    "no media": (
        text("media_root: media", "media_root: none"),
        ["cfg.media_root missing"],
    ),
    "media no folder": (
        text("media_root: media", "media_root: bridge.yaml"),
        ["cfg.media_root unusable"],
    ),
    "misspelt key": (text("media_root", "media_rot"), ["cfg.schema invalid"]),
    "a number for text": (
        text("tokens: file:state/tokens", "tokens: 1230"),
        ["cfg.yaml_traps not-text"],
    ),
    "a word for text": (
        text("media_root: media", "media_root: NO"),
        ["cfg.yaml_traps ambiguous", "cfg.media_root missing"],
    ),
    "wrong redirect": (
        text("/callback/", "/callback/?a=b"),
        ["cfg.redirect_uri against-the-rules"],
    ),
    "drafts with their scope": (
        text("on_unaudited: fail", "on_unaudited: inbox\n#"),
        [],
    ),
    "missing scope": (
        text("video.publish, video.upload]", "video.list]"),
        ["cfg.scopes nothing-to-post"],
    ),
    "nobody opens it": (
        text("tokens: file:state/tokens", "tokens: vault://x/y"),
        ["plug.health failed"],
    ),
    "notifier below a file": (
        text("file:state/events.jsonl", "file:bridge.yaml/events"),
        ["plug.health failed"],
    ),
    "tracked keys": (tracked, ["store.git tracked", "store.git not-ignored"]),
}


@pytest.mark.parametrize("name", CASES)
def test_one_thing_that_is_wrong_is_one_line(studio: Studio, name: str) -> None:
    break_it, expected = CASES[name]
    break_it(studio)

    assert sorted(wrong(examined(studio))) == sorted(expected)
