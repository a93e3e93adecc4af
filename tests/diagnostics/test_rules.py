"""A site says in doctor.yaml what it wants otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.journeys.conftest import Studio
from tiktok_bridge import ConfigError, InvalidInput, read_rules

if TYPE_CHECKING:
    from pathlib import Path

    from tiktok_bridge_sandbox.handle import TikTokSandbox

HEAD = "version: 1\nrules:\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "doctor.yaml"
    path.write_text(HEAD + text)
    return path


def test_a_rule_says_what_where_and_why(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "  - skip: log\n    because: elsewhere\n"
        "  - use: clock.skew\n    with: {warn_seconds: 5, severity: fail}\n",
    )

    skipped, used = read_rules(path)

    assert (skipped.check, skipped.because) == ("log", "elsewhere")
    assert skipped.place == "doctor.yaml:3"
    assert (used.check, used.because) == ("clock.skew", None)
    assert dict(used.with_) == {"warn_seconds": 5, "severity": "fail"}


@pytest.mark.parametrize(
    "text",
    [
        "  - skip: log\n",
        "  - use: clock.skew\n",
        "  - use: clock.skew\n    with: {severity: fatal}\n",
        "  - use: clock.skew\n    with: {seconds: soon}\n",
        "  - {}\n",
    ],
)
def test_a_rule_that_cannot_be_is_refused_with_its_line(
    tmp_path: Path, text: str
) -> None:
    with pytest.raises(InvalidInput, match=r"doctor\.yaml:[345]"):
        read_rules(written(tmp_path, text))


@pytest.fixture
def studio(tmp_path: Path, tiktok_sandbox: TikTokSandbox) -> Studio:
    studio = Studio(tmp_path, tiktok_sandbox)
    studio.log_in("acme")
    return studio


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("  - skip: nope\n    because: x\n", "no check is called nope"),
        ("  - use: clock.skew\n    with: {days: 3}\n", "clock.skew has no days"),
    ],
)
def test_a_rule_about_nothing_is_refused(
    studio: Studio, text: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    written(studio.folder, text)

    assert studio.run("doctor", "--only", "cfg") == 2
    assert f"doctor.yaml:3: {said}" in capsys.readouterr().err


def test_rules_beside_the_configuration_are_heeded(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    written(studio.folder, "  - skip: key\n    because: the vault sees to it\n")

    studio.run("doctor", "--only", "key", "--verbose")

    assert "the vault sees to it" in capsys.readouterr().out


def test_rules_that_were_named_have_to_be_there(studio: Studio) -> None:
    assert studio.run("doctor", "--rules", str(studio.folder / "none.yaml")) == 2
    with pytest.raises(ConfigError):
        read_rules(studio.folder / "none.yaml")
