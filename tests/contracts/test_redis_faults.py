"""A server that is away, refuses, or is not what the URL says, is told as that."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.contracts.redis_cells import PASSWORD, USES, open_store
from tests.redis_faults import DURABLE
from tests.redis_server import Server, folder, free_port, wait_until
from tiktok_bridge import BridgeError, BusyError, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

WRITES = {"save", "lock", "notify"}
"""Uses that write, and are refused where only writing is."""


@pytest.fixture(scope="module")
def broken(redis_program: str) -> Iterator[Server]:
    """A server that each test starts as it needs it."""
    with folder() as place:
        server = Server(place, redis_program)
        yield server
        server.stop()


@pytest.fixture(autouse=True)
def stopped(broken: Server) -> Iterator[None]:
    yield
    broken.stop()
    for file in broken.folder.glob("*.rdb"):
        file.rmdir() if file.is_dir() else file.unlink()


def refusal(use: str, url: str) -> BridgeError:
    with pytest.raises(BridgeError) as refused:
        USES[use](url)
    error = refused.value
    assert not isinstance(error, BusyError)
    assert PASSWORD not in f"{error} {error.hint} {error!r}"
    assert error.__context__ is None, "no text of the library hangs on it"
    return error


def refusals(uses: Iterable[str], url: str) -> Iterator[BridgeError]:
    """Try each of *uses*, one after the other, because starting a server takes time."""
    for use in uses:
        yield refusal(use, url)


def test_a_server_that_was_killed_is_away(broken: Server) -> None:
    broken.start()
    url = broken.url()
    broken.kill()
    for error in refusals(USES, url):
        assert error.retryable
        assert f" at {url}: Connection refused" in error.message
        assert error.hint == "check that the server runs and can be reached"


def test_a_server_that_does_not_answer_is_given_up(broken: Server) -> None:
    broken.start()
    with broken.paused():
        for error in refusals(USES, broken.url("timeout=0.1")):
            assert error.retryable
            assert f" at {broken.url()}: no answer within 0.1 s" in error.message


@pytest.mark.parametrize("login", ["", f":{PASSWORD}", f"nobody:{PASSWORD}"])
def test_a_login_that_is_refused_is_not_worth_a_retry(
    broken: Server, login: str
) -> None:
    broken.start("--requirepass", "another")
    for error in refusals(USES, broken.url(login=login)):
        assert not error.retryable
        assert f" at {broken.url()}: it wants another user" in error.message
        assert "check user and password" in str(error.hint)


def test_a_user_without_rights_is_told(broken: Server) -> None:
    broken.start("--user", "poor", "on", f">{PASSWORD}", "~*", "&*", "-@all", "+info")
    for error in refusals(USES, broken.url(login=f"poor:{PASSWORD}")):
        assert not error.retryable
        assert "the user may not do that" in error.message


STATES: dict[str, tuple[tuple[str, ...], set[str], str]] = {
    "read-only": (
        ("--replicaof", "127.0.0.1", "1"),
        WRITES,
        "it is a read-only replica",
    ),
    "without its primary": (
        ("--replicaof", "127.0.0.1", "1", "--replica-serve-stale-data", "no"),
        {"load", "save", "lock", "read"},
        "it is a replica that has lost its primary",
    ),
    "out of memory": (("--maxmemory", "1"), WRITES, "it is out of memory"),
    "without replicas": (
        ("--min-replicas-to-write", "1"),
        WRITES,
        "too few replicas follow it",
    ),
}
"""How to start a server, which uses it refuses then, and what is said."""


@pytest.mark.parametrize(("options", "uses", "words"), STATES.values(), ids=STATES)
def test_a_state_of_the_server_that_may_pass_is_worth_a_retry(
    broken: Server, options: tuple[str, ...], uses: set[str], words: str
) -> None:
    broken.start(*options)
    for error in refusals(uses, broken.url()):
        assert error.retryable
        assert f" at {broken.url()}: {words}" in error.message


def test_a_server_that_is_loading_is_told(broken: Server) -> None:
    broken.start("--save", "3600 1")
    with broken.client() as client:
        client.mset({f"key {number}": b"x" for number in range(8_000)})
        client.save()
    broken.kill()
    slow = ("--key-load-delay", "1000", "--loading-process-events-interval-bytes")
    broken.start(*slow, "1024")
    for error in refusals(sorted(set(USES) - {"publish"}), broken.url()):
        assert error.retryable
        assert "it is still loading its data" in error.message


def test_a_server_that_cannot_write_to_its_disk_is_told(broken: Server) -> None:
    broken.start("--dbfilename", "taken.rdb", "--save", "3600 1")
    with broken.client() as client:
        client.ping()  # now it has looked for the file
        (broken.folder / "taken.rdb").mkdir()
        client.bgsave()
        wait_until(lambda: client.info("persistence")["rdb_last_bgsave_status"] != "ok")
    for error in refusals(WRITES, broken.url()):
        assert error.retryable
        assert "it cannot write to its disk" in error.message


def test_a_cluster_is_refused(broken: Server) -> None:
    bus = str(free_port())  # by default a port that may not exist
    broken.start("--cluster-enabled", "yes", "--cluster-port", bus)
    for error in refusals(sorted(set(USES) - {"publish"}), broken.url()):
        assert not error.retryable
        assert "it is a node of a cluster" in error.message


def test_a_database_that_is_not_there_is_told(broken: Server) -> None:
    broken.start()
    error = refusal("load", broken.url().replace("/0", "/99"))

    assert not error.retryable
    assert error.message.endswith("/99: DB index is out of range")


# What is no server of Redis, or does not keep a secret


@contextmanager
def answering(text: bytes) -> Iterator[str]:
    """Run something that answers whatever it is sent with *text*."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=answer, args=(listener, text))
        thread.start()
        try:
            yield f"127.0.0.1:{listener.getsockname()[1]}"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def answer(listener: socket.socket, text: bytes) -> None:
    while True:
        try:
            connection = listener.accept()[0]
        except OSError:
            return
        with connection:
            connection.settimeout(5)
            connection.recv(1 << 16)
            connection.sendall(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "Protocol Error"),
        (b"", "Connection closed by server"),
        (b"-ERR odd \x1b[31m\xff\r\n", "odd  [31m"),
        (b"-ERR " + b"x" * 5_000 + b"\r\n", "x" * 200),
        (
            b"-ERR unknown command 'AUTH', with args beginning with: '%s' \r\n"
            % PASSWORD.encode(),
            "with args beginning with: '***'",
        ),
    ],
    ids=ascii,
)
def test_what_a_stranger_answers_is_shown_without_harm(text: bytes, words: str) -> None:
    with answering(text) as host:
        error = refusal("load", f"redis://:{PASSWORD}@{host}/0")

    assert words in error.message
    assert error.message.isprintable()
    assert len(error.message) < 400


