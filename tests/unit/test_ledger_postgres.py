"""On a server, other processes come between any two statements, or it goes away."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import traceback
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from tests.postgres import PASSWORD
from tiktok_bridge import (
    AppSettings,
    BridgeError,
    BusyError,
    ConfigError,
    LedgerError,
    Post,
    Secret,
    Settings,
    State,
)
from tiktok_bridge.clock import SystemClock
from tiktok_bridge.ledger import owner, postgres, tables
from tiktok_bridge.ledger.database import Database
from tiktok_bridge.ledger.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.postgres import Server
    from tiktok_bridge.ledger.entry import Entry

POST = Post(id="one", account="acme", video="a.mp4", title="Hi", privacy="SELF_ONLY")

WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


class Rival:
    """Another process, which begins when the first is in the middle of its work.

    It gets as far as the database lets it: to its end, or to a lock.
    """

    def __init__(self, server: Server, url: str) -> None:
        self.ledger = open_ledger(url)
        self.begin: Callable[[], object] | None = None
        self.outcome: object = None
        self._watching = server.connect(str(sa.make_url(url).database))
        self._thread = threading.Thread(target=self._run)

    def now(self) -> float:
        """Be the clock of the first one, which it asks inside of its transaction."""
        if self.begin and not self._thread.ident:
            self._thread.start()
            while self._thread.is_alive() and not self._is_waiting():
                pass
        return SystemClock().now()

    def sleep(self, seconds: float) -> None:
        raise AssertionError(seconds)

    def finish(self) -> object:
        """Return what came of it."""
        self._thread.join()
        return self.outcome

    def close(self) -> None:
        self.ledger.close()
        self._watching.close()

    def _is_waiting(self) -> bool:
        row: Any = self._watching.execute(WAITING).fetchone()
        return bool(row[0])

    def _run(self) -> None:
        assert self.begin
        try:
            self.outcome = self.begin()
        except BridgeError as error:
            self.outcome = error


def open_ledger(url: str, clock: Any = None, **options: Any) -> Ledger:  # noqa: ANN401 - those of `Database`
    database = Database(url, **options)
    return Ledger(database, clock or SystemClock(), lambda _: [], lambda _: None)


@pytest.fixture
def url(postgres_server: Server) -> Iterator[str]:
    with postgres_server.database() as url:
        yield url


@pytest.fixture
def rival(postgres_server: Server, url: str) -> Iterator[Rival]:
    rival = Rival(postgres_server, url)
    yield rival
    rival.close()


@pytest.fixture
def ledger(url: str, rival: Rival) -> Iterator[Ledger]:
    """The first process; its rival gets a chance each time it looks at the clock."""
    ledger = open_ledger(url, rival)
    yield ledger
    ledger.close()


def meet(ledger: Ledger, rival: Rival, begin: Callable[[], object]) -> None:
    """Let the rival *begin* when the post's row has been written, not earlier."""

    def announce(_: Entry) -> list[Any]:
        rival.begin = begin
        rival.now()
        return []

    ledger._announce = announce  # noqa: SLF001 - the middle of a transaction


def run(url: str, statement: str) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


# Two at once


def test_of_two_that_claim_a_post_at_once_one_gets_it(
    ledger: Ledger, rival: Rival
) -> None:
    (entry,) = ledger.accept([(POST, 5)])

    def claim() -> Entry:
        with rival.ledger.claims.hold(entry.key) as claimed:
            return claimed

    rival.begin = claim
    with ledger.claims.hold(entry.key):
        assert isinstance(rival.finish(), BusyError)


def test_of_two_that_move_a_post_at_once_one_does(ledger: Ledger, rival: Rival) -> None:
    (entry,) = ledger.accept([(POST, 5)])

    meet(ledger, rival, lambda: rival.ledger.move(entry, State.INIT_SENT, "second"))
    ledger.move(entry, State.INIT_SENT, "first")

    assert isinstance(rival.finish(), BusyError)
    assert [move.note for move in ledger.history(entry.key)] == ["accepted", "first"]


