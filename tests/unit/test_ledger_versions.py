"""An older ledger becomes today's in one piece, and a newer one is left alone."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from tiktok_bridge import LedgerError, State
from tiktok_bridge.clock import SystemClock
from tiktok_bridge.ledger import tables
from tiktok_bridge.ledger.database import Database
from tiktok_bridge.ledger.entry import Move
from tiktok_bridge.ledger.ledger import Ledger
from tiktok_bridge.ledger.migrations import STEPS, Step
from tiktok_bridge.ledger.turns import Turn
from tiktok_bridge.models import PostKey
from tiktok_bridge.publish.report import event

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
"""Where `ledger_vN` is what version N wrote: its tables on each database, and rows."""

NEXT = Step(("CREATE TABLE tags (name TEXT)",), {})
BROKEN = Step(("CREATE TABLE tags (name TEXT)", "DROP TABLE nonsense"), {})


def run(url: str, *scripts: str) -> None:
    """Run SQL scripts without any of our code."""
    address = sa.make_url(url)
    if address.drivername == "sqlite":
        with sqlite3.connect(str(address.database)) as file:
            for script in scripts:
                file.executescript(script)
        file.close()
        return
    engine = sa.create_engine(address)
    with engine.begin() as connection:
        for script in scripts:
            driver: Any = connection.connection.driver_connection
            driver.execute(script)
    engine.dispose()


@pytest.fixture
def old(ledger_url: str) -> str:
    """A ledger as version 1 left it."""
    return write_old(ledger_url, 1)


@pytest.fixture(params=[1, 3])
def any_old(ledger_url: str, request: pytest.FixtureRequest) -> str:
    """A ledger as an older version left it."""
    return write_old(ledger_url, request.param)


def write_old(url: str, version: int) -> str:
    """Write the tables and the rows of an older *version*."""
    kind = "sqlite" if url.startswith("sqlite") else "postgresql"
    files = [HERE / f"ledger_v{version}" / f"{one}.sql" for one in (kind, "rows")]
    run(url, *(file.read_text(encoding="utf-8") for file in files))
    return url


def look(url: str) -> tuple[set[str], dict[str, set[str]], dict[str, type]]:
    """Return the tables, their indexes and the types of their columns."""
    engine = sa.create_engine(url)
    seen = sa.inspect(engine)
    names = set(seen.get_table_names())
    indexes = {one: {str(i["name"]) for i in seen.get_indexes(one)} for one in names}
    types = {
        f"{table}.{column['name']}": column["type"].as_generic().python_type
        for table in names
        for column in seen.get_columns(table)
    }
    engine.dispose()
    return names, indexes, types


def version(url: str) -> int:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        found = connection.execute(sa.select(tables.version.c.version)).scalar_one()
    engine.dispose()
    return int(found)


def open_ledger(url: str) -> Ledger:
    return Ledger(Database(url), SystemClock(), lambda _: [], lambda _: None)


def test_a_ledger_of_version_1_keeps_every_post_move_event_and_call(old: str) -> None:
    ledger = open_ledger(old)
    entries = {str(entry.key): entry for entry in ledger.entries()}
    sending, done = entries["acme/sending"], entries["acme/done"]

    assert list(entries) == [
        *("acme/planned", "acme/sending", "acme/done", "acme/failed", "shop/done")
    ]
    assert sending.upload_url
    assert sending.acknowledged == 1_000_000_000
    assert (done.state, done.post_ids) == (State.PUBLISHED, ("7460000000000000001",))
    assert done.post.title == "done é😀"
    assert ledger.published_as(str(done.publish_id)) == [done]
    assert [move.state for move in ledger.history(done.key)][-1] == State.PUBLISHED
    assert [one.number for one in ledger.outbox.pending()] == [*range(3, 14)]
    assert version(old) == 4
    ledger.close()


def test_a_ledger_of_version_1_can_go_on(old: str) -> None:
    ledger = open_ledger(old)
    ledger._announce = lambda one: [("file:a", event(one))]  # noqa: SLF001
    entry = ledger.named("sending")
    moved = ledger.move(entry, State.UPLOADING, "x" * 9000, acknowledged=2**40)
    ledger.move(moved, State.LAST_CHUNK_SENT, Move("last", "7" * 900))

    assert ledger.history(entry.key)[-1].log_id == "7" * 900
    assert [one.number for one in ledger.outbox.pending()][-2:] == [13, 14]
    ledger.close()


def test_a_ledger_of_version_3_keeps_its_events_and_loses_their_passwords(
    ledger_url: str,
) -> None:
    ledger = open_ledger(write_old(ledger_url, 3))
    waiting = ledger.outbox.pending()
    redis = "redis://bridge:***@cache.example.com:6379/0?stream=tiktok"

    assert [one.number for one in waiting] == [2, 4, 6, 8, 10, 12, 14, 16, 17, 18]
    assert {one.notifier for one in waiting} == {
        "file:///srv/tiktok/state/events.jsonl",
        redis,
    }
    assert {one.tries for one in waiting} == {0}
    turn = ledger.turns.take(redis)
    assert isinstance(turn, Turn)
    assert [one.number for one in turn.events] == [2, 4, 6, 8, 10, 12, 14, 16, 18]
    ledger.close()


def test_a_ledger_that_was_brought_here_is_made_like_a_new_one(
    any_old: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    Database(any_old).close()
    brought = look(any_old)
    if any_old.startswith("sqlite"):
        Database(f"sqlite:///{tmp_path}/new.db").close()
        assert brought == look(f"sqlite:///{tmp_path}/new.db")
        return
    with request.getfixturevalue("postgres_server").database() as url:
        Database(url).close()
        assert brought == look(url)


def test_a_step_that_fails_leaves_the_ledger_as_it_was(ledger_url: str) -> None:
    Database(ledger_url).close()
    before = look(ledger_url)

    with pytest.raises(LedgerError, match="nonsense"):
        Database(ledger_url, steps=(*STEPS, BROKEN))

    assert look(ledger_url) == before
    assert version(ledger_url) == len(STEPS) + 1
    Database(ledger_url).close()


def test_a_ledger_of_a_newer_release_is_refused_and_left_alone(ledger_url: str) -> None:
    Database(ledger_url, steps=(*STEPS, NEXT)).close()

    with pytest.raises(LedgerError, match="has version 5; this release reads") as told:
        Database(ledger_url)

    assert told.value.hint == "use the release that wrote it, or a newer one"
    assert version(ledger_url) == 5


def test_several_steps_are_taken_in_order(old: str) -> None:
    last = Step(("ALTER TABLE tags RENAME TO labels",), {})
    Database(old, steps=(*STEPS, NEXT, last)).close()

    assert "labels" in look(old)[0]
    assert version(old) == 6


def test_of_many_that_open_an_old_ledger_at_once_one_takes_the_steps(old: str) -> None:
    databases = list(together(8, lambda: Database(old, steps=(*STEPS, NEXT))))

    assert len(databases) == 8
    assert version(old) == 5
    for database in databases:
        database.close()


def test_of_many_processes_that_open_a_new_ledger_at_once_one_makes_it(
    ledger_url: str,
) -> None:
    program = """
