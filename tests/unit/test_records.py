"""A damaged record is named, and read back from its copy only where that is safe."""

from __future__ import annotations

import errno
import json
import logging
import os
import time
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.crashes import before_each_step, fail_from, steps_of
from tiktok_bridge import (
    AppSettings,
    Bridge,
    BusyError,
    NetworkError,
    RefusedError,
    Secret,
    Settings,
    StoreError,
    Token,
    TokenError,
    hookimpl,
)
from tiktok_bridge import host as hosts
from tiktok_bridge.tokens.keys import Keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tiktok_bridge.hookspecs import TokenStore

TOKEN = Token(
    access_token=Secret("act.a"),
    refresh_token=Secret("rft.a"),
    open_id="me",
    scopes=("video.publish",),
    expires_at=time.time() + 86_400,
    refresh_expires_at=None,
)
RENEWED = {
    "access_token": "act.b",
    "refresh_token": "rft.b",
    "expires_in": 86_400,
    "open_id": "me",
}
REFUSED = {"error": "invalid_grant", "error_description": "No", "log_id": "L"}
DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda record: record[: len(record) // 2],
    "empty": lambda record: b"",  # noqa: ARG005 - like the others
    "zeros": lambda record: bytes(len(record)),
    "one sign": lambda record: record.replace(b'"ct": "', b'"ct": "A'),
    "deep": lambda record: b"[" * 100_000,  # noqa: ARG005 - like the others
    "endless": lambda record: record.replace(b'"seq": ', b'"seq": Infinity, "x": '),
}


@pytest.fixture
def says() -> dict[str, Any]:
    return dict(RENEWED)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    app = AppSettings(client_key="aw", client_secret=Secret("s"))
    return Settings(app=app, folder=tmp_path)


@pytest.fixture
def transport(says: dict[str, Any]) -> httpx.MockTransport:
    def answer(request: httpx.Request) -> httpx.Response:
        if "failure" in says:
            raise says["failure"]
        if "revoke" in request.url.path:
            return httpx.Response(200)
        return httpx.Response(200, json=says)

    return httpx.MockTransport(answer)


@pytest.fixture
def bridge(settings: Settings, transport: httpx.MockTransport) -> Iterator[Bridge]:
    with Bridge(settings, transport=transport) as bridge:
        bridge.vault.save("acme", TOKEN)
        yield bridge


def record(bridge: Bridge, ending: str = "record", account: str = "acme") -> Path:
    return bridge.settings.folder / "state" / "tokens" / f"{account}.{ending}"


def damage(bridge: Bridge, kind: str = "cut", *, ending: str = "record") -> bytes:
    path = record(bridge, ending)
    path.write_bytes(DAMAGES[kind](path.read_bytes()))
    return path.read_bytes()


def aside(bridge: Bridge) -> list[bytes]:
    folder = record(bridge).parent
    return [path.read_bytes() for path in folder.glob("acme.*.damaged")]


# A copy that can be used


