"""A publisher's folder beside a sandbox, and a clock that both share."""

from __future__ import annotations

import hashlib
import hmac
import json
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from tiktok_bridge import Bridge, Post, cli
from tiktok_bridge.cli import starter

if TYPE_CHECKING:
    from pathlib import Path

    from tiktok_bridge_sandbox.handle import TikTokSandbox


class SharedClock:
    """Moves the sandbox along when somebody waits; no test sleeps."""

    def __init__(self, sandbox: TikTokSandbox) -> None:
        self.slept: list[float] = []
        self._sandbox = sandbox

    def now(self) -> float:
        return time.time() + sum(self.slept)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self._sandbox.advance(seconds)


class Studio:
    """A folder with bridge.yaml, posts.yaml and videos, and what it leads to."""

    def __init__(self, folder: Path, sandbox: TikTokSandbox) -> None:
        self.folder = folder
        self.sandbox = sandbox
        self.clock = SharedClock(sandbox)
        starter.write(folder, starter.sandbox_app(sandbox.base_url))

    def bridge(self, **options: Any) -> Bridge:  # noqa: ANN401 - those of `Bridge`
        options.setdefault("clock", self.clock)
        return Bridge.from_config(self.folder / "bridge.yaml", **options)

    def log_in(self, *accounts: str) -> None:
        for account in accounts:
            file = self.folder / f"{account}-token.json"
            file.write_text(json.dumps(self.sandbox.token(account)))
            assert self.run("auth", "import", account, str(file)) == 0

    def run(self, *arguments: str) -> int:
        return cli.run(["--config", str(self.folder / "bridge.yaml"), *arguments])

    def publish(self, *options: str) -> int:
        return self.run("publish", str(self.folder / "posts.yaml"), *options)

    def configure(self, old: str, new: str) -> None:
        path = self.folder / "bridge.yaml"
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    def video(self, size_bytes: int, name: str = "video.mp4") -> str:
        starter.write_clip(self.folder / "media" / name, size_bytes)
        return name

    def post(self, **fields: Any) -> Post:  # noqa: ANN401 - those of `Post`
        defaults = {"id": "one", "account": "acme", "video": "clip.mp4"}
        return Post(**defaults | {"privacy": "SELF_ONLY", "title": "Hello"} | fields)

    def sha256(self, name: str) -> str:
        return hashlib.sha256((self.folder / "media" / name).read_bytes()).hexdigest()

    def arrived(self) -> list[dict[str, Any]]:
        """What the sandbox published or delivered."""
        ends = ("PUBLISH_COMPLETE", "SEND_TO_USER_INBOX")
        return [
            one for one in self.sandbox.state()["publishes"] if one["status"] in ends
        ]

    def forget(self, *ids: str) -> None:
        """Take posts out of the ledger, as if another one had sent them."""
        with closing(sqlite3.connect(self.folder / "state" / "ledger.db")) as ledger:
            for one in ids:
                ledger.execute("DELETE FROM ledger_posts WHERE id = ?", (one,))
            ledger.commit()

    def sign(self, body: str) -> str:
        """Sign a webhook's body now, as TikTok does."""
        stamp = int(self.clock.now())
        key = self.sandbox.client_secret.encode()
        signed = hmac.new(key, f"{stamp}.{body}".encode(), hashlib.sha256)
        return f"t={stamp},s={signed.hexdigest()}"

    def calls(self, endpoint: str) -> int:
        return int(self.sandbox.state()["calls"].get(endpoint, 0))


@pytest.fixture
def studio(tmp_path: Path, tiktok_sandbox: TikTokSandbox) -> Studio:
    studio = Studio(tmp_path / "studio", tiktok_sandbox)
    studio.log_in("acme")
    return studio
