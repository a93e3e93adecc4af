"""The golden conversations replay to the verdicts that the contract wants."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import vcr

from tiktok_bridge_diagnostics import cassette, replay
from tiktok_bridge_sandbox.apps import SECRETS
from tiktok_bridge_sandbox.scenarios import SCENARIOS

if TYPE_CHECKING:
    from types import ModuleType

PROGRAM = Path(__file__).parents[2] / "scripts" / "make_cassettes.py"


def _loaded() -> ModuleType:
    spec = spec_from_file_location(PROGRAM.stem, PROGRAM)
    assert spec
    assert spec.loader
    module = sys.modules[PROGRAM.stem] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


golden = _loaded()
VERDICTS: dict[str, Any] = json.loads(golden.VERDICTS.read_text(encoding="utf-8"))

OPEN = ("undetermined", "none")
NO = ("unaudited", "confirmed")
PERHAPS_NOT = ("unaudited", "probable")
PERHAPS = ("audited", "probable")

WANTED: dict[str, tuple[str, str | None, tuple[str, str]]] = {
    # what is the cause, who acts, and what is known of the audit: by the contract
    "scenario-audited": ("", None, ("audited", "confirmed")),
    "scenario-demo": ("", None, OPEN),
    "scenario-unaudited-public-account": ("audit.verdict", "developer", NO),
    "scenario-unaudited-private-account": ("audit.verdict", "developer", NO),
    "scenario-unaudited-silent-self-only": ("audit.verdict", "developer", PERHAPS_NOT),
    "scenario-scope-missing": ("tok.scopes_probe", "creator", OPEN),
    "scenario-token-expired": ("", None, PERHAPS),
    "scenario-token-revoked": ("tok.valid", "creator", OPEN),
    "scenario-sandbox-app": ("", None, OPEN),
    "scenario-user-cap": ("creator.user_cap", "wait", OPEN),
    "scenario-daily-cap": ("creator.can_post", "wait", OPEN),
    "scenario-pending-drafts": ("", None, OPEN),
    "scenario-banned": ("creator.can_post", "creator", OPEN),
    "scenario-url-unverified": ("app.url_property", "developer", OPEN),
    "scenario-moderation-slow": ("", None, PERHAPS),
    "scenario-processing-stuck": ("", None, PERHAPS),
    "scenario-no-post-id": ("", None, PERHAPS),
    "scenario-flaky": ("", None, PERHAPS),
    "recorded-01-creator-info": ("", None, OPEN),
    "recorded-02-video-init": ("audit.verdict", "developer", PERHAPS_NOT),
    "recorded-03-video-init": ("audit.verdict", "developer", PERHAPS_NOT),
    "recorded-01-and-02-one-run": ("audit.verdict", "developer", NO),
    "recorded-04-video-init": ("", None, OPEN),
    "recorded-05-inbox-init": ("", None, OPEN),
    "recorded-06-status": ("", None, OPEN),
    "recorded-07-status": ("", None, OPEN),
    "recorded-08-status": ("", None, OPEN),
    "recorded-09-status": ("", None, OPEN),
    "recorded-10-status": ("", None, OPEN),
    "recorded-11-inbox-init": ("", None, OPEN),
    "recorded-12-user-info": ("tok.valid", "operator", OPEN),
    "recorded-13-creator-info": ("tok.valid", "operator", OPEN),
    "recorded-14-user-info": ("tok.scopes_probe", "creator", OPEN),
    "recorded-15-video-init": ("", None, OPEN),
    "recorded-17-exchange": ("", None, OPEN),
    "recorded-18-exchange": ("app.client_valid", "developer", OPEN),
    "recorded-21-user-info": ("", None, OPEN),
    "recorded-22-creator-info": ("", None, OPEN),
}


def test_there_is_one_of_each_scenario_and_of_each_recorded_response() -> None:
    recorded = json.loads(golden.RECORDED.read_text(encoding="utf-8"))["responses"]
    numbers = [one["number"] for one in recorded if one["call"] in golden.REQUESTS]
    calls = {one["call"] for one in recorded} - golden.REQUESTS.keys()
    files = {path.stem for path in golden.FOLDER.glob("*.json")} - {"verdicts"}

    assert calls == {"webhook", "login"}  # TikTok is asked nothing there
    assert files == VERDICTS.keys() == WANTED.keys()
    assert {f"scenario-{name}" for name in SCENARIOS} <= files
    assert {int(one[9:11]) for one in files if one.startswith("recorded")} == {*numbers}


@pytest.mark.parametrize("name", sorted(WANTED))
def test_it_replays_to_its_verdict(name: str) -> None:
    report = replay.replay(golden.FOLDER / f"{name}.json").report
    told = golden.verdict(report)

    assert {"what": VERDICTS[name]["what"]} | told == VERDICTS[name]
    cause, who_acts, audit = WANTED[name]
    assert [(one[0], one[3]) for one in told["causes"]] == (
        [(cause, who_acts)] if cause else []
    )
    assert tuple(told["audit"]) == audit


def test_the_files_are_what_the_script_writes() -> None:
    wanted = golden.wanted_files()
    there = {path: path.read_text(encoding="utf-8") for path in wanted}

    for path, text in wanted.items():
        assert there[path] == text, f"{path.name}: run scripts/make_cassettes.py"


def test_no_secret_and_no_name_is_in_them() -> None:
    for path in golden.FOLDER.glob("*.json"):
        text = path.read_text(encoding="utf-8")
        for secret in (*SECRETS.values(), "made-up-token", "Access-Token", "x" * 32):
            assert secret not in text, path.name
        assert "acme" not in text.partition('"metadata"')[0] or path == golden.VERDICTS
        assert '"uri": "http:' not in text, path.name


@pytest.mark.parametrize("name", ["scenario-audited", "recorded-02-video-init"])
def test_vcr_plays_them(name: str) -> None:
    path = golden.FOLDER / f"{name}.json"
    told = cassette.from_value(json.loads(path.read_text(encoding="utf-8")))

    with vcr.use_cassette(str(path), serializer="json", record_mode="none") as played:
        for one in told:
            answer = httpx.request(one.method, one.url, content=one.asked.encode())
            assert (answer.status_code, answer.text) == (one.status, one.answered)

    assert played.all_played


def test_one_changed_field_changes_the_verdict() -> None:
    path = golden.FOLDER / "recorded-01-and-02-one-run.json"
    text = path.read_text(encoding="utf-8")
    other = text.replace("unaudited_client_can_only_post_to_private", "internal")
    case = golden.Case.from_cassette(other.encode(), path.name)

    assert golden.verdict(case.judge(golden.registry.all_checks()))["causes"] == []


def test_the_page_of_the_symptoms_is_up_to_date() -> None:
    program = [sys.executable, str(PROGRAM.with_name("make_symptoms.py")), "--check"]

    run = subprocess.run(program, check=False)  # noqa: S603 - our own program

    assert run.returncode == 0, "run scripts/make_symptoms.py"