def test_a_password_from_a_file_is_used_and_never_shown(
    broken: Server,
) -> None:
    file = broken.folder / "password"
    file.write_text(f"{PASSWORD}\n")
    broken.start("--requirepass", PASSWORD)
    USES["load"](broken.url(f"password_file={file}"))

    file.write_text("wrong")
    assert "another user or password" in str(
        refusal("load", broken.url(f"password_file={file}"))
    )
    with answering(b"-ERR what is wrong\r\n") as host:
        url = f"redis://{host}/0?password_file={file}"
        assert "what is ***" in str(refusal("load", url))


@pytest.mark.parametrize("host", ["127.0.0.1:1", "nowhere.invalid"])
def test_a_host_that_nobody_answers_at_is_named(host: str) -> None:
    error = refusal("load", f"redis://{host}/0")

    assert error.retryable
    assert f"at redis://{host}" in error.message


# What outlasts an outage


def later(seconds: float, act: Callable[[], object]) -> threading.Timer:
    timer = threading.Timer(seconds, act)
    timer.start()
    return timer


def test_a_save_outlasts_a_restart(broken: Server) -> None:
    """TikTok has forgotten the old token, so that the new one must not be lost."""
    durable = ("--appendonly", "yes", "--appendfsync", "always")
    broken.start(*durable)
    store = open_store(broken.url())
    with store.lock("acme", timeout=0):
        store.save("acme", b"old")
        broken.kill()
        timer = later(0.3, lambda: broken.start(*durable))
        store.save("acme", b"new")
        timer.join()

        with pytest.raises(BusyError), open_store(broken.url()).lock("acme", timeout=0):
            pytest.fail("the restart has lost the lock")

    assert store.load("acme") == b"new"


def test_a_save_outlasts_a_pause_and_is_given_up_in_the_end(broken: Server) -> None:
    broken.start()
    store = open_store(broken.url("timeout=0.5"), patience=0.6)
    store.save("acme", b"old")
    began = time.monotonic()
    with broken.paused(), pytest.raises(StoreError, match="no answer within"):
        store.save("acme", b"new")

    assert time.monotonic() - began >= 0.6
    store.save("acme", b"newest")
    assert store.load("acme") == b"newest"


def test_what_no_waiting_mends_is_told_at_once(
    broken: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken.start("--requirepass", PASSWORD)
    store = open_store(broken.url())
    server = vars(store)["_server"]
    monkeypatch.setattr(server, "sleep", pytest.fail)

    with pytest.raises(StoreError, match="another user or password"):
        store.delete("acme")


@pytest.mark.parametrize("is_known", [True, False], ids=["known", "new"])
def test_whoever_waits_for_a_lock_outlasts_a_restart(
    broken: Server, *, is_known: bool
) -> None:
    broken.start()
    store = open_store(broken.url())
    if is_known:
        store.save("acme", b"old")
    broken.kill()
    timer = later(0.3, broken.start)

    with store.lock("acme", timeout=20):
        timer.join()


def test_unlocking_on_a_server_that_is_away_is_no_failure(broken: Server) -> None:
    broken.start()
    store = open_store(broken.url())
    with store.lock("acme", timeout=0):
        store.save("acme", b"record")
        broken.kill()

    broken.start()
    assert store.load("acme") is None


def test_who_could_not_unlock_does_so_before_locking_again(broken: Server) -> None:
    broken.start(*DURABLE)
    store = open_store(broken.url())
    with store.lock("acme", timeout=0):
        broken.kill()
    broken.start(*DURABLE)

    with pytest.raises(BusyError), open_store(broken.url()).lock("acme", timeout=0):
        pytest.fail("the lock was lost")
    with store.lock("acme", timeout=0):
        pass
