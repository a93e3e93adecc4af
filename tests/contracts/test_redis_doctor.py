"""What the plugin for Redis brings to the doctor."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from tests.diagnostics.judging import Seen, judge, said
from tiktok_bridge import AppSettings, Fact, Notify, Secret, Settings, host
from tiktok_bridge.testing import ChecksContract, CollectorsContract
from tiktok_bridge_diagnostics import registry
from tiktok_bridge_redis import register_checks, register_collectors

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.redis_server import Server
    from tiktok_bridge import Check, Collector, Visit

CHECKS = {one.id: one for one in register_checks()}


def visit_of(folder: Path, url: str, events: str = "file:events") -> Visit:
    app = AppSettings(client_key="key", client_secret=Secret("secret-of-the-app"))
    settings = Settings(app=app, folder=folder, tokens=url, notify=(Notify(events),))
    visit: Any = SimpleNamespace(settings=settings)
    return visit  # type: ignore[no-any-return] # no collector here asks for more


@pytest.fixture
def visit(empty_redis: Server, tmp_path: Path) -> Visit:
    events = empty_redis.url("stream=events")
    return visit_of(tmp_path, empty_redis.url(), events)


def collected(visit: Visit) -> list[Fact]:
    (collector,) = register_collectors()
    found = collector.collect(visit)
    return [replace(one, id=f"redis.{at}") for at, one in enumerate(found)]


class TestCollectors(CollectorsContract):
    @pytest.fixture
    def collectors(self) -> Sequence[Collector]:
        return register_collectors()

    @pytest.fixture
    def visit(self, visit: Visit) -> Visit:
        return visit


class TestChecks(ChecksContract):
    @pytest.fixture
    def checks(self) -> Sequence[Check]:
        return register_checks()

    @pytest.fixture
    def facts(self, visit: Visit) -> Sequence[Fact]:
        return collected(visit)


def test_the_doctor_asks_the_plugin() -> None:
    loaded = host.load()

    assert CHECKS.keys() <= registry.all_checks(loaded).keys()
    assert "redis" in [one.name for one in registry.all_collectors(loaded)]


def test_the_facts_are_what_the_server_says(visit: Visit, empty_redis: Server) -> None:
    with empty_redis.client() as client:
        client.config_set("maxmemory", "100mb")
        client.config_set("maxmemory-policy", "allkeys-lru")
        try:
            tokens, events = collected(visit)
        finally:
            client.config_set("maxmemory", "0")
            client.config_set("maxmemory-policy", "noeviction")
            found = client.dbsize()

    assert (tokens.about, events.about) == ("", "notify[0].to")
    assert tokens.data["policy"] == "allkeys-lru"
    assert tokens.data["has_limit"] is True
    assert tokens.data["is_appending"] is False
    assert abs(tokens.data["ahead_seconds"]) < 60
    assert (tokens.data["has_tokens"], events.data["has_tokens"]) == (True, False)
    assert tokens.data["evicts_any"] is True
    assert tokens.data["is_replica"] is False
    assert found == 0


def test_a_server_that_is_away_or_none_of_ours_has_no_facts(tmp_path: Path) -> None:
    nobody: Any = SimpleNamespace(settings=None)

    assert collected(visit_of(tmp_path, "redis://127.0.0.1:1/0?timeout=1")) == []
    assert collected(visit_of(tmp_path, "file:tokens")) == []
    assert collected(nobody) == []


def server(about: str = "", **data: Any) -> Seen:  # noqa: ANN401 - JSON
    good = {
        "has_tokens": True,
        "version": "7.0",
        "is_replica": False,
        "has_limit": True,
    }
    good |= {
        "policy": "noeviction",
        "evicts_any": False,
        "is_appending": True,
        "last_write_ok": True,
    }
    return "redis", about, good | {"last_snapshot_ok": True, "ahead_seconds": 0} | data


@pytest.mark.parametrize(
    ("check", "seen", "expected"),
    [
        ("plug.redis", server(), ["pass:keeps"]),
        ("plug.redis", server(policy="volatile-lru", has_limit=True), ["pass:keeps"]),
        ("plug.redis", server(evicts_any=True), ["fail:evicts"]),
        (
            "plug.redis",
            server("x", evicts_any=True, has_tokens=False),
            ["warn:evicts:x"],
        ),
        (
            "plug.redis",
            server(evicts_any=True, has_limit=False),
            ["warn:would-evict"],
        ),
        ("plug.redis", server(is_replica=True), ["fail:replica"]),
        ("plug.redis_persistence", server(), ["pass:appending"]),
        ("plug.redis_persistence", server(is_appending=False), ["warn:not-appending"]),
        ("plug.redis_persistence", server(last_write_ok=False), ["fail:write-failed"]),
        (
            "plug.redis_persistence",
            server(last_snapshot_ok=False),
            ["fail:write-failed"],
        ),
        ("plug.redis_persistence", server(has_tokens=False), []),
        ("plug.redis_clock", server(ahead_seconds=60), ["pass:together"]),
        ("plug.redis_clock", server(ahead_seconds=-61), ["warn:apart"]),
        ("plug.redis_clock", server(ahead_seconds=61), ["warn:apart"]),
    ],
)
def test_a_check_judges_what_was_seen(
    check: str, seen: Seen, expected: list[str]
) -> None:
    assert said(judge(check, seen, checks=CHECKS)) == expected