@pytest.mark.parametrize("kind", DAMAGES)
def test_a_damaged_record_is_read_back_from_its_copy_and_named(
    bridge: Bridge, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    damaged = damage(bridge, kind)

    assert bridge.vault.access("acme") == TOKEN.access_token

    assert str(record(bridge)) in caplog.text
    assert caplog.records[0].levelno == logging.WARNING
    assert aside(bridge) == [damaged]
    assert ".damaged" in caplog.text
    assert bridge.vault.accounts() == ["acme"]


@pytest.mark.parametrize("use", ["read", "refresh", "revoke", "rewrap"])
def test_whoever_meets_a_damaged_record_mends_it(bridge: Bridge, use: str) -> None:
    damaged = damage(bridge)

    if use == "rewrap":
        assert [one.error for one in bridge.vault.rewrap()] == [None]
    else:
        getattr(bridge.vault, use)("acme")

    assert aside(bridge) == [damaged] if use != "revoke" else not aside(bridge)


def test_it_is_mended_once(bridge: Bridge, caplog: pytest.LogCaptureFixture) -> None:
    damage(bridge)
    bridge.vault.read("acme")
    bridge.vault.read("acme")

    assert len(caplog.records) == 1


def test_it_is_mended_under_the_lock_of_its_account(
    bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    damage(bridge)
    monkeypatch.setattr("tiktok_bridge.tokens.records.LOCK_TIMEOUT", 0.05)
    store = bridge.host.open_token_store(bridge.settings.tokens)

    with store.lock("acme", timeout=1), pytest.raises(BusyError):
        bridge.vault.read("acme")
    assert aside(bridge) == []


def test_a_renewed_token_has_a_copy_as_well(bridge: Bridge) -> None:
    bridge.vault.refresh("acme")
    damage(bridge)

    assert bridge.vault.access("acme") == Secret("act.b")


def test_a_token_that_was_sealed_anew_has_a_copy_that_outlives_its_old_key(
    bridge: Bridge,
) -> None:
    old = bridge.vault.keys.ring.ids[0]
    bridge.vault.keys.rotate()
    assert [one.changed for one in bridge.vault.rewrap()] == [True]
    bridge.vault.retire_key(old)
    damage(bridge)

    assert bridge.vault.access("acme") == TOKEN.access_token


def test_a_token_that_was_read_back_and_is_refused_is_not_blamed_on_the_creator(
    bridge: Bridge, says: dict[str, Any]
) -> None:
    damage(bridge)
    says.clear()
    says |= REFUSED

    with pytest.raises(TokenError, match="nobody's decision"):
        bridge.vault.refresh("acme")


# A copy that cannot


def test_a_copy_of_a_token_that_was_being_renewed_is_not_used(
    bridge: Bridge, says: dict[str, Any]
) -> None:
    """The record that is lost held what came of the renewal."""
    says["failure"] = httpx.ReadTimeout("late")
    for _ in range(2):  # the record before the last one has the note, then
        with pytest.raises(NetworkError):
            bridge.vault.refresh("acme")
    damage(bridge)

    with pytest.raises(StoreError, match="was being renewed") as told:
        bridge.vault.access("acme")
    assert str(record(bridge)) in str(told.value)
    assert told.value.hint
    assert told.value.hint.endswith("auth login acme")


def test_the_token_of_another_user_is_never_read_back(bridge: Bridge) -> None:
    other = replace(TOKEN, access_token=Secret("act.you"), open_id="you")
    bridge.vault.save("acme", other, switch_user=True)
    damage(bridge)

    assert bridge.vault.access("acme") == Secret("act.you")


@pytest.mark.parametrize("open_id", ["you", None])
def test_of_another_users_token_nothing_stays_even_when_its_copy_fails(
    bridge: Bridge, open_id: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = type(bridge.host.open_token_store(bridge.settings.tokens))
    monkeypatch.setattr(store, "keeps_previous", False)  # killed before the copy
    other = replace(TOKEN, access_token=Secret("act.you"), open_id=open_id)
    bridge.vault.save("acme", other, switch_user=True)
    monkeypatch.undo()
    damage(bridge)

    with pytest.raises(StoreError, match="is damaged"):
        bridge.vault.access("acme")


@pytest.mark.parametrize("kind", DAMAGES)
def test_without_a_copy_nothing_is_lost_or_empty(bridge: Bridge, kind: str) -> None:
    damage(bridge, kind)
    damage(bridge, kind, ending="prev")
    before = record(bridge).read_bytes()

    for _ in range(2):
        with pytest.raises(StoreError) as told:
            bridge.vault.access("acme")
        assert str(record(bridge)) in str(told.value)
        assert told.value.hint
        assert told.value.hint.endswith("auth login acme")
    assert bridge.vault.accounts() == ["acme"]
    assert record(bridge).read_bytes() == before


@pytest.mark.parametrize("kind", ["cut", "empty"])
def test_a_new_token_replaces_a_damaged_one_which_is_set_aside(
    bridge: Bridge, kind: str
) -> None:
    damage(bridge, kind, ending="prev")
    damaged = damage(bridge, kind)

    bridge.vault.save("acme", TOKEN)

    assert aside(bridge) == [damaged]
    assert bridge.vault.access("acme") == TOKEN.access_token


def test_a_record_whose_key_is_missing_is_named_and_left_alone(bridge: Bridge) -> None:
    keys = bridge.settings.folder / "state" / "keys.json"
    ring = keys.read_bytes()
    keys.unlink()
    bridge.vault.keys.new()
    before = record(bridge).read_bytes()

    with pytest.raises(StoreError, match="is not in the key ring") as told:
        bridge.vault.access("acme")
    assert str(record(bridge)) in str(told.value)
    assert (record(bridge).read_bytes(), aside(bridge)) == (before, [])

    keys.unlink()
    keys.write_bytes(ring)
    keys.chmod(0o600)
    assert bridge.vault.access("acme") == TOKEN.access_token


def test_a_record_of_another_app_is_named_and_left_alone(
    bridge: Bridge, tmp_path: Path
) -> None:
    app = replace(bridge.settings.app, client_key="another")
    before = record(bridge).read_bytes()

    with (
        Bridge(Settings(app=app, folder=tmp_path)) as other,
        pytest.raises(StoreError, match="does not belong here") as told,
    ):
        other.vault.access("acme")
    assert str(record(bridge)) in str(told.value)
    assert (record(bridge).read_bytes(), aside(bridge)) == (before, [])


def test_a_record_of_another_account_is_named_and_its_copy_is_used(
    bridge: Bridge, caplog: pytest.LogCaptureFixture
) -> None:
    other = replace(TOKEN, access_token=Secret("act.shop"), open_id="shop")
    bridge.vault.save("shop", other)
    record(bridge).write_bytes(record(bridge, account="shop").read_bytes())

    assert bridge.vault.access("acme") == TOKEN.access_token
    assert "does not belong here" in caplog.text


@pytest.mark.parametrize("version", [2, 9])
def test_a_record_of_a_newer_release_is_named_and_left_alone(
    bridge: Bridge, version: int
) -> None:
    sealed = json.loads(record(bridge).read_bytes())
    record(bridge).write_text(json.dumps(sealed | {"v": version}))

    with pytest.raises(StoreError, match=f"version {version}"):
        bridge.vault.access("acme")
    assert aside(bridge) == []


def test_a_record_with_fields_of_a_newer_release_is_named_and_left_alone(
    bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as newer:
        newer.setattr("tiktok_bridge.tiktok.token.to_json", lambda _: b'{"new": 1}')
        bridge.vault.save("acme", TOKEN)

    with pytest.raises(StoreError, match="not known here"):
        bridge.vault.access("acme")
    assert aside(bridge) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EIO])
def test_a_disk_that_breaks_during_a_renewal_is_told_and_nobody_is_blamed(
    bridge: Bridge,
    settings: Settings,
    transport: httpx.MockTransport,
    says: dict[str, Any],
    number: int,
) -> None:
    steps = steps_of(lambda: bridge.vault.refresh("acme"))
    renewed = [step for step, name in steps.items() if name == "rename"][1]
    failing = before_each_step(partial(fail_from, renewed, number=number))

    with pytest.raises(StoreError, match=os.strerror(number)) as told, failing:
        bridge.vault.refresh("acme")
    assert str(record(bridge)) in str(told.value)
    assert told.value.hint
    says.clear()
    says |= REFUSED
    with (
        Bridge(settings, transport=transport) as another,
        pytest.raises(TokenError, match="nobody's decision"),
    ):
        another.vault.refresh("acme")


def test_a_token_that_a_broken_disk_did_not_take_is_saved_once_it_is_mended(
    bridge: Bridge,
    settings: Settings,
    transport: httpx.MockTransport,
    says: dict[str, Any],
) -> None:
    steps = steps_of(lambda: bridge.vault.refresh("acme"))
    renewed = [step for step, name in steps.items() if name == "rename"][1]
    says["access_token"] = "act.kept"  # noqa: S105 - a token of nobody
    with pytest.raises(StoreError), before_each_step(partial(fail_from, renewed)):
        bridge.vault.refresh("acme")
    says["failure"] = httpx.ConnectError("nobody asks TikTok again")

    assert bridge.vault.access("acme", refused=Secret("act.b")) == Secret("act.kept")
    with Bridge(settings, transport=transport) as another:
        assert another.vault.access("acme") == Secret("act.kept")


def test_a_store_that_fails_only_at_the_copy_has_kept_the_token(
    bridge: Bridge,
) -> None:
    steps = steps_of(lambda: bridge.vault.refresh("acme"))
    copied = [step for step, name in steps.items() if name == "rename"][2]

    with before_each_step(partial(fail_from, copied)):
        bridge.vault.refresh("acme")
    assert bridge.vault.access("acme") == Secret("act.b")


# Stores that can do less


class Memory:
    """A store of somebody else: bytes in, bytes out, and a lock."""

    def __init__(self) -> None:
        self.records: dict[str, bytes] = {}
        self.saves = 0

    def load(self, account: str) -> bytes | None:
        return self.records.get(account)

    def save(self, account: str, record: bytes) -> None:
        self.saves += 1
        self.records[account] = record

    def delete(self, account: str) -> None:
        self.records.pop(account, None)

    def accounts(self) -> list[str]:
        return sorted(self.records)

    def lock(self, account: str, *, timeout: float) -> AbstractContextManager[None]:
        assert account
        assert timeout > 0
        return nullcontext()


class Plugin:
    """Opens that store."""

    def __init__(self) -> None:
        self.store = Memory()

    @hookimpl
    def open_token_store(self, url: str) -> TokenStore | None:
        return self.store if url.startswith("memory:") else None


@pytest.fixture
def simple(tmp_path: Path) -> Iterator[tuple[Bridge, Memory]]:
    plugged, plugin = hosts.load([]), Plugin()
    plugged.plugins.register(plugin, name="memory")
    app = AppSettings(client_key="aw", client_secret=Secret("s"))
    settings = Settings(app=app, folder=tmp_path, tokens="memory://store")
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=RENEWED))
    with Bridge(settings, plugged, transport=transport) as bridge:
        yield bridge, plugin.store