import sys
from tiktok_bridge.ledger.database import Database
sys.stdin.read()
Database(sys.argv[1]).close()
"""
    reading, writing = os.pipe()
    run = [sys.executable, "-c", program, ledger_url]
    started = [
        subprocess.Popen(run, stdin=reading, stderr=subprocess.PIPE)  # noqa: S603 - our own program
        for _ in range(8)
    ]
    os.close(reading)
    os.close(writing)  # they begin when nobody can write any more

    assert [one.communicate()[1] for one in started] == [b""] * 8
    assert version(ledger_url) == len(STEPS) + 1


def together(count: int, work: Any) -> Iterator[Any]:  # noqa: ANN401 - what it returns
    """Do *work* in several threads at once; yield what it returns."""
    barrier = threading.Barrier(count)
    done: list[Any] = []

    def start() -> None:
        barrier.wait()
        done.append(work())

    threads = [threading.Thread(target=start) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    yield from done


def test_tables_of_another_program_are_not_taken_for_ours(ledger_url: str) -> None:
    run(ledger_url, "CREATE TABLE ledger_posts (balance INTEGER)")

    with pytest.raises(LedgerError, match="holds a table ledger_posts of another"):
        Database(ledger_url)

    assert look(ledger_url)[0] == {"ledger_posts"}


def test_a_table_of_posts_that_another_program_has_is_left_alone(
    ledger_url: str,
) -> None:
    run(ledger_url, "CREATE TABLE posts (headline TEXT)")
    ledger = open_ledger(ledger_url)

    assert ledger.known([PostKey("acme", "one")]) == {}
    assert look(ledger_url)[2]["posts.headline"] is str
    ledger.close()
