"""A report says the same in every format."""

from __future__ import annotations

import json
from importlib.resources import files
from xml.etree import ElementTree as ET

import click
import pytest
from jsonschema import Draft202012Validator

from tiktok_bridge import Check, Fact, Facts, Finding, Remedy, Status
from tiktok_bridge_diagnostics import report
from tiktok_bridge_diagnostics.formats import RENDER, text

NASTY = "a\x1b[31m | `b` <img src=x> \u202e\n\x00"


def judged(*found: Finding) -> tuple[report.Report, dict[str, Check]]:
    """A report of *found*, each by a check of its own."""
    checks = {
        f"cfg.{number}": Check(f"cfg.{number}", f"title {number}", _always(one))
        for number, one in enumerate(found)
    }
    return report.make(Facts([], 0.0), checks), checks


def _always(one: Finding):  # type: ignore[no-untyped-def] # noqa: ANN202 - a judge
    return lambda _: [one]


FAILED = Finding(
    Status.FAIL,
    "broken",
    f"it is broken {NASTY}",
    about=NASTY,
    evidence=(Fact("http", "", {"log_id": "20260101AA"}, "creator#1"),),
    who_acts="developer",
    remedy=Remedy("Mend it.", "mend --now", "https://developers.tiktok.com/doc/x"),
    settles_it="a look",
)
EVERY = [
    FAILED,
    Finding(Status.PASS, "fine", "it is fine"),
    Finding(Status.WARN, "odd", "it is odd", who_acts="wait"),
    Finding(Status.UNKNOWN, "dark", "nobody knows"),
    Finding(Status.SKIPPED, "no", "not here"),
    Finding(Status.CRASHED, "oops", "it crashed"),
]


def test_json_follows_its_schema() -> None:
    schema = (files("tiktok_bridge.schemas") / "doctor-report.schema.json").read_text()

    told = json.loads(RENDER["json"](*judged(*EVERY)))

    Draft202012Validator(json.loads(schema)).validate(told)
    assert told["exit_status"] == 3
    assert told["causes"] == [["cfg.0", NASTY]]


def test_text_tells_the_cause_first_and_obeys_no_sign_of_a_stranger() -> None:
    told = click.unstyle(text.render(*judged(*EVERY)))

    assert "cfg.0" in told.splitlines()[0]
    assert "developer" in told
    assert "mend --now" in told
    assert "20260101AA" in told
    assert "\x1b" not in told
    assert "\u202e" not in told


def test_the_spotlight_is_on_one_cause() -> None:
    told = text.render(*judged(FAILED, FAILED), spotlight=True)

    assert told.count("(cfg.") == 1
    assert "(cfg.0)" in told


def test_without_a_cause_the_first_line_says_so() -> None:
    told = click.unstyle(text.render(*judged(EVERY[1])))

    assert told.splitlines()[0] == "nothing is wrong"


def test_ascii_is_ascii_for_who_has_nothing_else() -> None:
    assert text.render(*judged(*EVERY[1:]), ascii_only=True).isascii()


def test_junit_counts_what_failed_and_is_xml_whatever_was_seen() -> None:
    root = ET.fromstring(RENDER["junit"](*judged(*EVERY)))  # noqa: S314 - our own

    suite = root.find("testsuite")
    assert suite is not None
    told = (suite.get("tests"), suite.get("failures"), suite.get("errors"))
    assert told == ("6", "1", "2")


def test_sarif_has_levels_only_for_what_fails() -> None:
    run = json.loads(RENDER["sarif"](*judged(*EVERY)))["runs"][0]

    told = {
        one["properties"]["status"]: (one["kind"], one["level"])
        for one in run["results"]
    }
    assert told["fail"] == ("fail", "error")
    assert told["warn"] == ("fail", "warning")
    assert {level for kind, level in told.values() if kind != "fail"} == {"none"}
    rules = [one["id"] for one in run["tool"]["driver"]["rules"]]
    assert [rules[one["ruleIndex"]] for one in run["results"]] == [
        one["ruleId"] for one in run["results"]
    ]


def test_markdown_renders_nothing_that_was_seen() -> None:
    told = RENDER["md"](*judged(*EVERY))

    assert "<img" not in told.replace("\\<img", "")
    assert all(
        line.count("|") - line.count("\\|") in (0, 8) for line in told.splitlines()
    )


@pytest.mark.parametrize("name", sorted(RENDER))
def test_every_format_is_the_same_each_time(name: str) -> None:
    assert RENDER[name](*judged(*EVERY)) == RENDER[name](*judged(*EVERY))
