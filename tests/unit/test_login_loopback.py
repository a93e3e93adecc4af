"""The redirect arrives, whatever else knocks at the port."""

from __future__ import annotations

import re
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import pytest

from tiktok_bridge import BusyError, LoginError
from tiktok_bridge.cli import loopback as module
from tiktok_bridge.cli import page
from tiktok_bridge.cli.loopback import Loopback
from tiktok_bridge.cli.page import Page
from tiktok_bridge.tokens.login import CONSEQUENCES

if TYPE_CHECKING:
    from collections.abc import Iterator

FREE: Final = "http://127.0.0.1:*/callback/"
GOOD: Final = "state=right&code=one"
DONE: Final = Page(200, "It is done")


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback(FREE) as server:
        yield server


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor() as threads:
        yield threads


def judge(query: str) -> Page | None:
    return None if query == GOOD else Page(400, "Another state")


def port_of(server: Loopback) -> int:
    return urlsplit(server.redirect_uri).port or 0


def connect(server: Loopback, request: bytes = b"") -> socket.socket:
    """Connect, and send *request*; the kernel takes both before anybody serves."""
    address = (urlsplit(server.redirect_uri).hostname, port_of(server))
    browser = socket.create_connection(address, timeout=20)
    browser.sendall(request)
    return browser


def get(server: Loopback, query: str = GOOD, **other: str) -> bytes:
    said = {
        "method": "GET",
        "path": "/callback/",
        "host": f"127.0.0.1:{port_of(server)}",
    }
    said |= other
    line = f"{said['method']} {said['path']}?{query} HTTP/1.1"
    return f"{line}\r\nHost: {said['host']}\r\n\r\n".encode()


def read(browser: socket.socket) -> str:
    """Return the whole answer; empty if the connection was dropped."""
    with browser, suppress(ConnectionError):
        return b"".join(iter(lambda: browser.recv(65536), b"")).decode()
    return ""


def ask(server: Loopback, request: bytes) -> str:
    """Let somebody ask *request* before the awaited browser comes; return the answer.

    That the awaited one still arrives is what every caller wants to know too.
    """
    with ThreadPoolExecutor() as threads:
        other = threads.submit(lambda: read(connect(server, request)))
        awaited = threads.submit(lambda: read(connect(server, later(other, server))))
        assert server.wait(judge, 20) == GOOD
        server.answer(DONE)
        assert "It is done" in awaited.result()
    return other.result()


def later(other: object, server: Loopback) -> bytes:
    """Return the good request once *other* has been answered."""
    other.result()  # type: ignore[attr-defined] # a future
    return get(server)


def test_the_awaited_query_is_returned_and_its_visitor_gets_the_page(
    server: Loopback, threads: ThreadPoolExecutor
) -> None:
    answer = threads.submit(read, connect(server, get(server)))

    assert server.wait(judge, 20) == GOOD
    assert not answer.done(), "it waits for what became of it"
    server.answer(DONE)
    assert answer.result().startswith("HTTP/1.1 200 ")
    assert "<h1>It is done</h1>" in answer.result()


def test_another_state_is_told_so_and_does_not_end_the_waiting(
    server: Loopback,
) -> None:
    answer = ask(server, get(server, "state=wrong&code=two"))

    assert answer.startswith("HTTP/1.1 400 ")
    assert "Another state" in answer


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"path": "/favicon.ico"}, 404),
        ({"path": "/callback"}, 404),
        ({"path": "http://127.0.0.1/callback/"}, 404),
        ({"method": "POST"}, 405),
        ({"method": "HEAD"}, 405),
        ({"method": "OPTIONS"}, 405),
        ({"method": "CONNECT"}, 405),
        ({"host": "evil.example"}, 400),
        ({"host": "127.0.0.1"}, 400),
        ({"host": "localhost:80"}, 400),
        ({"host": "127.0.0.1:1\r\nHost: 127.0.0.1:2"}, 400),
        ({"query": "x" * 9000}, 414),
        ({"query": "x" * 200_000}, 431),
        ({"path": "\x01"}, 400),
    ],
)
def test_anything_else_is_refused_and_does_not_end_the_waiting(
    server: Loopback, wrong: dict[str, str], status: int
) -> None:
    answer = ask(server, get(server, wrong.pop("query", GOOD), **wrong))

    assert answer.startswith(f"HTTP/1.1 {status} ")
    assert ("Allow: GET" in answer) == (status == 405)


def test_a_request_without_a_host_is_refused(server: Loopback) -> None:
    answer = ask(server, b"GET /callback/?state=right&code=one HTTP/1.0\r\n\r\n")

    assert answer.startswith("HTTP/1.1 400 ")


def test_a_host_may_be_written_in_capitals(threads: ThreadPoolExecutor) -> None:
    with Loopback("http://localhost:*/callback/") as server:
        host = f"LOCALHOST:{port_of(server)}"
        threads.submit(read, connect(server, get(server, host=host)))

        assert server.wait(judge, 20) == GOOD
        server.answer(DONE)


