"""Put one installation beside a sandbox into a situation, step by step."""

from __future__ import annotations

import datetime as dt
import json
import os
import socket
import sqlite3
import ssl
import threading
import time
from contextlib import ExitStack, closing, contextmanager, suppress
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest import mock

import httpx
from cryptography.hazmat.primitives.serialization import Encoding

from tests.chaos.matrix.certificates import Authority
from tests.journeys.conftest import SharedClock, Studio
from tiktok_bridge import BridgeError, Transport, host
from tiktok_bridge_diagnostics import doctor, trial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from tiktok_bridge import Collector
    from tiktok_bridge_diagnostics.doctor import Examination
    from tiktok_bridge_sandbox.handle import TikTokSandbox

    Step = Callable[["Scene"], None]

DAY = 86_400.0
ENDED = -dt.timedelta(days=1)


class Scene:
    """A publisher's folder, its sandbox, and the machine around both."""

    def __init__(self, folder: Path, sandbox: TikTokSandbox, stack: ExitStack) -> None:
        self.studio = Studio(folder, sandbox)
        self.folder = folder
        self.sandbox = sandbox
        self.stack = stack
        self.environ: dict[str, str] = {}
        self.transport: httpx.BaseTransport | None = None
        self.consented: list[Collector] = []
        self.plugins: list[SimpleNamespace] = []
        self.posts = 0

    @property
    def record(self) -> Path:
        return self.folder / "state" / "tokens" / "acme.record"

    def examine(self) -> Examination:
        with mock.patch.dict(os.environ, self.environ):
            installed = [*host.installed_plugins(), *self.plugins]
            return doctor.examine(
                self.folder / "bridge.yaml",
                host.load(installed),  # type: ignore[arg-type] # quacks like entry points
                transport=self.transport,
                also=self.consented,
            )

    def serve(self, answer: Callable[[Any], None], pem: bytes | None = None) -> int:
        """Let *answer* handle every request at a port of loopback; return the port."""
        handler = type("Handler", (_Handler,), {"answer": answer})
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        if pem is not None:
            file = self.folder / "server.pem"
            file.write_bytes(pem)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(file)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        self.stack.callback(thread.join)
        self.stack.callback(server.shutdown)
        self.stack.callback(server.server_close)
        return int(server.server_address[1])

    def at(self, base_url: str) -> None:
        """Let the API be at *base_url*."""
        path = self.folder / "bridge.yaml"
        path.write_text(path.read_text().replace(self.sandbox.base_url, base_url))

    def sql(self, text: str, *values: object) -> None:
        with closing(sqlite3.connect(self.folder / "state" / "ledger.db")) as ledger:
            ledger.execute(text, values)
            ledger.commit()


