"""Events as signed webhooks, verified by what the specification says alone."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import re
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import tiktok_bridge_webhook
from tests.chaos.matrix.certificates import Authority
from tests.contracts import test_https_media as web
from tiktok_bridge import BridgeError, ConfigError, NetworkError, host
from tiktok_bridge.redaction.addresses import shown
from tiktok_bridge.testing import KnownSecretsContract, NotifierContract, make_event
from tiktok_bridge_webhook.notifier import WebhookNotifier
from tiktok_bridge_webhook.signature import sign
from tiktok_bridge_webhook.urls import read_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tiktok_bridge import Event, Notifier

KEY, OLD = bytes(range(32)), b"o" * 24
SECRET, OLD_SECRET = (f"whsec_{base64.b64encode(one).decode()}" for one in (KEY, OLD))


def is_signed(key: bytes, headers: dict[str, str], body: bytes) -> bool:
    """Verify as a receiver does; RFC 2104 written out, to share nothing with us."""
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    block = key.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(one ^ 0x36 for one in block) + content).digest()
    outer = hashlib.sha256(bytes(one ^ 0x5C for one in block) + inner).digest()
    wanted = "v1," + base64.b64encode(outer).decode()
    return wanted in headers["webhook-signature"].split(" ")


class Receiver(ThreadingHTTPServer):
    """Keep what came with a right signature, and answer what it is told."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.events: list[Event] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.answers: list[tuple[int, dict[str, str]]] = []
        self.release = threading.Event()
        self.hangs = False

    @property
    def address(self) -> str:
        scheme = "https" if hasattr(self.socket, "context") else "http"
        return f"{scheme}://localhost:{self.server_port}/hooks?to=cms"

    def handle_error(self, *_: object) -> None:
        """A sender that goes away is what a test wants."""


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
        """Say nothing."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.headers.append(headers)
        self.server.paths.append(self.path)
        if self.server.hangs:
            self.server.release.wait(20)
        status, more = 204, dict[str, str]()
        if not is_signed(KEY, headers, body):
            status = 401
        elif self.server.answers:
            status, more = self.server.answers.pop(0)
        if status < 300:
            self.server.events.append(json.loads(body))
        self.send_response_only(status)
        for name, value in more.items():
            self.send_header(name, value)
        self.end_headers()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with serving(Receiver()) as server:
        yield server


class serving:  # noqa: N801 - a block
    def __init__(self, server: Receiver) -> None:
        self._server = server
        self._thread = threading.Thread(target=server.serve_forever, args=(0.02,))

    def __enter__(self) -> Receiver:
        self._thread.start()
        return self._server

    def __exit__(self, *_: object) -> None:
        self._server.release.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@contextmanager
def breaking(receiver: Receiver) -> Iterator[None]:
    receiver.answers = [(503, {})]
    yield
    receiver.answers = []


def opened(receiver: Receiver, *secrets: str) -> Notifier:
    url = f"{receiver.address}#{','.join(secrets or (SECRET,))}"
    notifier = tiktok_bridge_webhook.open_notifier(url)
    assert notifier
    return notifier


class TestWebhookNotifier(NotifierContract):
    @pytest.fixture
    def notifier(self, receiver: Receiver) -> Notifier:
        return opened(receiver)

    @pytest.fixture
    def received(self, receiver: Receiver) -> Callable[[], list[Event]]:
        return lambda: receiver.events

    @pytest.fixture
    def break_it(self, receiver: Receiver) -> Callable[[], Any]:
        return lambda: breaking(receiver)


class TestOverTls(NotifierContract):
    @pytest.fixture
    def receiver(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> Iterator[Receiver]:
        authority = Authority("authority")
        (tmp_path / "ca.pem").write_bytes(web.pem(authority.certificate))
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        server = Receiver()
        context = web.context_of(authority, tmp_path, "localhost")
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
        with serving(server):
            yield server

    @pytest.fixture
    def notifier(self, receiver: Receiver) -> Notifier:
        return opened(receiver)

    @pytest.fixture
    def received(self, receiver: Receiver) -> Callable[[], list[Event]]:
        return lambda: receiver.events

    @pytest.fixture
    def break_it(self, receiver: Receiver) -> Callable[[], Any]:
        return lambda: breaking(receiver)


class TestKnownSecrets(KnownSecretsContract):
    @pytest.fixture
    def planted(self) -> list[str]:
        tiktok_bridge_webhook.open_notifier(f"https://a.example/#{SECRET}")
        return [repr(KEY)[2:-1]]  # as a log shows bytes

    @pytest.fixture
    def known_secrets(self) -> object:
        return tiktok_bridge_webhook.known_secrets


def test_the_vector_of_the_specification() -> None:
    """That of the reference libraries, github.com/standard-webhooks."""
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signature = sign(
        (key,), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    )

    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_two_secrets_sign_each_event(receiver: Receiver) -> None:
    opened(receiver, OLD_SECRET, SECRET).notify(make_event(1))

    (headers,) = receiver.headers
    body = json.dumps(make_event(1), separators=(",", ":")).encode()
    assert is_signed(KEY, headers, body)
    assert is_signed(OLD, headers, body)
    assert headers["content-type"] == "application/cloudevents+json"


def test_an_event_that_comes_again_has_the_same_id(receiver: Receiver) -> None:
    notifier = opened(receiver)
    event: Any = make_event(1) | {"id": "acme/spring.01 é\n/3"}
    notifier.notify(event)
    notifier.notify(event)

    ids = {one["webhook-id"] for one in receiver.headers}
    assert ids == {"acme/spring%2E01%20%C3%A9%0A/3"}
    assert abs(time.time() - int(receiver.headers[0]["webhook-timestamp"])) < 60


def test_the_secret_is_never_sent_and_the_query_is(receiver: Receiver) -> None:
    opened(receiver).notify(make_event(1))

    assert receiver.paths == ["/hooks?to=cms"]
    assert SECRET[6:] not in str(receiver.headers)


@pytest.mark.parametrize(
    ("status", "said", "is_passing"),
    [
        (302, "redirects", False),
        (401, "refused an event", False),
        (404, "refused an event", False),
        (410, "is gone", False),
        (429, "busy or broken", True),
        (500, "busy or broken", True),
        (503, "busy or broken", True),
    ],
)
def test_what_is_not_2xx_is_not_delivered(
    receiver: Receiver, status: int, said: str, *, is_passing: bool
) -> None:
    receiver.answers = [(status, {"Location": "http://localhost/elsewhere"})]

    with pytest.raises(BridgeError, match=said) as error:
        opened(receiver).notify(make_event(1))

    assert error.value.retryable == is_passing
    assert len(receiver.paths) == 1
    assert "hooks" not in str(error.value)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("7", 7.0),
        ("Thu, 01 Jan 1970 00:01:40 GMT", 40.0),
        ("Thu, 01 Jan 1970 00:00:01 GMT", 0.0),
        ("soon", None),
        ("-1", None),
    ],
)
def test_the_wish_of_a_receiver_is_told(
    receiver: Receiver, said: str, seconds: float | None
) -> None:
    receiver.answers = [(503, {"Retry-After": said})]
    where = read_url(f"{receiver.address}#{SECRET}")

    with pytest.raises(BridgeError) as error:
        WebhookNotifier(where, clock=lambda: 60.0).notify(make_event(1))

    assert getattr(error.value, "retry_after", 0) == seconds
    assert ("asks to wait" in str(error.value)) == (seconds is not None)


def test_a_receiver_that_hangs_is_given_up(receiver: Receiver) -> None:
    receiver.hangs = True
    where = read_url(f"{receiver.address}#{SECRET}")

    with pytest.raises(NetworkError, match="no answer from the webhook to localhost"):
        WebhookNotifier(where, timeout=0.1).notify(make_event(1))


def test_nobody_there_may_be_somebody_later() -> None:
    notifier = WebhookNotifier(read_url(f"http://localhost:9/#{SECRET}"))

    with pytest.raises(NetworkError) as error:
        notifier.notify(make_event(1))

    assert error.value.retryable


SHORT = f"whsec_{base64.b64encode(bytes(23)).decode()}"
LONG = f"whsec_{base64.b64encode(bytes(65)).decode()}"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://a.example/hooks", "has no secret"),
        ("https://a.example/hooks#", "has no secret"),
        ("https://a.example/hooks#topsecret", "does not begin with whsec_"),
        ("https://a.example/hooks#whsec_topsecret!", "no base64"),
        (f"https://a.example/hooks#{SHORT}", "holds 23 bytes"),
        (f"https://a.example/hooks#{LONG}", "holds 65 bytes"),
        (f"https://a.example/hooks#{SECRET},", "does not begin with whsec_"),
        (f"http://a.example/hooks#{SECRET}", "is plain http"),
        (f"http://10.0.0.1/hooks#{SECRET}", "is plain http"),
        (f"http://localhost.example/hooks#{SECRET}", "is plain http"),
        (f"https://user:topsecret@a.example/#{SECRET}", "holds a user"),
        (f"https:///hooks#{SECRET}", "cannot be read"),
        (f"https://a.example:x/#{SECRET}", "cannot be read"),
        (f"https://a.example/h ooks#{SECRET}", "cannot be read"),
        (f"https://[::1/#{SECRET}", "cannot be read"),
    ],
)
def test_an_address_that_is_not_safe_is_refused(url: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as error:
        tiktok_bridge_webhook.open_notifier(url)

    told = f"{error.value} {error.value.hint}"
    assert "whsec_ and 24" in told or "on this machine" in told
    assert "topsecret" not in told
    assert SECRET not in told


@pytest.mark.parametrize("url", ["s3://a/b", "file:/a", "/a", "httpsx://a"])
def test_other_schemes_are_left_to_others(url: str) -> None:
    assert tiktok_bridge_webhook.open_notifier(url) is None


def test_the_secret_is_in_no_text(receiver: Receiver) -> None:
    loaded = host.load()
    url = f"{receiver.address}#{OLD_SECRET},{SECRET}"
    loaded.open_notifier(url)

    text = f"{url} {KEY.hex()} {base64.b64encode(OLD).decode()}"
    said = loaded.redaction.text(text)
    assert KEY.hex()[:16] not in said
    assert SECRET[6:18] not in said
    assert OLD_SECRET[6:18] not in said
    assert "whsec" not in shown(url)


def test_no_log_names_the_path(
    receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    opened(receiver).notify(make_event(1))

    assert "/hooks" not in caplog.text


def test_the_receiver_of_the_readme_verifies(receiver: Receiver) -> None:
    text = (Path(__file__).parents[2] / "plugins/webhook/README.md").read_text()
    (program,) = re.findall(r"```python\n(.+?)```", text, re.DOTALL)
    room: dict[str, Any] = {}
    exec(program, room)  # noqa: S102 - our own document
    key, body = room["KEY"], b'{"id":"1"}'
    now = int(time.time())
    headers = {
        "webhook-id": "1",
        "webhook-timestamp": str(now),
        "webhook-signature": sign((OLD, key), "1", now, body),
    }

    assert room["receive"](headers, body) == {"id": "1"}
    assert room["receive"](headers, body) is None
    with pytest.raises(ValueError, match="not signed"):
        room["receive"](headers, body + b" ")
    late = hmac.digest(key, f"1.{now - 999}.".encode() + body, "sha256")
    old = {"webhook-signature": f"v1,{base64.b64encode(late).decode()}"}
    with pytest.raises(ValueError, match="too old"):
        room["receive"](headers | old | {"webhook-timestamp": str(now - 999)}, body)
    assert receiver.events == []
    assert len(program.splitlines()) < 20
