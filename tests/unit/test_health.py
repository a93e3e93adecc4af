"""Asking whether what a URL names can be used."""

from __future__ import annotations

import sys
import threading
from importlib.metadata import EntryPoint
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from tiktok_bridge import AppSettings, Secret, Settings, StoreError, hookimpl, host
from tiktok_bridge.config.settings import Notify

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tiktok_bridge import Health

    Ask = Callable[..., Health]

URL = "vault://me:hunter2hunter2@host/tokens?token=abcdefgh"
OPEN = "open_token_store"


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Return a function that asks a plugin whose stores tell their health so."""

    def ask(tell: object = None, *, hook: str = OPEN, deadline: float = 5.0) -> Health:
        store = SimpleNamespace(**({} if tell is None else {"health": tell}))

        def open_token_store(url: str) -> object:
            return store if url.startswith("vault:") else None

        module = ModuleType("vault")
        vars(module)[OPEN] = hookimpl(open_token_store)
        monkeypatch.setitem(sys.modules, "vault", module)
        loaded = host.load([EntryPoint("vault", "vault", "tiktok_bridge")])
        return loaded.health("tokens", hook, URL, deadline=deadline)

    return ask


def test_what_the_plugin_says_is_told_on_one_line(ask: Ask) -> None:
    health = ask(lambda: " fine,\n\x1b[31m red ")

    assert (health.status, health.words) == ("ok", "fine, [31m red")
    assert (health.name, health.plugin, health.hint) == ("tokens", "vault", None)
    assert 0 <= health.seconds < 5


def test_no_secret_of_the_url_is_told(ask: Ask) -> None:
    def tell() -> str:
        raise StoreError(f"cannot open {URL}", hint=f"look at {URL}")

    health = ask(tell)

    assert health.status == "failed"
    assert health.url == "vault://me:***@host/tokens?***"
    assert "hunter2" not in repr(health)
    assert "abcdefgh" not in repr(health)
    assert "hunter2" not in ask(lambda: f"fine: {URL}").words


def test_a_plugin_that_does_not_tell_is_unknown(ask: Ask) -> None:
    health = ask()

    assert (health.status, health.plugin) == ("unknown", "vault")


@pytest.mark.parametrize("tell", [lambda: 7, lambda: None, lambda: 1 / 0, 7])
def test_a_plugin_that_breaks_its_promise_has_failed(tell: object, ask: Ask) -> None:
    health = ask(tell)

    assert health.status == "failed"
    assert "the plugin vault failed to tell how it is: " in health.words


def test_a_plugin_that_exits_has_failed(ask: Ask) -> None:
    assert ask(sys.exit).status == "failed"


def test_a_plugin_that_does_not_answer_is_left_behind(ask: Ask) -> None:
    release = threading.Event()
    health = ask(lambda: release.wait(20), deadline=0.05)
    release.set()

    assert (health.status, health.words) == ("failed", "no answer within 0.05 s")
    assert health.plugin == "vault"


def test_a_url_that_nobody_opens_has_failed(ask: Ask) -> None:
    health = ask(hook="open_notifier")

    assert (health.status, health.plugin) == ("failed", None)
    assert "no installed plugin opens vault: URLs" in health.words


def test_all_that_plugins_open_is_asked(tmp_path: Path) -> None:
    settings = Settings(
        app=AppSettings(client_key="k", client_secret=Secret("s")),
        folder=tmp_path,
        tokens="redis://host/0",
        notify=(Notify("file:a"), Notify("file:b")),
    )

    assert settings.plugged() == [
        ("tokens", "open_token_store", "redis://host/0"),
        ("notify[0].to", "open_notifier", (tmp_path / "a").as_uri()),
        ("notify[1].to", "open_notifier", (tmp_path / "b").as_uri()),
    ]
