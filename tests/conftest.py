"""Settings of the whole suite."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests import postgres, redis_server
from tests import s3 as s3_servers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Shared machines are slow at times, and a run must be the same when it is repeated.
settings.register_profile(
    "suite",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("thorough", settings.get_profile("suite"), max_examples=2000)
settings.load_profile("suite")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """A server of this run alone, started when a test first needs it."""
    programs = postgres.find_programs()
    if programs is None:
        pytest.skip(postgres.MISSING)
    with postgres.running(programs) as server:
        yield server


@pytest.fixture(scope="session")
def redis_program() -> str:
    """The server's program; without it a test is skipped, in CI it fails."""
    if not redis_server.is_installed():
        (pytest.fail if redis_server.is_required() else pytest.skip)(
            redis_server.MISSING
        )
    return redis_server.PROGRAM


@pytest.fixture(scope="session")
def shared_redis(redis_program: str) -> Iterator[redis_server.Server]:
    """A server of this run alone, started when a test first needs it."""
    with redis_server.running(program=redis_program) as server:
        yield server


@pytest.fixture
def empty_redis(shared_redis: redis_server.Server) -> redis_server.Server:
    """The same, with nothing in it."""
    with shared_redis.client() as client:
        client.flushall()
    return shared_redis


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a ledger that is not there yet, in turn on each database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/ledger.db"
        return
    server: postgres.Server = request.getfixturevalue("postgres_server")
    with server.database() as url:
        yield url


@pytest.fixture(scope="session")
def s3_server() -> Iterator[s3_servers.Server]:
    """A server that speaks S3, of this run alone."""
    with s3_servers.running() as server:
        yield server


@pytest.fixture
def s3(
    s3_server: s3_servers.Server, monkeypatch: pytest.MonkeyPatch
) -> Iterator[s3_servers.S3]:
    """An empty bucket; every fault that a test orders has to happen."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in s3_servers.ENVIRON.items():
        monkeypatch.setenv(name, value)
    bucket = s3_server.bucket()
    yield bucket
    bucket.proxy.release.set()
    assert list(bucket.proxy.faults) == []
