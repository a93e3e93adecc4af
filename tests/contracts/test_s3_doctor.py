"""What the plugin for S3 brings to the doctor."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from tests.diagnostics.judging import Seen, judge, said
from tiktok_bridge import AppSettings, Fact, Notify, Secret, Settings, host
from tiktok_bridge.testing import ChecksContract, CollectorsContract
from tiktok_bridge_diagnostics import registry
from tiktok_bridge_s3 import register_checks, register_collectors
from tiktok_bridge_s3.store import S3TokenStore
from tiktok_bridge_s3.urls import read_store_url

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.s3 import S3
    from tiktok_bridge import Check, Collector, Visit

CHECKS = {one.id: one for one in register_checks()}


def visit_of(folder: Path, url: str) -> Visit:
    app = AppSettings(client_key="key", client_secret=Secret("secret-of-the-app"))
    settings = Settings(app=app, folder=folder, tokens=url, notify=(Notify(url),))
    visit: Any = SimpleNamespace(settings=settings)
    return visit  # type: ignore[no-any-return] # no collector here asks for more


@pytest.fixture
def visit(s3: S3, tmp_path: Path) -> Visit:
    return visit_of(tmp_path, s3.url("state/"))


def collected(visit: Visit) -> list[Fact]:
    (collector,) = register_collectors()
    found = collector.collect(visit)
    return [replace(one, id=f"s3.{at}") for at, one in enumerate(found)]


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
    assert "s3" in [one.name for one in registry.all_collectors(loaded)]


def test_the_facts_are_what_the_server_says_and_nothing_is_written(
    visit: Visit, s3: S3
) -> None:
    tokens, events = collected(visit)

    assert (tokens.about, events.about) == ("", "notify[0].to")
    assert tokens.data["keeps_versions"] is False
    assert tokens.data["has_rules"] is False
    assert tokens.data["has_tried_conditions"] is False
    assert abs(tokens.data["ahead_seconds"]) < 60
    assert (tokens.data["has_tokens"], events.data["has_tokens"]) == (True, False)
    assert s3.names() == []


def test_a_store_that_is_used_has_tried_conditional_writes(
    visit: Visit, s3: S3
) -> None:
    S3TokenStore(read_store_url(s3.url("state/"))).save("acme", b"record")
    s3.version_all()

    tokens, _ = collected(visit)

    assert tokens.data["has_tried_conditions"] is True
    assert tokens.data["keeps_versions"] is True


def test_what_these_credentials_may_not_ask_is_not_known(visit: Visit, s3: S3) -> None:
    s3.fail("GET", 4, status=403)

    tokens, _ = collected(visit)

    assert tokens.data["keeps_versions"] is None
    assert tokens.data["has_rules"] is None


def test_a_bucket_that_is_away_or_none_of_ours_has_no_facts(
    s3: S3, tmp_path: Path
) -> None:
    nobody: Any = SimpleNamespace(settings=None)
    gone = s3.url("state/").replace("s3://", "s3://no-")

    assert collected(visit_of(tmp_path, gone)) == []
    assert collected(visit_of(tmp_path, "file:tokens")) == []
    assert collected(nobody) == []


def bucket(about: str = "", **data: Any) -> Seen:  # noqa: ANN401 - JSON
    good = {"has_tokens": True, "keeps_versions": False, "has_rules": False}
    return "s3", about, good | {"has_tried_conditions": True, "ahead_seconds": 0} | data


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (bucket(), ["pass:answers"]),
        (bucket(ahead_seconds=None), ["pass:answers"]),
        (bucket(keeps_versions=None, has_rules=None), ["pass:answers"]),
        (bucket(keeps_versions=True), ["warn:versions-pile-up"]),
        (bucket(keeps_versions=True, has_rules=True), ["pass:answers"]),
        (bucket(keeps_versions=True, has_rules=None), ["pass:answers"]),
        (bucket("x", keeps_versions=True, has_tokens=False), ["pass:answers:x"]),
        (bucket(ahead_seconds=300), ["pass:answers"]),
        (bucket(ahead_seconds=301), ["warn:apart"]),
        (bucket(ahead_seconds=-301), ["warn:apart"]),
    ],
)
def test_a_bucket_is_judged_by_what_was_seen(seen: Seen, expected: list[str]) -> None:
    assert said(judge("plug.s3", seen, checks=CHECKS)) == expected
