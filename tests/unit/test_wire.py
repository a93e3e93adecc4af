"""Whatever the other side does with the wire, the answer is small, typed and silent."""

from __future__ import annotations

import copy
import gzip
import inspect
import logging
import pickle
import socket
import ssl
import threading
import time
import tracemalloc
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.unit.conversation import ACCESS, APP, EXAMPLES, SECRETS, UPLOAD_TOKEN
from tests.unit.test_network import Server, breaks_off, replies, take
from tests.unit.test_secrecy import hidden_in, told
from tiktok_bridge import BridgeError, Client, ConfigError, NetworkError, Secret, errors
from tiktok_bridge.tiktok.network import TlsStream
from tiktok_bridge.tiktok.wire import MAX_REPLY, Wire

if TYPE_CHECKING:
    from collections.abc import Callable

MIB = 1024 * 1024


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("no_proxy", "")


def answer(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def send(server: Server, method: str = "GET") -> bytes:
    wire = Wire()
    try:
        return wire.send(method, server.url(), headers={}).body
    finally:
        wire.close()


def test_a_compressed_answer_is_unpacked() -> None:
    packed = answer(gzip.compress(b'{"a": 1}'), "Content-Encoding: gzip")
    with Server(breaks_off(packed)) as server:
        assert send(server) == b'{"a": 1}'


@pytest.mark.parametrize("layers", [1, 2])
def test_an_answer_that_unpacks_without_end_is_given_up_before_it_fills_memory(
    layers: int,
) -> None:
    bomb = gzip.compress(bytes(200 * MIB))
    encoding = "gzip"
    if layers == 2:
        bomb, encoding = gzip.compress(bomb), "gzip, gzip"
    packed = answer(bomb, f"Content-Encoding: {encoding}")
    with Server(breaks_off(packed)) as server:
        tracemalloc.start()
        try:
            with pytest.raises(NetworkError, match="HTTP 200"):
                send(server)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak < 20 * MAX_REPLY


def echo(connection: socket.socket, _: Server) -> None:
    """Send back what comes, as a plain echo service does."""
    connection.sendall(connection.recv(65_536))


def echo_in_headers(connection: socket.socket, server: Server) -> None:
    """Answer in HTTP, with what came in every place where text can be."""
    head = connection.recv(65_536)
    text = head.replace(b"\r\n", b" ").strip().decode("latin-1")
    server.lines.append(text)
    connection.sendall(
        answer(b"x", f"Location: /{text}", f"X-Tt-Logid: {text}", status=f"302 {text}")
    )


def echo_in_chunks(connection: socket.socket, _: Server) -> None:
    head = connection.recv(65_536).replace(b"\r\n", b" ")
    start = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    connection.sendall(start + head + b"\r\n")


ECHOES: dict[str, Callable[[socket.socket, Server], None]] = {
    "bytes": echo,
    "headers": echo_in_headers,
    "chunks": echo_in_chunks,
}


@pytest.mark.parametrize("name", ECHOES)
@pytest.mark.parametrize("call", ["exchange", "creator_info", "upload"])
def test_a_server_that_repeats_what_it_gets_brings_no_secret_into_a_log(
    name: str, call: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    def ask(client: Client, base_url: str) -> None:
        if call == "upload":
            url = f"{base_url}/upload?upload_token={UPLOAD_TOKEN.reveal()}"
            client.content.put(url, "video/mp4", (0, 4, 4), [b"1234"])
        else:
            EXAMPLES[call].call(client)

    with Server(ECHOES[name]) as server:
        base_url = server.url().removesuffix("/there")
        client = Client(APP, base_url=base_url, upload_hosts=("127.0.0.1",))
        with client, pytest.raises(BridgeError) as caught:
            ask(client, base_url)

    assert hidden_in(told(caught.value)) == []
    shown = "\n".join(f"{r.getMessage()} {r.exc_info}" for r in caplog.records)
    assert hidden_in(shown) == []


def test_a_handshake_that_never_ends_is_given_up() -> None:
    ours, theirs = socket.socketpair()
    dripped = []

    def drip() -> None:
        with suppress(OSError):
            theirs.sendall(b"\x16\x03\x03\x40\x00")  # a record of 16 KiB is announced
            for _ in range(600):
                time.sleep(0.01)  # the peer is slow, not the test's wish
                theirs.sendall(b"\x02")
                dripped.append(1)

    thread = threading.Thread(target=drip)
    thread.start()
    with pytest.raises(TimeoutError, match=r"timed out|does not end"):
        TlsStream(ours, ssl.create_default_context(), "a.example", 0.2)
    ours.close()
    thread.join()
    theirs.close()

    assert len(dripped) < 600


def test_closing_wakes_who_waits_for_an_answer() -> None:
    asked, ended = threading.Event(), threading.Event()

    def waits(connection: socket.socket, server: Server) -> None:
        take(connection, server)
        asked.set()
        connection.recv(1)  # until the client hangs up

    with Server(waits) as server:
        wire = Wire()
        failures: list[BaseException] = []

        def ask() -> None:
            try:
                wire.send("GET", server.url(), headers={})
            except NetworkError as error:
                failures.append(error)
            ended.set()

        thread = threading.Thread(target=ask)
        thread.start()
        assert asked.wait(20)
        wire.close()
        assert ended.wait(20)
        thread.join()

    assert len(failures) == 1


def test_a_closed_client_says_so() -> None:
    client = Client(APP)
    client.close()

    with pytest.raises(ConfigError, match="is closed"):
        client.content.creator_info(ACCESS)


def test_as_many_threads_as_there_are_may_wait_at_once() -> None:
    together = threading.Barrier(30)

    def gathers(connection: socket.socket, server: Server) -> None:
        take(connection, server)
        together.wait(20)
        connection.sendall(answer(b"ok"))

    with Server(gathers) as server:
        wire = Wire()
        bodies = []

        def ask() -> None:
            bodies.append(wire.send("GET", server.url(), headers={}).body)

        threads = [threading.Thread(target=ask) for _ in range(30)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        wire.close()

    assert bodies == [b"ok"] * 30


def test_whether_something_may_have_arrived_is_known() -> None:
    with Server(breaks_off(b"")) as server, pytest.raises(NetworkError) as lost:
        send(server)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/"
        with pytest.raises(NetworkError) as refused:
            Wire().send("GET", url, headers={})

    assert lost.value.may_have_arrived
    assert not refused.value.may_have_arrived


def test_a_path_cannot_forge_a_line_of_a_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with Server(replies()) as server:
        url = server.url() + "/up%0AINFO%20forged%1b[31m"
        wire = Wire()
        wire.send("GET", url, headers={})
        wire.close()

    assert all(r.getMessage().isprintable() for r in caplog.records)


PROXIES = ["http://h:99999", "http://.x:1", "https://h:1", "http://", "socks5://h:1"]


@pytest.mark.parametrize("given", PROXIES)
def test_a_proxy_that_cannot_be_used_is_named(
    given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", given)

    with pytest.raises((ConfigError, NetworkError)):
        Wire().send("GET", "https://a.example/", headers={})


def test_a_password_of_a_proxy_may_hold_any_sign(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Server(breaks_off(answer(b"", status="407 No"))) as server:
        monkeypatch.setenv(
            "https_proxy", f"http://u:p%C3%A4%3Ass@127.0.0.1:{server.port}"
        )
        with pytest.raises(NetworkError, match="the proxy refused") as caught:
            Wire().send("GET", "https://a.example/", headers={})

    assert not caught.value.may_have_arrived


@pytest.mark.parametrize("host", ["xn--a.tiktokapis.com", "a..b", ".x.com", "a" * 70])
def test_a_host_that_is_no_name_is_a_typed_error(host: str) -> None:
    with pytest.raises(BridgeError):
        Wire().send("GET", f"http://{host}/", headers={})


@pytest.mark.parametrize("value", ["", "act.a ", " act.a", "act.\n", "act.é"])
def test_a_token_that_no_header_can_hold_is_not_sent(value: str) -> None:
    def unreachable(_: httpx.Request) -> httpx.Response:
        raise AssertionError

    client = Client(APP, transport=httpx.MockTransport(unreachable))
    with pytest.raises(ConfigError, match="no header can hold it") as caught:
        client.content.creator_info(Secret(value))

    assert "act" not in told(caught.value)


def made(kind: type[BridgeError]) -> BridgeError:
    """Build an error of *kind* with everything that it can carry."""
    names = inspect.signature(kind.__init__).parameters
    every: dict[str, Any] = {"hint": "do", "log_id": "L", "code": "c", "kind": "oauth"}
    if issubclass(kind, errors.TikTokError):
        every |= {"http_status": 403, "retry_after": 1.5}
    elif issubclass(kind, errors.NetworkError):
        every |= {"http_status": 200, "may_have_arrived": False}
    known = names if "answer" not in names else every
    if issubclass(kind, errors.InvalidInput):
        return kind()
    if issubclass(kind, errors.TikTokError) and "kind" not in names:
        every.pop("kind")
    return kind("wrong", **{k: v for k, v in every.items() if k in known})


TREE = [
    one
    for one in vars(errors).values()
    if isinstance(one, type) and issubclass(one, BridgeError)
]


@pytest.mark.parametrize("kind", TREE)
def test_an_error_survives_a_queue(kind: type[BridgeError]) -> None:
    error = made(kind)

    for other in (pickle.loads(pickle.dumps(error)), copy.copy(error)):  # noqa: S301 - ours
        assert type(other) is kind
        assert (str(other), other.args, vars(other)) == (
            str(error),
            error.args,
            vars(error),
        )


def test_the_control_there_are_secrets_to_be_found() -> None:
    assert len(SECRETS) == 8