def test_of_two_that_accept_a_post_at_once_both_get_the_same(
    ledger: Ledger, rival: Rival
) -> None:
    new: list[Entry] = []
    rival.ledger._on_move = new.append  # noqa: SLF001 - what it takes for new
    meet(ledger, rival, lambda: rival.ledger.accept([(POST, 5)]))
    (entry,) = ledger.accept([(POST, 5)])

    assert rival.finish() == [entry]
    assert new == []
    assert [move.note for move in ledger.history(entry.key)] == ["accepted"]


def test_a_post_that_is_claimed_meanwhile_is_not_corrected(
    ledger: Ledger, rival: Rival
) -> None:
    (entry,) = ledger.accept([(POST, 5)])
    rival.begin = lambda: rival.ledger.accept([(replace(POST, title="Other"), 5)])

    with ledger.claims.hold(entry.key) as claimed:
        assert isinstance(rival.finish(), BusyError)
        assert ledger.move(claimed, State.INIT_SENT, "sent").post == POST


def test_of_two_that_take_the_last_call_of_a_window_at_once_one_gets_it(
    ledger: Ledger, rival: Rival
) -> None:
    rival.begin = lambda: rival.ledger.limits.take("acme", "init", 1, 60.0)

    assert ledger.limits.take("acme", "init", 1, 60.0) == 0
    assert 59 < float(str(rival.finish())) <= 60


def test_two_that_wait_for_each_other_both_end(ledger: Ledger, rival: Rival) -> None:
    two = replace(POST, id="two")
    keys = [entry.key for entry in ledger.accept([(POST, 5), (two, 5)])]
    begun: list[str] = []

    def take(who: Ledger, order: slice) -> None:
        def work(connection: sa.Connection) -> None:
            begun.append("")
            first, second = keys[order]
            touch(connection, first.id)
            if who is ledger:
                rival.now()
            touch(connection, second.id)

        who._database.write("taking both", work)  # noqa: SLF001 - nothing of ours does

    rival.begin = lambda: take(rival.ledger, slice(None, None, -1))
    take(ledger, slice(None))

    assert rival.finish() is None
    assert len(begun) == 3


def touch(connection: sa.Connection, post_id: str) -> None:
    connection.execute(
        tables.posts.update().where(tables.posts.c.id == post_id).values(tries=1)
    )


def test_who_is_overtaken_again_and_again_is_told_that_it_is_busy(url: str) -> None:
    database, begun = Database(url), []

    def work(connection: sa.Connection) -> None:
        begun.append("")
        connection.exec_driver_sql("DO $$BEGIN RAISE SQLSTATE '40001'; END$$")

    with pytest.raises(BusyError, match="trying: the ledger"):
        database.write("trying", work)

    assert len(begun) == 5
    database.close()


def test_a_lock_that_is_held_too_long_names_the_host_and_what_was_to_be_done(
    url: str, postgres_server: Server
) -> None:
    ledger = open_ledger(url, patience=0.1)
    (entry,) = ledger.accept([(POST, 5)])
    with postgres_server.connect(str(sa.make_url(url).database)) as other:
        other.execute("BEGIN")
        other.execute("SELECT * FROM ledger_posts FOR UPDATE")
        with pytest.raises(BusyError) as told:
            ledger.move(entry, State.INIT_SENT, "no")

    assert "moving acme/one to INIT_SENT: the ledger" in told.value.message
    assert f"host={postgres_server.folder}" in told.value.message.replace("%2F", "/")
    assert PASSWORD not in told.value.message
    ledger.close()


# A server with settings and troubles of its own


