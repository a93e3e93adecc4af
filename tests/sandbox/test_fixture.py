"""What the pytest fixture promises to integrators."""

from __future__ import annotations

import socket
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
import pytest

from tiktok_bridge_sandbox import threads
from tiktok_bridge_sandbox.handle import TikTokSandbox
from tiktok_bridge_sandbox.server import BACKLOG, bind
from tiktok_bridge_sandbox.threads import running

if TYPE_CHECKING:
    from tests.sandbox.conftest import Person

DELIVER = (
    b"POST /_sandbox/webhooks HTTP/1.1\r\nHost: x\r\n"
    b'Content-Length: 16\r\n\r\n{"deliver":true}'
)


def test_the_server_stops_at_once_and_leaves_no_thread() -> None:
    before = threading.active_count()
    with running() as base_url, httpx.Client(base_url=base_url) as client:
        client.get("/_sandbox/state")
        started = time.monotonic()

    assert time.monotonic() - started < 0.3
    assert threading.active_count() == before


def test_the_server_stops_although_a_reply_is_stalled() -> None:
    with running() as base_url:
        sandbox = TikTokSandbox(base_url)
        sandbox.faults("creator_info", [{"kind": "stall", "seconds": 60}])
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{base_url}/v2/post/publish/creator_info/query/", timeout=0.1)
        started = time.monotonic()

    assert time.monotonic() - started < 0.3


def test_the_server_stops_in_the_middle_of_a_delivery(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        with running() as base_url:
            sandbox, url = TikTokSandbox(base_url), urlsplit(base_url)
            port = silent.getsockname()[1]
            sandbox.reset(webhook_url=f"http://127.0.0.1:{port}/")
            sandbox.creator("remove-app")
            attempt = silent.accept()[0]
            asker = socket.create_connection((url.hostname, url.port))
            asker.sendall(DELIVER)
            sandbox.state()
            started = time.monotonic()
        took = time.monotonic() - started
        asker.close()
        attempt.close()

    assert took < 1
    assert caplog.records == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the length")
def test_a_crowd_may_wait_to_be_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    bound: list[socket.socket] = []

    def remember(host: str, port: int) -> socket.socket:
        bound.append(bind(host, port))
        return bound[0]

    monkeypatch.setattr(threads, "bind", remember)
    with running() as base_url:
        TikTokSandbox(base_url).state()
        told = bound[0].getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)

    # tcpi_sacked of a socket that listens: the connections that may wait
    most = int(Path("/proc/sys/net/core/somaxconn").read_text())
    assert int.from_bytes(told[28:32], sys.byteorder) == min(BACKLOG, most)


def test_the_server_stops_in_the_middle_of_an_upload(acme: Person) -> None:
    url = urlsplit(acme.init().json()["data"]["upload_url"])

    # The fixture's teardown is the act: an unfinished request must not hold it.
    sender = socket.create_connection((url.hostname, url.port))
    sender.sendall(f"PUT {url.path}?{url.query} HTTP/1.1\r\nHost: x\r\n".encode())
    sender.close()


def test_the_port_is_free_again_after_the_test() -> None:
    with running() as base_url:
        pass

    with pytest.raises(httpx.ConnectError):
        httpx.get(base_url)


def test_two_sandboxes_do_not_share_anything() -> None:
    with running() as one, running("demo") as two:
        first, second = TikTokSandbox(one), TikTokSandbox(two)

        assert first.base_url != second.base_url
        assert first.token() != second.token()
        assert second.state()["scenario"] == "demo"
