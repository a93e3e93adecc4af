"""What changes something at TikTok needs consent, and then tells of the audit."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from tests.journeys.conftest import Studio
from tiktok_bridge import Bridge, ConfigError, host
from tiktok_bridge_diagnostics import consent, probe, trial
from tiktok_bridge_diagnostics.doctor import examine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tiktok_bridge import Collector
    from tiktok_bridge_diagnostics.doctor import Examination
    from tiktok_bridge_sandbox.handle import TikTokSandbox

    Start = Callable[..., Studio]


@pytest.fixture
def start(tmp_path: Path, tiktok_sandbox: TikTokSandbox) -> Iterator[Start]:
    """Start a scenario of the sandbox, and log its accounts in."""

    def start(scenario: str, *accounts: str, **switches: object) -> Studio:
        tiktok_sandbox.reset(scenario, **switches)
        studio = Studio(tmp_path / "studio", tiktok_sandbox)
        studio.log_in(*(accounts or ("acme",)))
        return studio

    yield start
    tiktok_sandbox.assert_consumed()


def look(studio: Studio, *probes: Collector) -> Examination:
    return examine(studio.folder / "bridge.yaml", host.load(), also=probes)


def finding(examined: Examination, check: str) -> tuple[str, str]:
    (one,) = [one for one in examined.report.findings if one.check == check]
    return one.status.value, one.reason


def made(studio: Studio) -> dict[str, int]:
    """The calls that change something."""
    calls = studio.sandbox.state()["calls"]
    return {
        name: calls[name]
        for name in ("video_init", "inbox_init", "photo_init", "upload", "token")
        if calls[name]
    }


CHANGING = [("--probe", "audit"), ("--test-post",)]


@pytest.mark.parametrize("options", CHANGING)
@pytest.mark.parametrize(
    "consented",
    [(), ("--account", "acme"), ("--consent", "shop"), ("--consent", "")],
)
def test_nothing_is_sent_without_consent_for_this_account(
    start: Start,
    capsys: pytest.CaptureFixture[str],
    options: tuple[str, ...],
    consented: tuple[str, ...],
) -> None:
    studio = start("audited")

    assert studio.run("doctor", *options, *consented) == 2
    assert made(studio) == {}
    said = capsys.readouterr().err
    assert "nothing was sent" in said
    assert ("Nobody consented" in said) == ("--consent" not in consented)


def test_a_run_without_probes_changes_nothing(start: Start) -> None:
    studio = start("audited")

    assert studio.run("doctor") in (0, 5)
    assert {k: v for k, v in made(studio).items() if k != "token"} == {}
    assert not (studio.folder / "state" / "ledger.db").exists()


def test_of_several_accounts_one_has_to_be_named(start: Start) -> None:
    studio = start("audited", "acme", "studio")

    assert studio.run("doctor", "--probe", "audit") == 2
    assert made(studio) == {}


@pytest.mark.parametrize(
    "options",
    [
        ("--account", "acme"),
        ("--consent", "acme"),
        ("--i-accept-public-post", "@acme"),
        ("--probe", "audit", "--consent", "acme", "--i-accept-public-post", "@acme"),
    ],
)
def test_options_that_consent_to_nothing_are_refused(
    start: Start, options: tuple[str, ...]
) -> None:
    studio = start("audited")

    assert studio.run("doctor", *options) == 2
    assert made(studio) == {}


@pytest.mark.parametrize(
    ("typed", "is_taken"), [("acme", True), (" acme\n", True), ("ACME", False)]
)
def test_the_name_is_typed_on_a_terminal(typed: str, *, is_taken: bool) -> None:
    said: list[str] = []

    def ask(text: str) -> str:
        said.append(text)
        return typed

    if is_taken:
        consent.require("acme", "It posts.", None, ask)
    else:
        with pytest.raises(ConfigError, match="nothing was sent"):
            consent.require("acme", "It posts.", None, ask)
    assert said == ["It posts.\nType the account's name to go on"]


@pytest.mark.parametrize(
    ("scenario", "account", "asked", "verdict", "outcome"),
    [
        (
            "unaudited-public-account",
            "acme",
            "SELF_ONLY",
            ("unaudited", "confirmed"),
            ("pass", "refused-as-unaudited"),
        ),
        (
            "unaudited-private-account",
            "acme",
            "FOLLOWER_OF_CREATOR",
            ("unaudited", "confirmed"),
            ("pass", "refused-as-unaudited"),
        ),
        ("audited", "acme", "SELF_ONLY", ("audited", "probable"), ("pass", "taken")),
        (
            "audited",
            "studio",
            "FOLLOWER_OF_CREATOR",
            ("audited", "probable"),
            ("pass", "taken"),
        ),
        (
            "user-cap",
            "acme",
            None,
            ("undetermined", "none"),
            ("skipped", "not-applicable"),
        ),
    ],
)
def test_a_probe_makes_one_init_and_sends_no_bytes(  # noqa: PLR0913, PLR0917
    start: Start,
    scenario: str,
    account: str,
    asked: str | None,
    verdict: tuple[str, str],
    outcome: tuple[str, str],
) -> None:
    studio = start(scenario, account)

    examined = look(studio, probe.collector(account))

    audit = examined.report.audit
    assert (audit.status, audit.certainty) == verdict
    assert finding(examined, "audit.probe_init")[0] in (outcome[0], "blocked")
    inits = {"video_init": 1} if asked else {}
    assert {k: v for k, v in made(studio).items() if k != "token"} == inits
    for fact in examined.collection.facts:
        if fact.kind == "probe":
            assert fact.data["asked"] == asked


def test_what_a_probe_began_is_never_continued(start: Start) -> None:
    studio = start("audited")

    look(studio, probe.collector("acme"))

    with studio.bridge() as bridge:
        assert bridge.due() == []
        assert bridge.ledger.entries() == []
        used = {one.kind: one.made for one in bridge.ledger.limits.recent()}
    assert used == {"creator_info": 1, "video_init": 1}


def test_a_probe_waits_for_the_window_that_publish_uses(start: Start) -> None:
    studio = start("audited")
    with Bridge.from_config(studio.folder / "bridge.yaml") as bridge:
        for _ in range(6):
            assert bridge.ledger.limits.slot("acme", "video_init") == 0

    examined = look(studio, probe.collector("acme"))

    assert "video_init" not in made(studio)
    assert finding(examined, "audit.probe_init") == ("unknown", "other-answer")


def test_a_token_that_has_ended_is_not_renewed(start: Start) -> None:
    studio = start("audited", expires_in=1)
    time.sleep(1.1)  # its life
    examined = look(studio, probe.collector("acme"))

    assert "probe" not in examined.collection.tapes
    assert "video_init" not in made(studio)
    assert finding(examined, "audit.probe_init")[0] in ("unknown", "blocked")


def test_silently_narrowed_posts_are_told_where_a_status_names_the_level(
    start: Start,
) -> None:
    studio = start("unaudited-silent-self-only", status_privacy_level=True)

    examined = look(studio, trial.collector("acme", "@acme"))

    assert finding(examined, "audit.verdict") == ("fail", "silent-self-only")
    (fact,) = [one for one in examined.collection.facts if one.kind == "trial"]
    assert fact.data["level"] == "SELF_ONLY"
    assert (fact.data["visibility"], fact.data["source"]) == (
        "not_public_so_far",
        "privacy-level",
    )


@pytest.mark.parametrize(
    ("scenario", "public_as", "audit", "seen", "calls"),
    [
        (
            "audited",
            None,
            ("audited", "probable"),
            ("PUBLISH_COMPLETE", "not_public_so_far", "no-public-id"),
            {"video_init": 1, "upload": 1},
        ),
        (
            "audited",
            "@ACME",
            ("audited", "confirmed"),
            ("PUBLISH_COMPLETE", "public", "public-id"),
            {"video_init": 1, "upload": 1},
        ),
        (
            "unaudited-private-account",
            None,
            ("undetermined", "none"),
            ("PUBLISH_COMPLETE", "not_public_so_far", "no-public-id"),
            {"video_init": 1, "upload": 1},
        ),
        (
            "unaudited-public-account",
            None,
            ("unaudited", "confirmed"),
            ("", "unknown", "no-answer"),
            {"video_init": 1},
        ),
    ],
)
def test_a_test_post_says_who_sees_it_and_how_that_is_known(  # noqa: PLR0913, PLR0917
    start: Start,
    scenario: str,
    public_as: str | None,
    audit: tuple[str, str],
    seen: tuple[str, str, str],
    calls: dict[str, int],
) -> None:
    studio = start(scenario)

    examined = look(studio, trial.collector("acme", public_as))

    told = examined.report.audit
    assert (told.status, told.certainty) == audit
    (fact,) = [one for one in examined.collection.facts if one.kind == "trial"]
    assert tuple(fact.data[k] for k in ("status", "visibility", "source")) == seen
    assert {k: v for k, v in made(studio).items() if k != "token"} == calls
    with studio.bridge() as bridge:
        assert bridge.ledger.entries() == []
    for post in studio.arrived():
        assert fact.data["marker"] in post["post_info"]["title"]


def test_a_public_post_needs_the_right_handle(start: Start) -> None:
    studio = start("audited")

    examined = look(studio, trial.collector("acme", "@somebody"))

    assert "video_init" not in made(studio)
    assert finding(examined, "audit.test_post")[0] == "unknown"


def test_a_post_that_does_not_end_is_given_up(start: Start) -> None:
    studio = start("audited", processing_seconds=9_000.0)
    slept: list[float] = []

    examined = look(studio, trial.collector("acme", patience=20.0, sleep=slept.append))

    assert 20.0 <= sum(slept) <= 30.0
    assert finding(examined, "audit.test_post") == ("unknown", "processing-upload")


# What the ledger remembers.


def publish(studio: Studio, **fields: Any) -> None:  # noqa: ANN401 - those of `Post`
    with studio.bridge() as bridge:
        bridge.publish(studio.post(**fields), wait=30.0)


@pytest.mark.parametrize(
    ("scenario", "privacy", "audit"),
    [
        ("unaudited-public-account", "SELF_ONLY", ("unaudited", "confirmed")),
        ("unaudited-private-account", "SELF_ONLY", ("undetermined", "none")),
        ("audited", "SELF_ONLY", ("audited", "probable")),
        ("no-post-id", "PUBLIC_TO_EVERYONE", ("audited", "probable")),
    ],
)
def test_posts_of_the_ledger_are_evidence(
    start: Start, scenario: str, privacy: str, audit: tuple[str, str]
) -> None:
    studio = start(scenario)
    publish(studio, privacy=privacy)
    before = made(studio)

    examined = look(studio)

    told = examined.report.audit
    assert (told.status, told.certainty) == audit
    assert {fact.id.split(".")[0] for fact in examined.collection.facts} >= {"history"}
    assert {k: v for k, v in made(studio).items() if k != "token"} == {
        k: v for k, v in before.items() if k != "token"
    }


def test_a_webhook_that_names_a_public_post_confirms_an_audit(start: Start) -> None:
    studio = start("no-post-id")
    publish(studio, privacy="PUBLIC_TO_EVERYONE")
    (post,) = studio.arrived()
    content = f'{{\\"publish_id\\":\\"{post["publish_id"]}\\",\\"post_id\\":\\"7\\"}}'
    event = "post.publish.publicly_available"
    body = (
        f'{{"client_key":"{studio.sandbox.client_key}","event":"{event}",'
        f'"create_time":{int(studio.clock.now())},"user_openid":"u",'
        f'"content":"{content}"}}'
    )
    with studio.bridge() as bridge:
        bridge.receive({"TikTok-Signature": studio.sign(body)}, body.encode())

    told = look(studio).report.audit

    assert (told.status, told.certainty) == ("audited", "confirmed")


def test_a_retried_post_is_evidence_of_each_attempt(start: Start) -> None:
    studio = start("unaudited-public-account")
    publish(studio)
    with studio.bridge() as bridge:
        bridge.retry("one")
    publish(studio)

    facts = [one for one in look(studio).collection.facts if one.kind == "attempt"]

    assert [fact.data["code"] for fact in facts] == [
        "unaudited_client_can_only_post_to_private_accounts"
    ] * 2
    assert all("PUBLIC_TO_EVERYONE" in fact.data["options"] for fact in facts)


def test_drafts_are_no_attempts_at_a_direct_post(start: Start) -> None:
    studio = start("audited")
    publish(studio, mode="inbox", privacy=None, title="")

    examined = look(studio)

    assert [one for one in examined.collection.facts if one.kind == "attempt"] == []
    (posts,) = [one for one in examined.collection.facts if one.kind == "posts"]
    assert posts.data["states"] == {"IN_INBOX": 1}


def test_looking_at_the_ledger_writes_nothing(start: Start) -> None:
    studio = start("audited")
    publish(studio)
    path = studio.folder / "state" / "ledger.db"
    with closing(sqlite3.connect(path)) as ledger:
        before = list(ledger.iterdump())

    look(studio)

    with closing(sqlite3.connect(path)) as ledger:
        assert list(ledger.iterdump()) == before


def test_ten_thousand_moves_are_looked_back_at_and_no_more(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = start("audited")
    for number in range(3):
        publish(studio, id=f"p{number}")
    monkeypatch.setattr("tiktok_bridge_diagnostics.collectors.history.MOVES", 6)

    facts = [one for one in look(studio).collection.facts if one.kind == "attempt"]

    assert len(facts) == 1