class _Handler(BaseHTTPRequestHandler):
    def _any(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        self.answer()  # type: ignore[attr-defined] # see `Scene.serve`

    do_GET = do_POST = do_PUT = do_CONNECT = _any  # noqa: N815 - names of the library

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def scene(folder: Path, sandbox: TikTokSandbox) -> Iterator[Scene]:
    with ExitStack() as stack:
        yield Scene(folder, sandbox, stack)


# --- what people write ------------------------------------------------------------


def edit(old: str, new: str) -> Step:
    return lambda scene: scene.studio.configure(old, new)


def write(text: str) -> Step:
    return lambda scene: _write(scene.folder / "bridge.yaml", text)


def no_config(scene: Scene) -> None:
    (scene.folder / "bridge.yaml").unlink()


def credentials(key: str | None = None, secret: str | None = None) -> Step:
    """Write another client key or secret."""

    def step(scene: Scene) -> None:
        if key is not None:
            edit("client_key: awlocalsandbox00", f"client_key: {key}")(scene)
        if secret is not None:
            old = "client_secret: local-sandbox-secret"
            edit(old, f"client_secret: {secret}")(scene)

    return step


def secret(value: str) -> Step:
    """Write another client secret."""
    return credentials(secret=value)


def log_in(*accounts: str) -> Step:
    return lambda scene: scene.studio.log_in(*accounts)


def as_sandbox_app(scene: Scene) -> None:
    credentials(scene.sandbox.client_key, scene.sandbox.client_secret)(scene)
    edit("environment: production", "environment: sandbox")(scene)


def token(account: str = "acme", of: str | None = None, **changes: object) -> Step:
    """Import the token of *of* as that of *account*, with *changes*."""

    def step(scene: Scene) -> None:
        told = scene.sandbox.token(of or account) | changes
        file = scene.folder / "token.json"
        file.write_text(json.dumps(told))
        assert (
            scene.studio.run("auth", "import", "--replace", account, str(file)) == 0
        ), account

    return step


# --- what becomes of files --------------------------------------------------------


def files(change: Callable[[Path], object], *parts: str) -> Step:
    """Do *change* to a path below `state`."""
    return lambda scene: done(change(scene.folder.joinpath("state", *parts)))


def moved_behind_link(*parts: str) -> Step:
    def step(scene: Scene) -> None:
        path = scene.folder.joinpath("state", *parts)
        target = scene.folder / "elsewhere"
        path.rename(target)
        path.symlink_to(target)

    return step


def damage(path: Path) -> None:
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 16] = bytes(16)
    path.write_bytes(data)


def damaged_record(scene: Scene) -> None:
    damage(scene.record)
    scene.record.with_suffix(".prev").unlink(missing_ok=True)


def keys_of_another(scene: Scene) -> None:
    """Put the key ring of another installation in the place of ours."""
    other = Studio(scene.folder / "other", scene.sandbox)
    other.log_in("acme")
    (other.folder / "state" / "keys.json").replace(scene.folder / "state" / "keys.json")


def run(*arguments: str) -> Step:
    return lambda scene: done(scene.studio.run(*arguments))


def old_ledger(seconds: float) -> Step:
    """Let all that the ledger tells have been earlier."""

    def step(scene: Scene) -> None:
        scene.sql("UPDATE ledger_history SET at = at - ?", seconds)
        scene.sql(
            "UPDATE ledger_posts SET created_at = created_at - ?,"
            " updated_at = updated_at - ?",
            seconds,
            seconds,
        )
        scene.sql("UPDATE ledger_calls SET at = at - ?", seconds)

    return step


# --- what is posted ---------------------------------------------------------------


def publish(privacy: str | None, account: str = "acme", **fields: Any) -> Step:  # noqa: ANN401 - those of `Post`
    def step(scene: Scene) -> None:
        scene.posts += 1
        post = {"id": f"post-{scene.posts}", "account": account, "privacy": privacy}
        with scene.studio.bridge() as bridge:
            bridge.publish(scene.studio.post(**post | fields))

    return step


def plan(privacy: str, account: str = "acme", **fields: Any) -> Step:  # noqa: ANN401 - those of `Post`
    def step(scene: Scene) -> None:
        scene.posts += 1
        post = {"id": f"post-{scene.posts}", "account": account, "privacy": privacy}
        with scene.studio.bridge() as bridge:
            bridge.accept(scene.studio.post(**post | fields))

    return step


def webhooks(scene: Scene) -> None:
    """Let TikTok tell what became of the posts."""
    scene.studio.clock.sleep(60.0)
    with scene.studio.bridge() as bridge:
        for event in scene.sandbox.webhooks():
            body = event["body"]
            signed = {"TikTok-Signature": scene.studio.sign(body)}
            bridge.receive(signed, body.encode())


def renewal(ago: float) -> Step:
    """Try to renew the token, some seconds *ago*."""

    def step(scene: Scene) -> None:
        clock = SharedClock(scene.sandbox)
        clock.slept.append(-ago)
        with scene.studio.bridge(clock=clock) as bridge, suppress(BridgeError):
            bridge.vault.refresh("acme")

    return step


