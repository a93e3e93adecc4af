"""A plugin that breaks its promise is an error that names it."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from types import ModuleType
from typing import TYPE_CHECKING, Any

import click
import pytest

from tiktok_bridge import BusyError, MediaStat, PluginError, hookimpl, host

if TYPE_CHECKING:
    from collections.abc import Iterator


class Store:
    """A store whose every answer a test may spoil."""

    record: Any = b"record"
    error: BaseException | None = None

    def load(self, account: str) -> Any:  # noqa: ANN401 - also what it must not be
        del account
        if self.error:
            raise self.error
        return self.record

    def save(self, account: str, record: bytes) -> None:
        self.load(account + str(record))

    def delete(self, account: str) -> None:
        self.load(account)

    def accounts(self) -> list[str]:
        self.load("")
        return ["b", "a"]

    def lock(self, account: str, *, timeout: float) -> AbstractContextManager[None]:
        self.load(account + str(timeout))
        return nullcontext()


class Media:
    """A source of ten bytes that a test may spoil."""

    stat_answer: Any = MediaStat(10, "v1")
    pieces: tuple[Any, ...] = (b"01234", b"56789")

    def stat(self) -> Any:  # noqa: ANN401 - also what it must not be
        return self.stat_answer

    def read(self, start: int, stop: int) -> Iterator[Any]:
        del start, stop
        yield from self.pieces


def plugged(hook: str, opened: object) -> host.Host:
    plugin = ModuleType("stranger")
    vars(plugin)[hook] = hookimpl(lambda url: opened)  # noqa: ARG005 - named by the hook
    loaded = host.load([])
    loaded.plugins.register(plugin, name="stranger")
    return loaded


@pytest.mark.parametrize(
    "error", [ConnectionError("gone"), SystemExit(5), ValueError("odd"), KeyError("k")]
)
@pytest.mark.parametrize("act", ["load", "save", "delete", "accounts", "lock"])
def test_what_a_store_raises_names_the_plugin(act: str, error: BaseException) -> None:
    spoilt = Store()
    store = plugged("open_token_store", spoilt).open_token_store("x:")
    acts: dict[str, Any] = {
        "load": lambda: store.load("a"),
        "save": lambda: store.save("a", b""),
        "delete": lambda: store.delete("a"),
        "accounts": store.accounts,
        "lock": lambda: store.lock("a", timeout=1).__enter__(),
    }
    acts[act]()
    spoilt.error = error

    with pytest.raises(PluginError, match="the plugin stranger failed to"):
        acts[act]()


def test_an_error_of_ours_passes_as_it_is() -> None:
    spoilt = Store()
    spoilt.error = BusyError("busy")

    with pytest.raises(BusyError):
        plugged("open_token_store", spoilt).open_token_store("x:").load("a")


def test_a_record_that_is_no_bytes_names_the_plugin() -> None:
    spoilt = Store()
    spoilt.record = "text"

    with pytest.raises(PluginError, match="is no bytes"):
        plugged("open_token_store", spoilt).open_token_store("x:").load("a")


@pytest.mark.parametrize("stat", [None, 5, MediaStat("5", "v")])  # type: ignore[arg-type] # wrong on purpose
def test_a_stat_that_is_none_names_the_plugin(stat: object) -> None:
    media = Media()
    media.stat_answer = stat

    with pytest.raises(PluginError, match="stranger"):
        plugged("open_media_source", media).open_media_source("x:").stat()


@pytest.mark.parametrize(
    "pieces",
    [(b"0123",), (b"0" * 11,), (), ("0123456789",), (b"01234", None, b"56789")],
)
def test_other_bytes_than_were_asked_for_name_the_plugin(
    pieces: tuple[Any, ...],
) -> None:
    media = Media()
    source = plugged("open_media_source", media).open_media_source("x:")
    assert b"".join(source.read(0, 10)) == b"0123456789"
    media.pieces = pieces

    with pytest.raises(PluginError, match="failed to read a video"):
        b"".join(source.read(0, 10))


def test_a_command_that_exits_while_it_is_added_is_reported() -> None:
    def register_commands(cli: click.Group) -> None:
        raise SystemExit(cli)

    plugin = ModuleType("stranger")
    vars(plugin)["register_commands"] = hookimpl(register_commands)
    loaded = host.load([])
    loaded.plugins.register(plugin, name="stranger")
    loaded.add_commands(click.Group())

    assert [broken.name for broken in loaded.broken] == ["stranger"]


def test_a_plugin_may_not_replace_a_command() -> None:
    def register_commands(cli: click.Group) -> None:
        cli.add_command(click.Command("publish"))

    plugin = ModuleType("stranger")
    vars(plugin)["register_commands"] = hookimpl(register_commands)
    loaded = host.load([])
    loaded.plugins.register(plugin, name="stranger")
    ours = click.Command("publish")
    cli = click.Group(commands={"publish": ours})
    loaded.add_commands(cli)

    assert cli.commands["publish"] is ours
    assert "publish" in str(loaded.broken[0])