def test_a_session_keeps_its_promises_whatever_the_server_is_set_to(url: str) -> None:
    name = sa.make_url(url).database
    for setting in (
        "default_transaction_isolation TO 'serializable'",
        "synchronous_commit TO off",
        "client_encoding TO 'latin1'",
    ):
        run(url, f"ALTER DATABASE {name} SET {setting}")
    database = Database(url, patience=7)

    def settings(connection: sa.Connection) -> list[object]:
        kept = ("transaction_isolation", "synchronous_commit", "lock_timeout")
        names = (*kept, "client_encoding")
        return [
            connection.exec_driver_sql(f"SHOW {name}").scalar_one() for name in names
        ]

    def with_a_new_connection(_: sa.Connection) -> list[object]:
        with pytest.raises(BusyError):
            database.write("failing", fail)
        return database.write("looking", settings)

    found = database.write("opening another", with_a_new_connection)
    assert found == ["read committed", "on", "7s", "UTF8"]
    assert database.write("looking", settings) == found
    database.close()


def fail(_: sa.Connection) -> None:
    raise BusyError("what it did is undone")


def test_a_stricter_commit_is_kept(url: str) -> None:
    name = sa.make_url(url).database
    run(url, f"ALTER DATABASE {name} SET synchronous_commit TO remote_apply")
    database = Database(url)

    def found(connection: sa.Connection) -> object:
        return connection.exec_driver_sql("SHOW synchronous_commit").scalar_one()

    assert database.read("looking", found) == "remote_apply"
    database.close()


def test_a_database_that_cannot_hold_every_title_is_refused(
    postgres_server: Server,
) -> None:
    latin = "ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
    with postgres_server.database(latin) as url:
        with pytest.raises(LedgerError, match="has the encoding LATIN1") as told:
            Database(url)

        assert PASSWORD not in str(told.value)


def test_connections_that_were_cut_are_made_again(
    url: str, postgres_server: Server
) -> None:
    ledger = open_ledger(url)
    (entry,) = ledger.accept([(POST, 5)])
    cut(postgres_server, url)
    moved = ledger.move(entry, State.INIT_SENT, "sent")
    cut(postgres_server, url)

    assert ledger.entries() == [moved]
    ledger.close()


def cut(server: Server, url: str) -> None:
    server.run(
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
        " WHERE datname = %s",
        sa.make_url(url).database,
    )


def test_a_commit_whose_answer_is_lost_is_not_tried_again(
    url: str, postgres_server: Server
) -> None:
    database, begun = Database(url), []

    def work(connection: sa.Connection) -> None:
        begun.append("")
        connection.exec_driver_sql("SELECT 1")
        cut(postgres_server, url)

    with pytest.raises(LedgerError, match="moving it: the ledger"):
        database.write("moving it", work)

    assert len(begun) == 1
    database.close()


def test_a_server_that_is_not_there_is_told_by_its_address() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    url = f"postgresql://me:{PASSWORD}@127.0.0.1:{port}/posts"

    with pytest.raises(LedgerError, match=f"opening: .*127.0.0.1:{port}/posts") as told:
        Database(url)

    assert "check that the server runs" in str(told.value.hint)
    assert PASSWORD not in shown(told.value)


# Nothing is told of the password


def shown(error: BaseException) -> str:
    return "".join(traceback.format_exception(error)) + repr(error)


def test_a_wrong_password_is_not_shown(url: str) -> None:
    wrong = PASSWORD[::-1]
    with pytest.raises(LedgerError, match="password authentication failed") as told:
        Database(url.replace(PASSWORD, wrong))

    assert wrong not in shown(told.value)


@pytest.mark.parametrize(
    "wrong",
    [
        "postgresql+psycopg://u:s3cret@more@h/x",
        "postgresql+psycopg://u:p@h:s3cret/x",
        "postgresql+psycopg://u:p@x:s3cret@h/x",
        "mysql://u:s3cret@h/x",
        "postgresql+psycopg2://u:s3cret@h/x",
        "postgresql+asyncpg://u:s3cret@h/x",
        "s3cret",
    ],
)
def test_a_url_that_is_none_of_a_ledger_is_not_shown(wrong: str) -> None:
    with pytest.raises(ConfigError, match=r"^ledger: ") as told:
        Database(wrong)

    assert told.value.hint
    assert "s3cret" not in shown(told.value).replace(f"ledger: {wrong}:", "")


