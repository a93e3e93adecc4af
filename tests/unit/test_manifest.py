"""What a plugin says of itself."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from tiktok_bridge import PluginError, hookimpl, host
from tiktok_bridge.hookspecs import HOOK_VERSION

if TYPE_CHECKING:
    from collections.abc import Callable

    Load = Callable[..., host.Host]


def open_notifier(url: str) -> None:
    """Decline every URL."""


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Load:
    """Return a function that loads a plugin `log` whose module has these names."""

    def load(**names: object) -> host.Host:
        module = ModuleType("log")
        vars(module).update({"open_notifier": hookimpl(open_notifier)} | names)
        monkeypatch.setitem(sys.modules, "log", module)
        return host.load([EntryPoint("log", "log", "tiktok_bridge")])

    return load


def test_a_plugin_says_its_version_and_its_schemes(load: Load) -> None:
    loaded = load(HOOK_VERSION=1, SCHEMES={"open_notifier": ("log", "logs")})

    assert loaded.broken == []
    assert loaded.hook_version("log") == 1
    assert loaded.schemes("log") == {"open_notifier": ["log", "logs"]}


def test_a_plugin_that_says_nothing_is_taken(load: Load) -> None:
    loaded = load()

    assert loaded.broken == []
    assert loaded.hook_version("log") is None
    assert loaded.schemes("log") == {}


def test_a_plugin_for_newer_hooks_is_refused_and_leaves_no_trace(load: Load) -> None:
    loaded = load(HOOK_VERSION=HOOK_VERSION + 1)

    (broken,) = loaded.broken
    assert "written for version 2 of the hooks, and this release" in str(broken)
    assert "has version 1; install a newer tiktok-bridge" in str(broken)
    assert loaded.plugins.get_plugins() == set()


@pytest.mark.parametrize("version", ["1", 0, -1, True, 1.0, [1]])
def test_a_version_that_is_none_makes_a_plugin_a_broken_one(
    version: object, load: Load
) -> None:
    (broken,) = load(HOOK_VERSION=version).broken

    assert "and no number from 1" in str(broken)


@pytest.mark.parametrize(
    "schemes", ["log", {"open_notifier": "log"}, {"open_notifier": [1]}, 7, [("a",)]]
)
def test_schemes_that_are_none_make_a_plugin_a_broken_one(
    schemes: object, load: Load
) -> None:
    loaded = load(SCHEMES=schemes)

    assert "no mapping of hooks to lists" in str(loaded.broken[0])
    assert loaded.plugins.get_plugins() == set()


def test_schemes_of_a_hook_that_is_missing_make_a_plugin_a_broken_one(
    load: Load,
) -> None:
    (broken,) = load(SCHEMES={"open_token_store": ["log"]}).broken

    assert "SCHEMES names open_token_store, which it does not implement" in str(broken)


def test_a_scheme_that_another_hook_opens_is_told(load: Load) -> None:
    loaded = load(SCHEMES={"open_notifier": ["log"]})

    with pytest.raises(PluginError, match="log: URLs by open_token_store") as refusal:
        loaded.open_token_store("log:x")

    assert refusal.value.hint == "log: URLs are opened by open_notifier only"


def test_a_broken_plugin_is_named_for_each_scheme_that_it_would_open() -> None:
    missing = EntryPoint("redis", "no_such_module", "tiktok_bridge")
    loaded = host.load([missing])

    with pytest.raises(PluginError, match=r"the plugin for rediss: URLs is broken"):
        loaded.open_token_store("rediss://host")


def test_a_broken_plugin_is_not_named_for_what_it_would_not_open() -> None:
    loaded = host.load([EntryPoint("webhook", "no_such_module", "tiktok_bridge")])

    with pytest.raises(PluginError, match="no installed plugin opens https:") as told:
        loaded.open_token_store("https://host")
    with pytest.raises(PluginError, match="the plugin for https: URLs is broken"):
        loaded.open_notifier("https://host")

    assert told.value.hint == (
        "install a plugin that implements open_token_store for https:"
    )


def test_a_plugin_that_is_missing_is_named_for_what_it_opens() -> None:
    with pytest.raises(PluginError) as told:
        host.load([]).open_notifier("https://host")

    assert told.value.hint == "install tiktok-bridge-webhook, which opens them"
