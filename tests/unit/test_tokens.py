"""A store holds ciphertext that opens for its own account, app and key only."""

from __future__ import annotations

import errno
import json
import pickle
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from tiktok_bridge import Secret, StoreError
from tiktok_bridge.tiktok import token as records
from tiktok_bridge.tokens.keyring import KeyRing
from tiktok_bridge.tokens.keys import Keys
from tiktok_bridge.tokens.seal import Sealer

if TYPE_CHECKING:
    from pathlib import Path

RING = KeyRing({"k1": b"1" * 32, "k2": b"2" * 32})
RECORD = b'{"access_token": "act.secret"}'


@pytest.fixture
def sealed() -> bytes:
    return Sealer(RING, "app").seal("acme", 3, RECORD)


def test_a_record_opens_again_and_does_not_show_what_it_holds(sealed: bytes) -> None:
    assert Sealer(RING, "app").open("acme", sealed) == (3, RECORD)
    assert b"act.secret" not in sealed


def test_no_two_records_share_a_key_or_a_nonce() -> None:
    seals = {Sealer(RING, "app").seal("acme", 3, RECORD) for _ in range(100)}

    assert len({json.loads(one)["key"] for one in seals}) == 100
    assert len({json.loads(one)["ct"][:16] for one in seals}) == 100


def test_a_record_of_another_account_is_refused(sealed: bytes) -> None:
    with pytest.raises(StoreError, match="does not belong here"):
        Sealer(RING, "app").open("shop", sealed)


def test_a_record_of_another_app_is_refused(sealed: bytes) -> None:
    with pytest.raises(StoreError, match="does not belong here"):
        Sealer(RING, "other").open("acme", sealed)


@pytest.mark.parametrize("field", ["seq", "kid", "key", "commit", "ct"])
def test_a_record_that_was_changed_is_refused(sealed: bytes, field: str) -> None:
    fields = json.loads(sealed)
    changed = {"seq": 4, "kid": "k1"}
    fields[field] = changed.get(field, "A" + str(fields[field])[1:])
    if fields == json.loads(sealed):
        fields[field] = "B" + str(fields[field])[1:]

    with pytest.raises(StoreError):
        Sealer(RING, "app").open("acme", json.dumps(fields).encode())


@pytest.mark.parametrize("bit", range(8))
def test_no_changed_bit_of_a_record_gives_another_record(
    sealed: bytes, bit: int
) -> None:
    opened = set()
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1 << bit
        with suppress(StoreError):
            opened.add(Sealer(RING, "app").open("acme", bytes(changed)))

    assert opened <= {(3, RECORD)}, "base64 has bits that stand for nothing"


BOUND = {
    "account": ("shop", "app", 3, "k2"),
    "app": ("acme", "other", 3, "k2"),
    "sequence": ("acme", "app", 4, "k2"),
    "key": ("acme", "app", 3, "k1"),
}


@pytest.mark.parametrize(
    ("account", "app", "sequence", "key"), BOUND.values(), ids=BOUND
)
def test_a_record_that_was_sealed_for_something_else_is_refused(
    account: str, app: str, sequence: int, key: str
) -> None:
    """Its fields say that it belongs here, and all but one thing of it does."""
    ring = KeyRing({"k1": b"2" * 32, "k2": b"2" * 32})  # two names of one key
    strange = KeyRing({key: b"2" * 32})
    fields = json.loads(Sealer(strange, app).seal(account, sequence, RECORD))
    claimed = json.dumps(fields | {"seq": 3, "kid": "k2"}).encode()

    with pytest.raises(StoreError, match="does not belong here"):
        Sealer(ring, "app").open("acme", claimed)


def test_a_record_with_the_commitment_of_another_is_refused(sealed: bytes) -> None:
    other = json.loads(Sealer(RING, "app").seal("acme", 3, RECORD))
    claimed = json.loads(sealed) | {"commit": other["commit"]}

    with pytest.raises(StoreError, match="does not belong here"):
        Sealer(RING, "app").open("acme", json.dumps(claimed).encode())


RUBBISH = [
    *(b"", b"{}", b"[]", b"null", b"5", b"\xff", b'{"seq":1}', b"[" * 100_000),
    b'{"v":1,"seq":Infinity,"kid":"k2","key":"","commit":"","ct":""}',
    b'{"v":1,"seq":' + b"9" * 5_000 + b"}",
]


@pytest.mark.parametrize("rubbish", RUBBISH, ids=range(len(RUBBISH)))
def test_rubbish_is_a_damaged_record(rubbish: bytes) -> None:
    with pytest.raises(StoreError, match="damaged"):
        Sealer(RING, "app").open("acme", rubbish)


def test_a_record_whose_key_is_gone_names_the_key(sealed: bytes) -> None:
    with pytest.raises(StoreError, match="'k2'"):
        Sealer(KeyRing({"k1": b"1" * 32}), "app").open("acme", sealed)


def test_a_key_ring_is_made_once_and_is_private(tmp_path: Path) -> None:
    url = (tmp_path / "state" / "keys.json").as_uri()
    Keys(url).create()
    first = Keys(url).ring.newest

    Keys(url).create()
    assert Keys(url).ring.newest == first
    assert (tmp_path / "state" / "keys.json").stat().st_mode & 0o777 == 0o600


def test_a_key_ring_that_cannot_be_written_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    path = tmp_path / "keys.json"
    with monkeypatch.context() as broken:
        broken.setattr("os.fsync", full)
        with pytest.raises(StoreError, match="No space left"):
            Keys(path.as_uri()).create()

    assert list(tmp_path.iterdir()) == []
    Keys(path.as_uri()).create()
    assert Keys(path.as_uri()).ring.newest


def test_a_renewed_token_is_kept_although_its_life_is_not_said() -> None:
    before = records.from_response({"access_token": "act.a", "expires_in": 1}, 0)
    renewed = {"access_token": "act.b", "refresh_token": "rft.b", "expires_in": "soon"}

    token = records.from_response(renewed, 1000, before=before)
    assert token.refresh_token == Secret("rft.b")
    assert token.expires_at > 1000


def test_a_key_ring_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    Keys(path.as_uri()).create()
    path.chmod(0o644)

    with pytest.raises(StoreError, match="others may read"):
        Keys(path.as_uri()).reread()


def test_a_key_ring_may_be_an_environment_variable(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "keys.json"
    Keys(path.as_uri()).create()
    monkeypatch.setenv("MY_KEYS", path.read_text())

    assert Keys("env:MY_KEYS").ring.newest == Keys(path.as_uri()).ring.newest


@pytest.mark.parametrize("text", ["", "{}", '{"keys": []}', '{"keys": [{"id": "a"}]}'])
def test_what_is_no_key_ring_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "keys.json"
    path.touch(mode=0o600)
    path.write_text(text)

    with pytest.raises(StoreError, match="no key ring"):
        Keys(path.as_uri()).reread()


def test_a_secret_shows_nothing_and_is_never_pickled() -> None:
    secret = Secret("act.secret")

    assert "act.secret" not in f"{secret} {secret!r} {[secret]}"
    with pytest.raises(TypeError):
        pickle.dumps(secret)
