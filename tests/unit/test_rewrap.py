"""Every record gets the newest key, whatever happens on the way."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.crashes import die_at, steps_of
from tiktok_bridge import (
    AppSettings,
    Bridge,
    ConfigError,
    Secret,
    Settings,
    StoreError,
    Token,
)
from tiktok_bridge.tokens import records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tiktok_bridge.tokens.vault import Vault

TOKEN = Token(
    access_token=Secret("act.a"),
    refresh_token=Secret("rft.a"),
    open_id="me",
    scopes=("video.publish",),
    expires_at=time.time() + 86_400,
    refresh_expires_at=None,
)
ACCOUNTS = ["acme", "shop", "zoe"]
EVERY = 11
"""Steps from one kill to the next; tests/chaos kills at each."""


@pytest.fixture
def open_vault(tmp_path: Path) -> Iterator[Callable[[], Vault]]:
    opened: list[Bridge] = []

    def open_vault() -> Vault:
        app = AppSettings(client_key="aw", client_secret=Secret("s"))
        opened.append(Bridge(Settings(app=app, folder=tmp_path)))
        return opened[-1].vault

    vault = open_vault()
    for account in ACCOUNTS:
        vault.save(account, replace(TOKEN, access_token=Secret(f"act.{account}")))
    vault.keys.rotate()
    yield open_vault
    for bridge in opened:
        bridge.close()


@pytest.fixture
def vault(open_vault: Callable[[], Vault]) -> Vault:
    return open_vault()


def rewrap(vault: Vault) -> list[tuple[str, bool, bool]]:
    return [(one.account, one.changed, bool(one.error)) for one in vault.rewrap()]


def needed(vault: Vault) -> list[tuple[str, ...]]:
    return [use.accounts for use in vault.key_use()]


def test_every_record_is_sealed_anew_once(vault: Vault) -> None:
    assert needed(vault) == [tuple(ACCOUNTS), ()]

    assert rewrap(vault) == [(account, True, False) for account in ACCOUNTS]
    assert rewrap(vault) == [(account, False, False) for account in ACCOUNTS]
    assert needed(vault) == [(), tuple(ACCOUNTS)]
    for account in ACCOUNTS:
        assert vault.access(account) == Secret(f"act.{account}")


def test_what_cannot_be_read_is_named_and_the_rest_goes_on(
    vault: Vault, tmp_path: Path
) -> None:
    for ending in ("record", "prev"):
        (tmp_path / "state" / "tokens" / f"acme.{ending}").write_text("rubbish")

    first, *others = vault.rewrap()

    assert (first.account, first.changed) == ("acme", False)
    assert isinstance(first.error, StoreError)
    assert "acme.record is damaged" in str(first.error)
    assert [one.changed for one in others] == [True, True]


def test_a_record_that_is_held_is_named_and_the_rest_goes_on(
    vault: Vault, open_vault: Callable[[], Vault], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "LOCK_TIMEOUT", 0.05)
    with open_vault()._records.lock("shop"):  # noqa: SLF001 - another process
        found = rewrap(vault)

    assert found == [("acme", True, False), ("shop", False, True), ("zoe", True, False)]


def test_killed_at_any_step_every_record_opens_and_a_rerun_finishes(
    open_vault: Callable[[], Vault],
) -> None:
    vault = open_vault()
    steps = steps_of(partial(rewrap, open_vault()))
    assert len(steps) > 100, "the control: there is something to kill at"
    for step in list(steps)[::EVERY]:
        vault.keys.rotate()
        die_at(step, lambda: rewrap(open_vault()))

        for account in ACCOUNTS:
            assert vault.access(account) == Secret(f"act.{account}")
        assert not any(failed for _, _, failed in rewrap(open_vault()))
        assert needed(vault)[-1] == tuple(ACCOUNTS)


def test_a_key_that_is_needed_is_not_retired(vault: Vault) -> None:
    old, newest = vault.keys.ring.ids
    first = next(vault.rewrap())

    with pytest.raises(ConfigError, match=f"{old} is still needed by shop, zoe"):
        vault.retire_key(old)
    assert first.account == "acme"
    rewrap(vault)
    assert vault.retire_key(old).ids == (newest,)
    for account in ACCOUNTS:
        assert vault.access(account) == Secret(f"act.{account}")


def test_a_key_that_only_the_copy_of_a_damaged_record_needs_is_not_retired(
    vault: Vault, tmp_path: Path
) -> None:
    old = vault.keys.ring.ids[0]
    for account in ("shop", "zoe"):
        vault.save(account, TOKEN)
    (tmp_path / "state" / "tokens" / "acme.record").write_text("rubbish")

    with pytest.raises(ConfigError, match="still needed by acme"):
        vault.retire_key(old)


def test_a_key_that_a_record_needs_and_nobody_has_is_listed(
    vault: Vault, tmp_path: Path
) -> None:
    lost = vault.keys.ring.ids[0]
    (tmp_path / "state" / "keys.json").unlink()
    new = vault.keys.new().ids[0]

    assert [(use.key_id, use.is_held, use.seals) for use in vault.key_use()] == [
        (lost, False, False),
        (new, True, True),
    ]


def test_a_record_that_is_sealed_anew_during_a_read_is_read(
    vault: Vault, open_vault: Callable[[], Vault], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bytes are read, then another process rewraps and retires their key."""
    old = vault.keys.ring.ids[0]
    other, store = open_vault(), vault._records._store  # noqa: SLF001 - a race
    load, races = store.load, [True]

    def load_and_race(account: str) -> bytes | None:
        found = load(account)
        if races and races.pop():
            rewrap(other)
            other.retire_key(old)
        return found

    monkeypatch.setattr(store, "load", load_and_race)

    assert vault.access("acme") == Secret("act.acme")