def test_a_password_among_the_parameters_and_a_row_are_not_shown(url: str) -> None:
    parameters = url.replace(f":{PASSWORD}@", "@") + f"&password={PASSWORD}"
    database = Database(parameters)

    def fail(connection: sa.Connection) -> None:
        insert = sa.text("INSERT INTO ledger_posts (upload_url) VALUES (:url)")
        connection.execute(insert, {"url": "https://upload/s3cret"})

    with pytest.raises(LedgerError, match="null value in column") as told:
        database.write("failing", fail)

    assert "/ledger_" in told.value.message
    assert PASSWORD not in shown(told.value) + repr(database) + database.name
    assert "s3cret" not in shown(told.value)
    database.close()


def test_settings_do_not_show_the_url_of_the_ledger(url: str, tmp_path: Path) -> None:
    app = AppSettings(client_key="key", client_secret=Secret("s3cret"))
    settings = Settings(app=app, folder=tmp_path, ledger=url)

    assert settings.ledger == url
    assert PASSWORD not in repr(settings)


# Other machines, other processes


def test_the_time_is_the_server_s_and_a_clock_keeps_its_lead(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(url)

    class Ahead(SystemClock):
        def now(self) -> float:
            return super().now() + 1e6

    here = SystemClock().now()
    assert here - 1 < database.read("looking", postgres.now) < here + 60
    monkeypatch.setattr(postgres, "now", lambda _: 5000.0)
    there = database.read("looking", lambda one: database.now(one, SystemClock()))
    ahead = database.read("looking", lambda one: database.now(one, Ahead()))
    assert 4999 < there < 5001
    assert 1e6 + 4999 < ahead < 1e6 + 5001
    database.close()


def test_a_server_with_another_order_sorts_as_a_file_does(
    postgres_server: Server,
) -> None:
    if postgres_server.version() < 15:
        pytest.skip("before version 15 a database has the order of an installed locale")
    english = "LOCALE_PROVIDER icu ICU_LOCALE 'en' TEMPLATE template0"
    ids = ["A-1", "A2", "B", "_", "a-1", "b", "é"]
    with postgres_server.database(english) as url:
        ledger = open_ledger(url)
        ledger.accept([(replace(POST, id=one), 5) for one in ids[::-1]])

        assert [entry.post.id for entry in ledger.entries()] == ids
        ledger.close()


def test_a_process_of_another_machine_or_container_is_not_taken_for_dead() -> None:
    machine, _, rest = owner.name().partition("/")
    number = subprocess.Popen([sys.executable, "-c", ""])
    number.wait()

    assert owner.is_dead(f"{machine}/{number.pid}/x")
    assert not owner.is_dead(f"{machine}/{rest}")
    assert not owner.is_dead(f"{machine.partition(':')[0]}/{number.pid}/x")
    assert not owner.is_dead(f"{machine}9/{number.pid}/x")


def test_a_forked_process_has_connections_of_its_own(url: str) -> None:
    program = """
import os, sys
from tiktok_bridge.ledger.database import Database
def who(connection):
    return connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
database = Database(sys.argv[1])
ours = database.read("looking", who)
child = os.fork()
if not child:
    os._exit(database.read("looking", who) == ours)
assert os.waitpid(child, 0)[1] == 0
assert database.read("looking", who) == ours
"""
    run = [sys.executable, "-c", program, url]
    done = subprocess.run(run, check=False, capture_output=True, text=True)  # noqa: S603 - our own program

    assert (done.returncode, done.stderr) == (0, "")


def test_a_driver_that_is_not_installed_is_named(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ConfigError, match="psycopg is not installed") as told:
        Database(url)

    assert "pip install 'psycopg[binary]'" in str(told.value.hint)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_a_url_as_hosting_services_give_it_works(url: str, scheme: str) -> None:
    Database(url.replace("postgresql+psycopg", scheme)).close()
