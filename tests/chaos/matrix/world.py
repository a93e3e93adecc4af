"""Build the world of one cell: a publisher, a sandbox, and a line between them."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import os
import subprocess
import sys
import threading
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import parse_qs, urlsplit

from tests.chaos.matrix.internet import NAME, Internet
from tests.chaos.matrix.line import Line
from tests.journeys.conftest import SharedClock, Studio
from tiktok_bridge import BridgeError, cli, host
from tiktok_bridge import bridge as bridges
from tiktok_bridge.cli import starter
from tiktok_bridge.models import PostKey
from tiktok_bridge.tiktok import chunks, network, wire
from tiktok_bridge.tokens import records
from tiktok_bridge_sandbox.handle import TikTokSandbox
from tiktok_bridge_sandbox.threads import running

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path
    from signal import Signals

    import pytest

    from tests.chaos.matrix.faults import Fault
    from tests.chaos.matrix.line import Exchange
    from tests.s3 import Server
    from tiktok_bridge.ledger.entry import Entry

T = TypeVar("T")

LARGE: Final = 16_000_000
"""Bytes of a video with a first, a middle and a last chunk, the smallest there are."""

POSTS: Final = """\
version: 1
posts:
  - id: one
    account: acme
    video: {video}
    transfer: {transfer}
    title: Hello
    privacy: {privacy}
