"""tiktok-studio-mcp's login, whose encoding of the challenge can be chosen."""

from __future__ import annotations

import io
import queue
import socket
from concurrent.futures import Future
from contextlib import redirect_stdout
from threading import Thread
from typing import TYPE_CHECKING
from urllib.error import HTTPError

import httpx
import pytest
from tiktok_mcp import auth
from tiktok_mcp.secrets import FileStore

if TYPE_CHECKING:
    from pathlib import Path

    from tests.clients.conftest import Browser
    from tiktok_bridge_sandbox.handle import TikTokSandbox


class Screen(io.StringIO):
    """What the program prints, as it prints it."""

    def __init__(self) -> None:
        super().__init__()
        self.printed: queue.SimpleQueue[str] = queue.SimpleQueue()

    def write(self, text: str) -> int:
        self.printed.put(text)
        return len(text)

    def url(self) -> str:
        """Wait for the URL that a person is told to open."""
        while "https://" not in (text := self.printed.get(timeout=5)):
            pass
        return text[text.index("https://") :].strip()


class Terminal:
    """Somebody who logs in: with a terminal, and a browser beside it."""

    def __init__(self, sandbox: TikTokSandbox, browser: Browser, path: Path) -> None:
        self.sandbox = sandbox
        self.browser = browser
        self.screen = Screen()
        self.store = FileStore(path)

    def log_in(self) -> str:
        key, secret = self.sandbox.client_key, self.sandbox.client_secret
        done: Future[str] = Future()

        def run() -> None:
            try:
                done.set_result(auth.run_auth_flow(key, secret, self.store))
            except HTTPError as error:
                done.set_exception(error)

        # A daemon: the program waits for ever if the browser never comes back.
        with redirect_stdout(self.screen):
            Thread(target=run, daemon=True).start()
            httpx.get(self.browser.log_in(self.screen.url())).raise_for_status()
            return done.result(timeout=5)


@pytest.fixture
def terminal(
    tiktok_sandbox: TikTokSandbox,
    browser: Browser,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Terminal:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    tiktok_sandbox.reset(redirect_uris="http://localhost:*/")
    base_url = tiktok_sandbox.base_url
    monkeypatch.setattr(auth, "TOKEN_URL", f"{base_url}/v2/oauth/token/")
    monkeypatch.setattr(auth, "PORT", port)
    monkeypatch.setattr(auth, "REDIRECT_URI", f"http://localhost:{port}/")
    monkeypatch.setattr("tiktok_mcp.auth._Handler.code", None)
    return Terminal(tiktok_sandbox, browser, tmp_path / "credentials.json")


def test_a_hex_challenge_leads_to_tokens(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIKTOK_MCP_SCOPES", "user.info.basic,video.upload")

    assert terminal.log_in() == "authorized; credentials stored"

    tokens = terminal.sandbox.token()
    assert terminal.store.get("refresh_token") == tokens["refresh_token"]
    assert tokens["scope"] == "user.info.basic,video.upload"


def test_a_base64url_challenge_leads_to_a_code_that_is_refused(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIKTOK_MCP_PKCE", "b64")

    with pytest.raises(HTTPError) as refused:
        terminal.log_in()

    with refused.value as answer:
        assert "Code verifier or code challenge is invalid." in answer.read().decode()
    assert terminal.store.get("refresh_token") is None
