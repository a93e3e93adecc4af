"""S3 on two servers, moto and Ceph: the contracts, and many processes on one lock."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import ceph
from tests.s3 import ENVIRON, S3, Server
from tiktok_bridge import StoreError
from tiktok_bridge.testing import (
    CONTENT,
    MediaSourceContract,
    NotifierContract,
    TokenStoreContract,
)
from tiktok_bridge_s3 import addresses, entries
from tiktok_bridge_s3.media import S3Media
from tiktok_bridge_s3.notifier import S3Notifier
from tiktok_bridge_s3.store import S3TokenStore
from tiktok_bridge_s3.urls import read_media_url, read_notifier_url, read_store_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tiktok_bridge import Event

RIVAL = Path(__file__).with_name("s3_rival.py")
PROCESSES, ROUNDS = 8, 5


@pytest.fixture(scope="session")
def ceph_server() -> Iterator[Server]:
    if not ceph.is_installed():
        pytest.skip(ceph.MISSING)
    with ceph.running() as server:
        yield server


@pytest.fixture(params=["moto", "moto, versions", "ceph", "ceph, versions"])
def bucket(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[S3]:
    """An empty bucket, in turn on each server."""
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)
    name, _, versions = request.param.partition(", ")
    server: Server = request.getfixturevalue(
        "ceph_server" if name == "ceph" else "s3_server"
    )
    bucket = server.bucket()
    if versions:
        bucket.version_all()
    yield bucket
    bucket.proxy.release.set()


def open_store(s3: S3) -> S3TokenStore:
    return S3TokenStore(read_store_url(s3.url("tokens")))


STORES = ["moto", "moto, versions", "ceph"]
"""Where tokens can be kept: Ceph 16 does no conditional writes with versions."""


@pytest.mark.parametrize("bucket", STORES, indirect=True)
class TestTokenStore(TokenStoreContract):
    @pytest.fixture
    def open_store(self, bucket: S3) -> Callable[[], S3TokenStore]:
        return partial(open_store, bucket)


class Place:
    """One object."""

    def __init__(self, s3: S3) -> None:
        self.s3 = s3

    def put(self, content: bytes) -> None:
        self.s3.put("clip é.mp4", content)

    def remove(self) -> None:
        self.s3.client.delete_object(Bucket=self.s3.bucket, Key="clip é.mp4")

    def open(self) -> S3Media:
        return S3Media(read_media_url(self.s3.url("clip é.mp4")))


class TestMedia(MediaSourceContract):
    @pytest.fixture
    def place(self, bucket: S3) -> Place:
        return Place(bucket)


class TestNotifier(NotifierContract):
    @pytest.fixture
    def notifier(self, bucket: S3) -> S3Notifier:
        return S3Notifier(read_notifier_url(bucket.url("events")))

    @pytest.fixture
    def received(self, bucket: S3) -> Callable[[], list[Event]]:
        def read() -> list[Event]:
            paths = dict.fromkeys(one.path for one in bucket.sent("PUT"))
            keys = [path.removeprefix(f"/{bucket.bucket}/") for path in paths]
            return [json.loads(bucket.get(key)) for key in keys]

        return read


@pytest.mark.parametrize("bucket", ["ceph, versions"], indirect=True)
def test_ceph_is_refused_where_it_keeps_versions(bucket: S3) -> None:
    with pytest.raises(StoreError, match="conditional writes"):
        open_store(bucket).save("acme", b"record")

    assert open_store(bucket).load("acme") is None


def test_more_accounts_than_a_page_are_listed(bucket: S3) -> None:
    names = [f"a{number}" for number in range(1010)]
    for name in names:
        entry = entries.Entry(record=b"")
        bucket.put(f"tokens/{name}.account", entries.pack(name, entry))

    assert open_store(bucket).accounts() == sorted(names)


def test_a_presigned_address_needs_no_credentials(bucket: S3) -> None:
    bucket.put("clip é.mp4", CONTENT)
    place = read_media_url(bucket.url("clip é.mp4", expires=3600))

    url = addresses._presigned(place)  # noqa: SLF001 - of http, which is refused
    with urllib.request.urlopen(url) as answer:  # noqa: S310 - our own server
        assert answer.read() == CONTENT


def race(s3: S3, *options: str) -> tuple[int, dict[str, int]]:
    """Let processes count up; return what they came to, and what they met."""
    command = [sys.executable, str(RIVAL), s3.url("tokens"), str(ROUNDS), *options]
    started = [
        subprocess.Popen(  # noqa: S603 - our own program
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(PROCESSES)
    ]
    for one in started:
        assert one.stdin
        one.stdin.close()
        one.stdin = None
    said = [one.communicate(timeout=300) for one in started]
    assert [one.returncode for one in started] == [0] * PROCESSES, said
    met = {"busy": 0, "refused": 0}
    for out, _ in said:
        for name, number in json.loads(out).items():
            met[name] += number
    return int(open_store(s3).load("acme") or b"0"), met


@pytest.mark.parametrize("bucket", STORES, indirect=True)
def test_processes_on_one_lock_lose_no_update(bucket: S3) -> None:
    count, met = race(bucket)

    assert count == PROCESSES * ROUNDS
    assert met["refused"] == 0
    content = bucket.get("tokens/acme.account")
    assert entries.unpack("acme", content).fence >= PROCESSES * ROUNDS


@pytest.mark.parametrize("bucket", STORES, indirect=True)
def test_control_without_the_lock_updates_are_lost(bucket: S3) -> None:
    assert race(bucket, "--careless")[0] < PROCESSES * ROUNDS