"""

PRIVACY: Final = "MUTUAL_FOLLOW_FRIENDS"
"""What the post says: neither the widest level nor the narrowest."""

PULLED: Final = "https://media.example.com/clip.mp4"
"""Where TikTok fetches a video that is not sent."""

load: Final = host.load  # while a cell runs, it is replaced

FUSE: Final = 100
"""Requests after which a run is ended that does not end by itself."""

PROGRAM: Final = """\
import logging, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
logging.basicConfig(level=logging.DEBUG)
from tiktok_bridge.tiktok import chunks
chunks.SMALL_TARGET = chunks.MIN_CHUNK
from tiktok_bridge import cli, host
sys.exit(cli.run(sys.argv[1:]))
"""


class MovedClock(SharedClock):
    """A clock that can go wrong by itself, and that a fault may move."""

    def __init__(self, sandbox: TikTokSandbox) -> None:
        super().__init__(sandbox)
        self.wrong = 0.0

    def now(self) -> float:
        return super().now() + self.wrong


@dataclass
class Output:
    """What one command gave."""

    status: int
    text: str


@dataclass
class World:
    """Everything around one cell; `close` ends it.

    Attributes:
        stage: Where the fault strikes.
        s3: Starts a server that speaks S3, or returns the one that runs.
        sent: Stages of the requests of the last run.
        said: Everything that commands and logs said so far.
    """

    folder: Path
    fault: Fault
    stage: str
    patch: pytest.MonkeyPatch
    s3: Callable[[], Server]
    video: str = "clip.mp4"
    sent: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    process: subprocess.Popen[str] | None = None
    _seen: tuple[Entry | None, list[str]] | None = None

    def open(self, large: Path, certificates: Path) -> World:
        """Start it, up to the moment before `publish`."""
        self._stack = ExitStack()
        switches = {
            "processing_seconds": self.processing_seconds,
            **self.fault.switches,
        }
        url = self._stack.enter_context(running(**switches))
        self.sandbox = TikTokSandbox(url)
        self.internet = Internet(certificates, self.patch)
        context = self.internet.context("good") if self.fault.tls else None
        self.line = self._stack.enter_context(Line(url, context))
        self.clock = MovedClock(self.sandbox)
        self._left = self.fault.times
        self._shorten()
        self.studio = Studio(self.folder / "studio", self.sandbox)
        self.studio.clock = self.clock
        home = f"https://{NAME}" if context else "http://127.0.0.1"
        self.studio.configure(url, f"{home}:{self.line.port}")
        if self.stage.startswith("chunk"):
            self.video = "large.mp4"
            os.link(large, self.studio.folder / "media" / self.video)
        text = POSTS.format(
            video=PULLED if self.fault.pulled else self.video,
            transfer="pull" if self.fault.pulled else "upload",
            privacy=self.privacy,
        )
        (self.studio.folder / "posts.yaml").write_text(text)
        self._log_in()
        self.line.meet = self._meet
        self.patch.setattr(wire.Wire, "send", self._counted(wire.Wire.send))
        self.fault.prepare(self)
        if self.stage == "token" and self.fault.at_start:
            self.strike_now()
        return self

    def start(self, server: AbstractContextManager[T]) -> T:
        """Run *server* as long as the world."""
        return self._stack.enter_context(server)

    def close(self) -> None:
        """Stop every server."""
        if self.process:
            self.process.kill()
            self.process.communicate()
        self._stack.close()
        if self.line.failures:
            raise self.line.failures[0]

    @property
    def media(self) -> Path:
        """The video."""
        return self.studio.folder / "media" / self.video

    @property
    def state(self) -> Path:
        """Where the installation keeps its files."""
        return self.studio.folder / "state"

    @property
    def privacy(self) -> str:
        """What the post says; TikTok tells most of one that everybody may see."""
        return "PUBLIC_TO_EVERYONE" if self.stage == "webhook" else PRIVACY

    @property
    def processing_seconds(self) -> float:
        """How long TikTok works, so that it tells its end before it is asked."""
        return 5.0 if self.stage == "webhook" else 0.0

    def publish(self) -> Output:
        """Publish the file, in a process of its own where the fault is one's end."""
        self.sent.clear()
        if self.stage == "webhook" and self._left != 0:
            return self._hear()
        file = str(self.studio.folder / "posts.yaml")
        if self.fault.process and self._left != 0:
            return self._run_apart("publish", file)
        return self.run("publish", file)

    def run(self, *arguments: str) -> Output:
        """Run one command here, with every log switched on."""
        self._seen = None
        text = io.StringIO()
        handler = logging.StreamHandler(text)
        root, level = logging.getLogger(), logging.getLogger().level
        root.addHandler(handler)
        root.setLevel(logging.DEBUG)
        try:
            with redirect_stdout(text), redirect_stderr(text):
                config = str(self.studio.folder / "bridge.yaml")
                status = cli.run(["--config", config, *arguments])
        finally:
            root.setLevel(level)
            root.removeHandler(handler)
        self.said.append(text.getvalue())
        return Output(status, text.getvalue())

    def hear(self) -> list[BridgeError]:
        """Let what TikTok tells by itself come; return why it was not taken."""
        errors = []
        with self.studio.bridge() as bridge:
            for signature, body in self.fault.told(self, self.sandbox.webhooks()):
                try:
                    bridge.receive({"TikTok-Signature": signature}, body.encode())
                except BridgeError as error:
                    errors.append(error)
        return errors

    def _hear(self) -> Output:
        """Publish until TikTok works on it, and hear of its end."""
        posts = str(self.studio.folder / "posts.yaml")
        first = self.run("publish", posts, "--wait", "0")
        assert first.status == 4, first.text
        self.clock.sleep(60)
        self.sent.clear()
        self.strike_now()
        errors = self.hear()
        self._seen = None
        self.said += [f"{one} {one.hint}" for one in errors]
        return Output(bool(errors), "\n".join(map(str, errors)))

    def calm(self) -> None:
        """End the fault, and wait as long as the post was told to."""
        self._left = 0
        self.internet.route = None
        self.fault.repair(self)
        entry = self.entry()
        if entry and entry.next_at and entry.next_at > self.clock.now():
            self.clock.sleep(entry.next_at - self.clock.now())

    def strike_now(self) -> None:
        """Let something happen to the world at this moment."""
        if self._left:
            self._left -= 1
        self.fault.happen(self)

    def videos(self) -> set[str]:
        """Return the hash of every video that was there as a whole."""
        here = (self.media, self.folder / "other.mp4", self.folder / "kept.mp4")
        return {
            hashlib.sha256(path.read_bytes()).hexdigest()
            for path in here
            if path.exists()
        }

    def entry(self) -> Entry | None:
        """Return the post as the ledger has it."""
        return self._look()[0]

    def history(self) -> list[str]:
        """Return the notes of every move of the post."""
        return self._look()[1]

    def _look(self) -> tuple[Entry | None, list[str]]:
        """Look into the ledger, once after each command."""
        if self._seen is None:
            with self.studio.bridge() as bridge:
                entry = next(iter(bridge.ledger.entries()), None)
                moves = bridge.ledger.history(PostKey("acme", "one")) if entry else []
            self._seen = (
                entry,
                [f"{one.state} {one.note or ''} {one.log_id or ''}" for one in moves],
            )
        return self._seen

    def secrets(self) -> dict[str, str]:
        """Return what nobody may ever be shown, by name."""
        ring = json.loads((self.state / "keys.json").read_text())
        found = {f"key {one['id']}": one["key"] for one in ring["keys"]}
        for number, token in enumerate([*self._tokens, self.sandbox.token()]):
            found |= {
                f"{name} {number}": token[name]
                for name in ("access_token", "refresh_token")
            }
        entry = self.entry()
        if entry and entry.upload_url:
            query = parse_qs(urlsplit(entry.upload_url).query)
            found["upload token"] = query["upload_token"][0]
        return found | {"client secret": self.sandbox.client_secret}

    def log_in_again(self) -> None:
        """Let the creator log in, as the command would."""
        with self.studio.bridge() as bridge:
            begun = bridge.begin_login()
            back = self.sandbox.login(begun.url, "acme")
            bridge.finish_login("acme", begun, urlsplit(back).query)

    def log_in(self, account: str, **fields: object) -> None:
        """Import the token of *account*, changed by *fields*."""
        file = self.studio.folder / f"{account}-token.json"
        file.write_text(json.dumps(self.sandbox.token(account) | fields))
        assert self.studio.run("auth", "import", account, str(file)) == 0

    def _log_in(self) -> None:
        self._tokens = [self.sandbox.token("acme")]
        # a token that ends now is renewed before anything else
        self.log_in("acme", **({"expires_in": 1} if self.stage == "token" else {}))

    def _shorten(self) -> None:
        """Let no wait of these runs be a real one, or a long one."""
        self.patch.setattr(bridges, "SystemClock", lambda: self.clock)
        self.patch.setattr(host, "load", installed)
        self.patch.setattr(records, "LOCK_TIMEOUT", 0.01)
        self.patch.setattr(chunks, "SMALL_TARGET", chunks.MIN_CHUNK)
        if self.fault.is_hasty:
            self.patch.setattr(network, "REPLY_DEADLINE", 1.0)
            self.patch.setitem(wire.TIMEOUT, "read", 1.0)
        for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
            self.patch.delenv(name, raising=False)
            self.patch.delenv(name.upper(), raising=False)

    def _meet(self, exchange: Exchange) -> bool:
        """Let the fault meet the requests of its stage, as often as it does."""
        other = self.fault.also.get(exchange.stage)
        if other and self._left != 0:
            return other(self, exchange)
        if exchange.stage != self.stage or self._left == 0:
            return False
        if self.fault.early or (self.fault.at_start and self.stage == "token"):
            return False
        if self._left:
            self._left -= 1
        return self.fault.strike(self, exchange)

    def _leave(self) -> None:
        """Let the fault meet a request of its stage that is about to leave."""
        if self.fault.early and self.stage != "token":
            self.strike_now()
        if self.fault.dial:
            self.internet.route = self.fault.dial

    def _counted(self, send: Callable[..., Any]) -> Callable[..., Any]:
        def counted(one: Any, method: str, url: str, **sent: Any) -> Any:  # noqa: ANN401 - as `send`
            stage = self.internet.see(url, sent["headers"])
            if threading.current_thread() is threading.main_thread():
                self.sent.append(stage)
            assert len(self.sent) < FUSE, f"{FUSE} requests, and no end"
            if stage == self.stage and self._left != 0:
                self._leave()
            try:
                return send(one, method, url, **sent)
            finally:
                self.internet.route = None

        return counted

    def _run_apart(self, *arguments: str) -> Output:
        self._seen = None
        config = str(self.studio.folder / "bridge.yaml")
        self.process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-c", PROGRAM, "--config", config, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        text, _ = self.process.communicate(timeout=60)
        self.sent += list(self.line.calls.elements())
        self.said.append(text)
        return Output(self.process.returncode, text)

    def signal(self, number: Signals) -> None:
        """Send *number* to the process that publishes."""
        assert self.process
        self.process.send_signal(number)


@cache
def installed() -> host.Host:
    """Return the plugins, found once for all cells."""
    return load()


def write_large(path: Path) -> Path:
    """Write the video that every cell of a chunk links to."""
    starter.write_clip(path, LARGE)
    return path