def sandbox_becomes(scenario: str, **switches: object) -> Step:
    """Let TikTok change its mind; everybody logs in again."""

    def step(scene: Scene) -> None:
        scene.sandbox.reset(scenario, **switches)
        token("acme")(scene)

    return step


def fault(endpoint: str, *faults: Mapping[str, object] | None) -> Step:
    return lambda scene: scene.sandbox.faults(endpoint, faults)


def creator(action: str, account: str = "acme") -> Step:
    return lambda scene: scene.sandbox.creator(action, account=account)


def consent(make: Callable[[str], Collector], account: str = "acme") -> Step:
    return lambda scene: scene.consented.append(make(account))


def trial_post(public_as: str | None = None) -> Step:
    """Consent to the test post; TikTok's clock runs while the doctor waits."""

    def step(scene: Scene) -> None:
        scene.consented.append(
            trial.collector("acme", public_as, sleep=scene.sandbox.advance)
        )

    return step


# --- what is around ---------------------------------------------------------------


def environ(**values: str) -> Step:
    return lambda scene: scene.environ.update(values)


def refusing_port(scene: Scene) -> None:
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    scene.at(f"http://127.0.0.1:{port}")


def silent_port(scene: Scene) -> None:
    """Let whoever listens never answer."""
    one = scene.stack.enter_context(closing(socket.socket()))
    one.bind(("127.0.0.1", 0))
    one.listen(64)
    scene.at(f"http://127.0.0.1:{one.getsockname()[1]}")


def somebody_else(status: int, body: str, kind: str, **headers: str) -> Step:
    """Let something answer that is not TikTok."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        data = body.encode()
        request.send_response(status)
        told = {"Content-Type": kind, "Content-Length": str(len(data))} | headers
        for name, value in told.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(data)

    return lambda scene: scene.at(f"http://127.0.0.1:{scene.serve(answer)}")


def portal(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.send_header("Content-Length", "0")
    request.end_headers()


def over_tls(make: Callable[[Authority, Authority], bytes]) -> Step:
    """Let a server with a certificate of *make* answer, one authority being known."""

    def step(scene: Scene) -> None:
        known, foreign = Authority("Trusted"), Authority("Somebody")
        roots = scene.folder / "roots.pem"
        roots.write_bytes(known.certificate.public_bytes(Encoding.PEM))
        scene.environ["SSL_CERT_FILE"] = str(roots)
        port = scene.serve(portal, make(known, foreign))
        scene.at(f"https://localhost:{port}")

    return step


def refusing_proxy(scene: Scene) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(403)
        request.send_header("Content-Length", "0")
        request.end_headers()

    port = scene.serve(answer)
    proxy = f"http://127.0.0.1:{port}"
    scene.environ |= {"HTTPS_PROXY": proxy, "https_proxy": proxy}
    scene.environ |= {"NO_PROXY": "", "no_proxy": ""}
    scene.at("https://open.tiktokapis.com")


class Dated(httpx.BaseTransport):
    """Date every answer by a clock that is *ahead* of this one."""

    def __init__(self, ahead: float) -> None:
        self._ahead = ahead
        self._inner = Transport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self._inner.handle_request(request)
        response.headers["date"] = formatdate(time.time() + self._ahead, usegmt=True)
        return response

    def close(self) -> None:
        self._inner.close()


def clock_of_tiktok(ahead: float) -> Step:
    def step(scene: Scene) -> None:
        scene.transport = Dated(ahead)

    return step


def plugin(name: str, **attributes: object) -> Step:
    """Install a plugin; one whose attribute `error` is given cannot be imported."""

    def load() -> ModuleType:
        if "error" in attributes:
            raise ImportError(str(attributes["error"]))
        module = ModuleType(name)
        vars(module).update(attributes)
        return module

    point = SimpleNamespace(name=name, load=load, dist=None, value=name)
    return lambda scene: scene.plugins.append(point)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def done(_: object) -> None:
    """Make a step of what gives a value."""
