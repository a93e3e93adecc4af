"""The ledger moves a post once, keeps every move, and lets one process act."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tiktok_bridge import (
    BusyError,
    ConfigError,
    ConflictError,
    LedgerError,
    Post,
    State,
)
from tiktok_bridge.ledger.claims import LEASE
from tiktok_bridge.ledger.database import Database
from tiktok_bridge.ledger.ledger import Ledger
from tiktok_bridge.ledger.states import DONE, MOVES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

POST = Post(id="one", account="acme", video="a.mp4", title="Hi", privacy="SELF_ONLY")


class FixedClock:
    """Stands still until a test moves it."""

    time = 1000.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def ledger(tmp_path: Path, clock: FixedClock) -> Iterator[Ledger]:
    database = Database(f"sqlite:///{tmp_path}/ledger.db")
    yield Ledger(database, clock, lambda _: [], lambda _: None)
    database.close()


def test_an_accepted_post_is_planned_and_accepted_once(ledger: Ledger) -> None:
    (first,) = ledger.accept([(POST, 5)])
    (second,) = ledger.accept([(POST, 5)])

    assert first == second
    assert first.state == State.PLANNED
    assert [move.note for move in ledger.history(first.key)] == ["accepted"]


def test_two_contents_for_one_id_are_refused(ledger: Ledger) -> None:
    with pytest.raises(ConflictError, match="two different posts"):
        ledger.accept([(POST, 5), (replace(POST, title="Other"), 5)])

    assert ledger.entries() == []


def test_content_is_corrected_only_while_nobody_works_on_it(ledger: Ledger) -> None:
    (entry,) = ledger.accept([(POST, 5)])
    other = replace(POST, title="Other")
    with ledger.claims.hold(entry.key) as claimed:
        with pytest.raises(BusyError):
            ledger.accept([(other, 5)])
        assert ledger.entries()[0].post == POST
    ledger.accept([(other, 5)])

    assert ledger.entries()[0].post == other
    with pytest.raises(BusyError):
        ledger.move(claimed, State.INIT_SENT, "a step that began before")


def test_a_move_from_a_stale_entry_is_refused(ledger: Ledger) -> None:
    (entry,) = ledger.accept([(POST, 5)])
    ledger.move(entry, State.INIT_SENT, "first")

    with pytest.raises(BusyError):
        ledger.move(entry, State.INIT_SENT, "second")

    assert [move.note for move in ledger.history(entry.key)] == ["accepted", "first"]


@pytest.mark.parametrize(
    "state", sorted(DONE | {State.LAST_CHUNK_SENT, State.PROCESSING})
)
def test_no_move_leads_back_to_an_init_once_the_last_chunk_is_sent(
    state: State,
) -> None:
    assert not MOVES[state] & {State.INIT_SENT, State.UPLOADING}


def test_a_move_that_is_not_in_the_table_is_a_bug(ledger: Ledger) -> None:
    (entry,) = ledger.accept([(POST, 5)])

    with pytest.raises(AssertionError, match="PLANNED never becomes PUBLISHED"):
        ledger.move(entry, State.PUBLISHED, "no")


def test_a_claim_keeps_others_away_until_it_is_given_back(ledger: Ledger) -> None:
    (entry,) = ledger.accept([(POST, 5)])
    hold = ledger.claims.hold
    with hold(entry.key), pytest.raises(BusyError), hold(entry.key):
        pass

    with ledger.claims.hold(entry.key):
        pass


def test_a_claim_that_is_not_renewed_ends(ledger: Ledger, clock: FixedClock) -> None:
    (entry,) = ledger.accept([(POST, 5)])
    with ledger.claims.hold(entry.key) as claimed:
        clock.sleep(LEASE - 1)
        ledger.claims.renew(claimed)
        clock.sleep(LEASE - 1)
        with pytest.raises(BusyError), ledger.claims.hold(entry.key):
            pass
        clock.sleep(2)
        with ledger.claims.hold(entry.key):
            pass


def test_a_claim_of_a_process_that_died_is_free_at_once(
    ledger: Ledger, tmp_path: Path
) -> None:
    (entry,) = ledger.accept([(POST, 5)])
    program = """
import os, sys
from tiktok_bridge.clock import SystemClock
from tiktok_bridge.ledger.claims import Claims
from tiktok_bridge.ledger.database import Database
from tiktok_bridge.models import PostKey
claims = Claims(Database(sys.argv[1]), SystemClock())
claim = claims.hold(PostKey("acme", "one"))
claim.__enter__()
os._exit(9)
"""
    url = f"sqlite:///{tmp_path}/ledger.db"
    subprocess.run([sys.executable, "-c", program, url], check=False)  # noqa: S603 - our own program

    assert ledger.known([entry.key])[entry.key].owner
    with ledger.claims.hold(entry.key):
        pass


def test_a_window_never_holds_more_calls_than_its_limit(
    ledger: Ledger, clock: FixedClock
) -> None:
    made: list[float] = []
    for _ in range(40):
        seconds = ledger.limits.take("acme", "init", 6, 60.25)
        if seconds:
            clock.sleep(seconds)
        else:
            made.append(clock.now())
            clock.sleep(1.7)

    assert len(made) > 18
    for start in made:
        assert sum(start <= at < start + 60 for at in made) <= 6


def test_accounts_and_kinds_have_windows_of_their_own(ledger: Ledger) -> None:
    assert ledger.limits.take("acme", "init", 1, 60) == 0
    assert ledger.limits.take("acme", "init", 1, 60) > 0
    assert ledger.limits.take("acme", "status", 1, 60) == 0
    assert ledger.limits.take("shop", "init", 1, 60) == 0


def test_a_post_is_found_by_its_id_and_an_unclear_id_is_told(ledger: Ledger) -> None:
    other = Post(id="one", account="shop", video="a.mp4", privacy="SELF_ONLY")
    ledger.accept([(POST, 5), (other, 5)])

    assert ledger.named("one", "shop").post == other
    with pytest.raises(ConfigError, match="several accounts"):
        ledger.named("one")
    with pytest.raises(ConfigError, match="no post 'two'"):
        ledger.named("two")


def test_a_ledger_of_another_version_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ledger.db"
    Database(url).close()
    with sqlite3.connect(tmp_path / "ledger.db") as connection:
        connection.execute("UPDATE ledger_version SET version = 99")
    connection.close()

    with pytest.raises(LedgerError, match="has version 99"):
        Database(url)


@pytest.mark.parametrize("content", [b"rubbish " * 1000, b"SQLite format 3\0" * 99])
def test_a_file_that_is_no_ledger_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "ledger.db").write_bytes(content)

    with pytest.raises(LedgerError, match="cannot be used"):
        Database(f"sqlite:///{tmp_path}/ledger.db")


def test_a_ledger_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file, not a folder")

    with pytest.raises(LedgerError, match="cannot be opened"):
        Database(f"sqlite:///{tmp_path}/state/ledger.db")


def test_every_move_is_synced_to_the_disk(ledger: Ledger) -> None:
    with ledger._database.transaction() as connection:  # noqa: SLF001 - the pragma is its promise
        full = connection.exec_driver_sql("PRAGMA synchronous").scalar()
        mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar()

    assert (full, mode) == (2, "wal")