@pytest.mark.parametrize("said", [b"", b"GET /callback/?state=right", b"\x16\x03\x01"])
def test_connections_that_say_nothing_whole_hold_up_nobody(
    server: Loopback, threads: ThreadPoolExecutor, said: bytes
) -> None:
    with ExitStack() as silent:
        for _ in range(20):
            silent.enter_context(connect(server, said))
        answer = threads.submit(read, connect(server, get(server)))

        assert server.wait(judge, 5) == GOOD
        server.answer(DONE)
        assert "It is done" in answer.result()


def test_a_room_full_of_silence_has_a_place_for_the_redirect(
    server: Loopback, threads: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_VISITS", 3)
    with ExitStack() as silent:
        crowd = [silent.enter_context(connect(server)) for _ in range(10)]
        answer = threads.submit(read, connect(server, get(server)))

        assert server.wait(judge, 5) == GOOD
        server.answer(DONE)
        assert "It is done" in answer.result()
        assert read(crowd[0]) == "", "the oldest was dropped"


def test_who_spreads_a_request_over_time_is_dropped(
    server: Loopback, threads: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "REQUEST_TIMEOUT", 0.5)
    slow = connect(server, b"GET /callback/?")
    slow.settimeout(0.05)

    def drip() -> bytes:
        with slow, suppress(ConnectionError):
            for _ in range(100):
                with suppress(TimeoutError):
                    return slow.recv(1)
                slow.sendall(b"x")
            return b"never"
        return b""

    dripped = threads.submit(drip)
    awaited = threads.submit(lambda: read(connect(server, later(dripped, server))))

    assert server.wait(judge, 20) == GOOD
    server.answer(DONE)
    assert dripped.result() == b""
    assert "It is done" in awaited.result()


def test_of_two_browsers_one_is_taken_and_the_other_is_told(
    server: Loopback, threads: ThreadPoolExecutor
) -> None:
    browsers = [connect(server, get(server)) for _ in range(2)]
    answers = [threads.submit(read, browser) for browser in browsers]

    assert server.wait(judge, 20) == GOOD
    server.answer(DONE)
    texts = [answer.result() for answer in answers]
    assert sorted(text[9:12] for text in texts) == ["200", "409"]
    assert sum("It is done" in text for text in texts) == 1
    assert sum("The terminal says how it ended" in text for text in texts) == 1


def test_nobody_comes_and_the_error_says_where_to_look(server: Loopback) -> None:
    with pytest.raises(LoginError, match=r"within 0\.1 s") as told:
        server.wait(judge, 0.1)

    assert "--paste" in (told.value.hint or "")


def test_a_taken_port_is_named(server: Loopback) -> None:
    with pytest.raises(BusyError, match=rf"port {port_of(server)} of") as told:
        Loopback(server.redirect_uri)

    assert "http://127.0.0.1:*/callback/" in (told.value.hint or "")


def test_only_loopback_listens(server: Loopback) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # sends nothing; finds our own address
        own = probe.getsockname()[0]

    with pytest.raises(OSError, match="refused"):
        socket.create_connection((own, port_of(server)), timeout=5)


def has_ipv6() -> bool:
    with suppress(OSError), socket.create_server(("::1", 0), family=socket.AF_INET6):
        return True
    return False


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no ::1")
@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_localhost_listens_on_both_addresses(
    threads: ThreadPoolExecutor, address: str
) -> None:
    with Loopback("http://localhost:*/callback/") as server:
        browser = socket.create_connection((address, port_of(server)), timeout=20)
        browser.sendall(get(server, host=f"localhost:{port_of(server)}"))
        answer = threads.submit(read, browser)

        assert server.wait(judge, 20) == GOOD
        server.answer(DONE)
        assert "It is done" in answer.result()


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no ::1")
def test_localhost_is_not_shared_with_somebody_on_the_other_address() -> None:
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as other:
        port = other.getsockname()[1]

        with pytest.raises(BusyError, match=f"port {port} of ::1"):
            Loopback(f"http://localhost:{port}/callback/")
        socket.create_server(("127.0.0.1", port)).close()  # it let go of this one


def test_a_page_shows_what_it_is_given_and_runs_nothing() -> None:
    evil = LoginError("<script>alert('x')</script> &", hint='"><img src=x>')

    html = page.failed(evil).html().decode()
    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt; &amp;" in html
    assert not re.search(
        r"(src|href|url)\s*[=(]", html.replace("&quot;", "").split("<main>")[0]
    )


@pytest.mark.parametrize("scope", CONSEQUENCES)
def test_what_a_scope_is_for_stands_in_one_pair_of_brackets(scope: str) -> None:
    assert page.describe(scope).count("(") == 1


def test_every_page_stays_out_of_caches_and_other_sites(server: Loopback) -> None:
    answer = ask(server, get(server, path="/"))

    for line in (
        "Cache-Control: no-store",
        "Referrer-Policy: no-referrer",
        "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline';",
        "X-Content-Type-Options: nosniff",
        "Connection: close",
    ):
        assert f"\r\n{line}" in answer


def test_no_page_shows_what_the_address_held(server: Loopback) -> None:
    answer = ask(server, get(server, "state=s3cret&code=c0de"))

    assert "s3cret" not in answer
    assert "c0de" not in answer