def test_a_store_that_keeps_nothing_else_works_as_before(
    simple: tuple[Bridge, Memory],
) -> None:
    bridge, store = simple
    bridge.vault.save("acme", TOKEN)
    assert store.saves == 1

    bridge.vault.refresh("acme")
    assert store.saves == 3, "the note, and the token"
    bridge.vault.keys.rotate()
    assert [one.changed for one in bridge.vault.rewrap()] == [True]
    assert bridge.vault.access("acme") == Secret("act.b")


def test_a_damaged_record_of_such_a_store_is_named_by_its_account(
    simple: tuple[Bridge, Memory],
) -> None:
    bridge, store = simple
    bridge.vault.save("acme", TOKEN)
    store.records["acme"] = b"rubbish"

    for _ in range(2):
        with pytest.raises(StoreError, match="record of 'acme' is damaged"):
            bridge.vault.access("acme")
    bridge.vault.save("acme", TOKEN)
    assert bridge.vault.access("acme") == TOKEN.access_token


def test_a_token_that_another_renewed_is_used_where_the_lock_did_not_hold(
    simple: tuple[Bridge, Memory], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refused token is not the end while the store has a newer one."""
    bridge, _ = simple
    bridge.vault.save("acme", TOKEN)
    newer = replace(TOKEN, access_token=Secret("act.newer"))

    def refuse(*_: object) -> None:
        monkeypatch.undo()
        bridge.vault.save("acme", newer)
        raise RefusedError("no", code="invalid_grant", kind="oauth", http_status=400)

    monkeypatch.setattr(type(bridge.client.oauth), "refresh", refuse)
    with pytest.MonkeyPatch.context() as unlocked:
        lock = "tiktok_bridge.tokens.records.Records.lock"
        unlocked.setattr(lock, lambda *_: nullcontext())
        found = bridge.vault.access("acme", refused=TOKEN.access_token)

    assert found == Secret("act.newer")
    assert bridge.vault.access("acme") == Secret("act.newer")


# What is read again and what is not


def test_no_key_is_added_while_a_record_is_on_its_way_to_the_store(
    simple: tuple[Bridge, Memory], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a record could need a key that somebody then thinks nothing needs."""
    bridge, store = simple
    monkeypatch.setattr("tiktok_bridge.tokens.keyfile.CHANGE_TIMEOUT", 0.05)
    save, tried = store.save, []

    def save_and_rotate(account: str, record: bytes) -> None:
        with pytest.raises(BusyError):
            Keys(bridge.settings.keys).rotate()
        tried.append(account)
        save(account, record)

    monkeypatch.setattr(store, "save", save_and_rotate)
    bridge.vault.save("acme", TOKEN)
    bridge.vault.prepare("acme")

    assert tried == ["acme", "acme"]


def test_a_record_that_another_process_saved_is_seen(
    bridge: Bridge, tmp_path: Path
) -> None:
    assert bridge.vault.access("acme") == TOKEN.access_token
    with Bridge(Settings(app=bridge.settings.app, folder=tmp_path)) as other:
        other.vault.save("acme", replace(TOKEN, access_token=Secret("act.new")))

    assert bridge.vault.access("acme") == Secret("act.new")


def test_a_record_is_not_read_from_memory_when_its_key_is_gone(bridge: Bridge) -> None:
    assert bridge.vault.access("acme") == TOKEN.access_token
    keys = bridge.settings.folder / "state" / "keys.json"
    keys.unlink()

    with pytest.raises(StoreError, match="cannot read the key ring"):
        bridge.vault.access("acme")
    bridge.vault.keys.new()
    with pytest.raises(StoreError, match="is not in the key ring"):
        bridge.vault.access("acme")


def test_an_old_ring_in_memory_is_read_again_for_a_newer_record(
    bridge: Bridge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even if the file looks as before, as it may within one tick of its clock."""
    assert bridge.vault.access("acme") == TOKEN.access_token
    with Bridge(Settings(app=bridge.settings.app, folder=tmp_path)) as other:
        other.vault.keys.rotate()
        list(other.vault.rewrap())
    stamp = bridge.vault.keys._seen  # noqa: SLF001 - what is remembered
    assert stamp
    monkeypatch.setattr("tiktok_bridge.tokens.keyfile.stamp_of", lambda _: stamp[0])

    assert bridge.vault.access("acme") == TOKEN.access_token
